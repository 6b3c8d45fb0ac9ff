package org.cl2cm.train.losses;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import java.util.function.ToDoubleFunction;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Tensor;
import org.cl2cm.model.nn.Tensors;

/// Checks a loss on one tensor against a twin written in loops and double precision: the value, and the
/// gradient by central differences of the twin.
final class Gradients {
    private static final double STEP = 1e-5;

    private Gradients() {}

    static void check(float[] values, long[] shape, UnaryOperator<Tensor> loss, ToDoubleFunction<double[]> twin) {
        Tensor x = Tensors.of(values, shape);
        x.set_requires_grad(true);
        Tensor result = loss.apply(x);
        assertThat(result.dim()).isEqualTo(0);
        double[] exact = new double[values.length];
        for (int i = 0; i < exact.length; i++) {
            exact[i] = values[i];
        }
        double expected = twin.applyAsDouble(exact);
        assertThat(Tensors.scalar(result)).isCloseTo(expected, within(2e-5 * Math.max(1, Math.abs(expected))));
        result.backward();
        float[] gradient = Tensors.floats(x.grad());
        double largest = 0;
        for (int i = 0; i < exact.length; i++) {
            double slope = slope(exact, i, twin);
            largest = Math.max(largest, Math.abs(slope));
            assertThat((double) gradient[i])
                    .as("gradient %d", i)
                    .isCloseTo(slope, within(1e-4 * Math.max(1, Math.abs(slope))));
        }
        assertThat(largest).as("the largest gradient").isGreaterThan(1e-3);
    }

    private static double slope(double[] x, int i, ToDoubleFunction<double[]> twin) {
        double value = x[i];
        x[i] = value + STEP;
        double above = twin.applyAsDouble(x);
        x[i] = value - STEP;
        double below = twin.applyAsDouble(x);
        x[i] = value;
        return (above - below) / (2 * STEP);
    }

    static float[] normal(long seed, int size) {
        Random random = new Random(seed);
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    /// Rows of length 1.
    static float[] unit(long seed, int rows, int width) {
        float[] values = normal(seed, rows * width);
        for (int row = 0; row < rows; row++) {
            double squares = 0;
            for (int k = 0; k < width; k++) {
                squares += values[row * width + k] * values[row * width + k];
            }
            for (int k = 0; k < width; k++) {
                values[row * width + k] /= (float) Math.sqrt(squares);
            }
        }
        return values;
    }

    static double[] doubles(float[] values) {
        double[] result = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            result[i] = values[i];
        }
        return result;
    }

    /// The products of the rows of two matrices of the same width.
    static double[][] products(double[] x, double[] y, int width) {
        double[][] result = new double[x.length / width][y.length / width];
        for (int i = 0; i < result.length; i++) {
            for (int j = 0; j < result[i].length; j++) {
                for (int k = 0; k < width; k++) {
                    result[i][j] += x[i * width + k] * y[j * width + k];
                }
            }
        }
        return result;
    }

    static double[][] transposed(double[][] matrix) {
        double[][] result = new double[matrix[0].length][matrix.length];
        for (int i = 0; i < matrix.length; i++) {
            for (int j = 0; j < matrix[0].length; j++) {
                result[j][i] = matrix[i][j];
            }
        }
        return result;
    }

    static double[] softmax(double[] row, double temperature) {
        double[] result = new double[row.length];
        double sum = 0;
        for (int i = 0; i < row.length; i++) {
            result[i] = Math.exp(row[i] / temperature);
            sum += result[i];
        }
        for (int i = 0; i < row.length; i++) {
            result[i] /= sum;
        }
        return result;
    }
}
