package org.cl2cm.bench;

import java.util.Arrays;

/// A number that was measured in several rounds.
///
/// @param median over the rounds
public record Spread(double median, double low, double high) {
    public static Spread of(double[] rounds) {
        return new Spread(
                Ratio.median(rounds),
                Arrays.stream(rounds).min().orElseThrow(),
                Arrays.stream(rounds).max().orElseThrow());
    }
}
