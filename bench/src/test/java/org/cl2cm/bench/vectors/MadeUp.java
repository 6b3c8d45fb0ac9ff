package org.cl2cm.bench.vectors;

import java.util.stream.IntStream;

/// Statistics of no real vectors.
public final class MadeUp {
    private MadeUp() {}

    /// Forty clusters of unequal size and width, axes that become narrower and narrower, and texts that
    /// stand off.
    ///
    /// @param narrowing variance of an axis as a share of that of the axis before
    public static VectorStatistics statistics(int dimension, double narrowing) {
        double[] mean = new double[dimension];
        double[] between = new double[dimension];
        double[] within = new double[dimension];
        double[] textMean = new double[dimension];
        double[] slope = new double[dimension];
        double[] residual = new double[dimension];
        for (int axis = 0; axis < dimension; axis++) {
            double variance = 0.7 * (1 - narrowing) * Math.pow(narrowing, axis);
            mean[axis] = axis == 0 ? 0.4 : 0;
            between[axis] = 0.7 * variance;
            within[axis] = 0.3 * variance;
            textMean[axis] = axis == 1 ? 0.3 : 0.5 * mean[axis];
            slope[axis] = 0.6;
            residual[axis] = 0.4 * variance;
        }
        return new VectorStatistics(
                "made up",
                4000,
                mean,
                between,
                within,
                IntStream.range(0, 40).mapToDouble(i -> (1 + i % 4) / 100.0).toArray(),
                IntStream.range(0, 40).mapToDouble(i -> 0.8 + 0.01 * i).toArray(),
                new VectorStatistics.Texts(textMean, slope, residual));
    }
}
