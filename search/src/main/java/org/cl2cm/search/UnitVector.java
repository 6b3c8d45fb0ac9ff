package org.cl2cm.search;

import org.apache.lucene.util.VectorUtil;

/// Vectors as every engine stores them: finite and of length 1, so that cosine is a dot product.
public final class UnitVector {
    /// Squared lengths this close to 1 are taken as they are, so that a unit vector comes back bit for
    /// bit.
    private static final double TOLERANCE = 1e-6;

    private UnitVector() {}

    /// Checks a vector and brings it to length 1.
    ///
    /// @return `vector` itself when it has length 1 already, else a new array
    /// @throws IllegalArgumentException when the dimension is another, a value is NaN or infinite, or
    ///     all are zero
    public static float[] of(float[] vector, int dimension) {
        if (vector.length != dimension) {
            throw new IllegalArgumentException(
                    "the vector has dimension " + vector.length + ", the collection " + dimension);
        }
        double squares = 0;
        for (int i = 0; i < vector.length; i++) {
            if (!Float.isFinite(vector[i])) {
                throw new IllegalArgumentException("the vector holds " + vector[i] + " at position " + i);
            }
            squares += (double) vector[i] * vector[i];
        }
        if (squares == 0) {
            throw new IllegalArgumentException("the vector holds only zeros and has no direction");
        }
        if (Math.abs(squares - 1) <= TOLERANCE) {
            return vector;
        }
        double length = Math.sqrt(squares);
        float[] unit = new float[dimension];
        for (int i = 0; i < dimension; i++) {
            unit[i] = (float) (vector[i] / length);
        }
        return unit;
    }

    /// The cosine of two vectors of length 1, the same bit for bit whichever engine compares them.
    public static float cosine(float[] a, float[] b) {
        return VectorUtil.dotProduct(a, b);
    }
}
