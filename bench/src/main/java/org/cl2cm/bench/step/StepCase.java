package org.cl2cm.bench.step;

import java.util.List;
import org.cl2cm.bench.Clock;

/// Steps that a worker does.
///
/// @param warm steps before those that are measured
/// @param steps that are measured
record StepCase(StepEngine engine, int depth, double dropout, int threads, Clock clock, int warm, int steps) {
    /// How many [#arguments] a case has.
    static final int ARGUMENTS = 7;

    /// As [StepWorker] takes it.
    List<String> arguments() {
        return List.of(
                engine.name(),
                String.valueOf(depth),
                String.valueOf(dropout),
                String.valueOf(threads),
                clock.name(),
                String.valueOf(warm),
                String.valueOf(steps));
    }

    /// Reads [#arguments].
    static StepCase parse(List<String> arguments) {
        if (arguments.size() != ARGUMENTS) {
            throw new IllegalArgumentException("no case: " + arguments);
        }
        return new StepCase(
                StepEngine.valueOf(arguments.get(0)),
                Integer.parseInt(arguments.get(1)),
                Double.parseDouble(arguments.get(2)),
                Integer.parseInt(arguments.get(3)),
                Clock.valueOf(arguments.get(4)),
                Integer.parseInt(arguments.get(5)),
                Integer.parseInt(arguments.get(6)));
    }
}
