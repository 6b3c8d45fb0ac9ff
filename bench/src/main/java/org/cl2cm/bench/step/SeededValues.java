package org.cl2cm.bench.step;

import java.util.Arrays;
import java.util.SplittableRandom;

/// Numbers that depend on a name alone, so that two programs start from the same weights.
final class SeededValues {
    private SeededValues() {}

    /// @param deviation of the values, which are evenly spread around 0
    static float[] of(String name, int size, double deviation) {
        SplittableRandom random = new SplittableRandom(name.hashCode());
        double width = deviation * Math.sqrt(12);
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = (float) ((random.nextDouble() - 0.5) * width);
        }
        return values;
    }

    /// The start of a layer's tensor: gains are 1, biases 0, matrices spread with BERT's deviation of 0.02.
    static float[] weight(String name, int size) {
        float[] values = new float[size];
        if (name.endsWith("LayerNorm.weight")) {
            Arrays.fill(values, 1f);
            return values;
        }
        return name.endsWith(".bias") ? values : of(name, size, 0.02);
    }

    /// States that the first layer sees, `[batch, length, hidden]`.
    static float[] states(StepShape shape) {
        return of("states", shape.batch() * shape.length() * shape.hidden(), 1);
    }

    /// Unit vectors that the texts are to find, `[batch, dimension]`.
    static float[] partners(StepShape shape) {
        float[] values = of("partners", shape.batch() * shape.dimension(), 1);
        for (int row = 0; row < shape.batch(); row++) {
            double square = 0;
            for (int i = row * shape.dimension(); i < (row + 1) * shape.dimension(); i++) {
                square += values[i] * values[i];
            }
            for (int i = row * shape.dimension(); i < (row + 1) * shape.dimension(); i++) {
                values[i] /= (float) Math.sqrt(square);
            }
        }
        return values;
    }
}
