package org.cl2cm.evaluate;

import java.util.Arrays;

/// An estimate with its 95 % interval.
///
/// @param estimate on the data as they are
/// @param low the 2.5 % quantile of the resamples
/// @param high the 97.5 % quantile of the resamples
public record Interval(double estimate, double low, double high) {
    static Interval of(double estimate, double[] resamples) {
        double[] sorted = resamples.clone();
        Arrays.sort(sorted);
        return new Interval(estimate, quantile(sorted, 0.025), quantile(sorted, 0.975));
    }

    private static double quantile(double[] sorted, double q) {
        double at = q * (sorted.length - 1);
        int below = (int) at;
        int above = Math.min(below + 1, sorted.length - 1);
        return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
    }

    /// Whether zero lies outside.
    public boolean excludesZero() {
        return low > 0 || high < 0;
    }
}
