package org.cl2cm.bench.step;

import java.util.Locale;

/// What one step took, in seconds, and its loss.
record StepTime(double forward, double backward, double optimizer, double loss) {
    double total() {
        return forward + backward + optimizer;
    }

    /// The fields in one line, separated by blanks.
    String line() {
        return String.format(Locale.ROOT, "%.6f %.6f %.6f %.6f", forward, backward, optimizer, loss);
    }

    /// Reads [#line].
    static StepTime parse(String line) {
        String[] fields = line.strip().split(" ", -1);
        if (fields.length != 4) {
            throw new IllegalArgumentException("no step: \"" + line + "\"");
        }
        return new StepTime(
                Double.parseDouble(fields[0]),
                Double.parseDouble(fields[1]),
                Double.parseDouble(fields[2]),
                Double.parseDouble(fields[3]));
    }
}
