package org.cl2cm.bench;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.IntStream;

/// How two programs that were measured in turn compare.
///
/// @param value ratio of the medians over all rounds
/// @param low smallest ratio within one round
/// @param high largest ratio within one round
public record Ratio(double value, double low, double high) {
    /// @param above of each round, the numerator; positive
    /// @param below of the same rounds, the denominator; positive
    /// @throws IllegalArgumentException when the rounds do not pair up
    public static Ratio of(double[] above, double[] below) {
        if (above.length == 0 || above.length != below.length) {
            throw new IllegalArgumentException(above.length + " and " + below.length + " rounds do not pair up");
        }
        if (Arrays.stream(above).anyMatch(x -> !(x > 0)) || Arrays.stream(below).anyMatch(x -> !(x > 0))) {
            throw new IllegalArgumentException(
                    "a ratio needs positive numbers, not " + Arrays.toString(above) + " and " + Arrays.toString(below));
        }
        double[] each = IntStream.range(0, above.length)
                .mapToDouble(i -> above[i] / below[i])
                .sorted()
                .toArray();
        return new Ratio(median(above) / median(below), each[0], each[each.length - 1]);
    }

    /// The middle value; the mean of the two middle ones when their number is even.
    public static double median(double... values) {
        if (values.length == 0) {
            throw new IllegalArgumentException("no value has no median");
        }
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /// For example `1.52 (1.47 to 1.60)`.
    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%.2f (%.2f to %.2f)", value, low, high);
    }
}
