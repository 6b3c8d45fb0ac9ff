package org.cl2cm.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Measures several programs in turn, so that whatever else the machine does meets all of them alike.
///
/// @param seconds by name, one number a round
public record Rounds(Map<String, double[]> seconds) {
    /// Something to measure.
    @FunctionalInterface
    public interface Work {
        void run() throws IOException;
    }

    /// Runs each once to warm up, then each once a round; the one that begins changes from round to round.
    public static Rounds run(Clock clock, int rounds, Map<String, Work> works) throws IOException {
        if (rounds < 1 || works.isEmpty()) {
            throw new IllegalArgumentException(rounds + " rounds of " + works.size() + " programs");
        }
        List<String> names = new ArrayList<>(works.keySet());
        Map<String, double[]> seconds = new LinkedHashMap<>();
        for (Map.Entry<String, Work> work : works.entrySet()) {
            work.getValue().run();
            seconds.put(work.getKey(), new double[rounds]);
        }
        for (int round = 0; round < rounds; round++) {
            for (int turn = 0; turn < names.size(); turn++) {
                String name = names.get((round + turn) % names.size());
                long start = clock.nanos();
                works.getOrDefault(name, () -> {}).run();
                seconds.getOrDefault(name, new double[rounds])[round] = (clock.nanos() - start) / 1e9;
            }
        }
        return new Rounds(seconds);
    }

    /// Seconds of each round.
    ///
    /// @throws IllegalArgumentException when nothing of that name was measured
    public double[] of(String name) {
        double[] found = seconds.get(name);
        if (found == null) {
            throw new IllegalArgumentException("nothing named " + name + " among " + seconds.keySet());
        }
        return Arrays.copyOf(found, found.length);
    }

    public double median(String name) {
        return Ratio.median(of(name));
    }

    /// How many times as fast `name` is as `other`.
    public Ratio speed(String name, String other) {
        return Ratio.of(of(other), of(name));
    }
}
