package org.cl2cm.train;

import java.util.LinkedHashMap;
import java.util.Map;

/// Where the time of a step goes: data, teacher, student, loss, backward, optimizer.
final class StepClock {
    private final Map<String, Long> nanos = new LinkedHashMap<>();
    private long last = System.nanoTime();

    /// Starts a step.
    void start() {
        last = System.nanoTime();
    }

    /// Adds the time since the last call to `part`.
    void stop(String part) {
        long now = System.nanoTime();
        nanos.merge(part, now - last, Long::sum);
        last = now;
    }

    /// Seconds of each part since the last call of this method.
    Map<String, Double> take() {
        Map<String, Double> seconds = new LinkedHashMap<>();
        nanos.forEach((part, time) -> seconds.put(part, Math.round(time / 1e6) / 1e3));
        nanos.clear();
        return seconds;
    }
}
