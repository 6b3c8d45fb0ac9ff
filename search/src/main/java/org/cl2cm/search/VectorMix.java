package org.cl2cm.search;

import java.util.List;

/// One query vector out of several: words, pictures and items of the collection, each with a weight.
public final class VectorMix {
    /// @param vector of any length but zero
    /// @param weight how much it counts; below zero for what is not wanted
    public record Part(float[] vector, double weight) {
        public Part {
            if (!Double.isFinite(weight)) {
                throw new IllegalArgumentException("weight " + weight + " is no number");
            }
        }
    }

    private VectorMix() {}

    /// The weighted sum of the parts, each brought to length 1 first.
    ///
    /// @param parts at least one, of the same dimension
    /// @return a vector of length 1
    /// @throws IllegalArgumentException when a part has a NaN or only zeros, or nothing is left of
    ///     the sum
    public static float[] of(List<Part> parts) {
        if (parts.isEmpty()) {
            throw new IllegalArgumentException("nothing to put together");
        }
        int dimension = parts.getFirst().vector().length;
        double[] sum = new double[dimension];
        double weights = 0;
        for (Part part : parts) {
            float[] unit = UnitVector.of(part.vector(), dimension);
            for (int i = 0; i < dimension; i++) {
                sum[i] += part.weight() * unit[i];
            }
            weights += Math.abs(part.weight());
        }
        double square = 0;
        float[] vector = new float[dimension];
        for (int i = 0; i < dimension; i++) {
            square += sum[i] * sum[i];
            vector[i] = (float) sum[i];
        }
        if (Math.sqrt(square) <= 1e-6 * weights) {
            throw new IllegalArgumentException("what is wanted and what is not cancel each other out");
        }
        return UnitVector.of(vector, dimension);
    }
}
