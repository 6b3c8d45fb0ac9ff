package org.cl2cm.model.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import org.assertj.core.data.Offset;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ResidualNetworkTest {
    private static final int CHANNELS = 8;

    private static float[] images(int count, int side, long seed) {
        Random random = new Random(seed);
        float[] pixels = new float[count * side * side * 3];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = random.nextFloat();
        }
        return pixels;
    }

    /// Parameters of a network, its scales and shifts random too, so that none of them can be forgotten.
    private static Parameters parameters(int side, long seed) {
        Parameters parameters = new Parameters(seed);
        new ResidualNetwork(side, CHANNELS, parameters, "");
        Random random = new Random(seed + 100);
        try (NoGradGuard _ = new NoGradGuard()) {
            parameters.all().forEach((name, tensor) -> {
                if (name.contains("norm")) {
                    float[] values = new float[(int) tensor.numel()];
                    for (int i = 0; i < values.length; i++) {
                        values[i] = (float) (1 + 0.5 * random.nextGaussian());
                    }
                    tensor.copy_(Tensors.of(values, values.length));
                }
            });
        }
        return parameters;
    }

    private static float[] forward(int side, Parameters values, float[] pixels) {
        try (PointerScope _ = new PointerScope();
                NoGradGuard _ = new NoGradGuard()) {
            Parameters own = new Parameters(0);
            ResidualNetwork network = new ResidualNetwork(side, CHANNELS, own, "");
            own.all().forEach((name, tensor) -> tensor.copy_(values.get(name)));
            int features = side * side * 3;
            Tensor result = network.forward(Tensors.of(pixels, pixels.length / features, features));
            assertThat(Tensors.shape(result)).containsExactly(pixels.length / features, network.features());
            return Tensors.floats(result);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {16, 32, 48})
    void agreesWithItsNaiveTwin(int side) {
        try (PointerScope _ = new PointerScope()) {
            Parameters parameters = parameters(side, 3);
            float[] pixels = images(2, side, 5);

            float[] vectors = forward(side, parameters, pixels);

            assertThat(vectors).hasSize(2 * 4 * 4 * CHANNELS);
            for (int image = 0; image < 2; image++) {
                double[] expected = Naive.forward(parameters, side, pixels, image);
                for (int i = 0; i < expected.length; i++) {
                    assertThat((double) vectors[image * expected.length + i])
                            .as("image %d, feature %d", image, i)
                            .isCloseTo(expected[i], Offset.offset(1e-4));
                }
            }
        }
    }

    @Test
    void anImageDoesNotSeeTheOthersOfItsBatch() {
        try (PointerScope _ = new PointerScope()) {
            Parameters parameters = parameters(16, 1);
            float[] three = forward(16, parameters, images(3, 16, 2));
            float[] pixels = java.util.Arrays.copyOfRange(images(3, 16, 2), 768, 1536);
            float[] alone = forward(16, parameters, pixels);
            assertThat(java.util.Arrays.copyOfRange(three, 128, 256)).containsExactly(alone, Offset.offset(1e-5f));
        }
    }

    /// Through the whole tower: a parameter without a gradient would stay at its random start for ever.
    @Test
    void gradientReachesEveryParameter() {
        try (PointerScope _ = new PointerScope()) {
            Parameters parameters = new Parameters(1);
            VisionTower tower = new VisionTower(
                    new VisionTower.Config(16 * 16 * 3, 16, CHANNELS, 12, 0, 10), parameters, "vision.");
            Tensor vectors = tower.forward(Tensors.of(images(4, 16, 1), 4, 768), true);
            float[] weights = new float[40];
            Random random = new Random(2);
            for (int i = 0; i < weights.length; i++) {
                weights[i] = (float) random.nextGaussian();
            }
            vectors.mul(Tensors.of(weights, 4, 10)).sum().backward();

            parameters.all().forEach((name, tensor) -> {
                if (name.equals("vision.mean") || name.equals("vision.deviation")) {
                    assertThat(tensor.requires_grad()).as(name).isFalse();
                    return;
                }
                Tensor gradient = tensor.grad();
                assertThat(gradient.defined()).as(name).isTrue();
                double sum = 0;
                for (float value : Tensors.floats(gradient)) {
                    assertThat(value).as(name).isFinite();
                    sum += Math.abs(value);
                }
                assertThat(sum).as(name).isGreaterThan(1e-6);
            });
            assertThat(parameters.all().keySet().stream().filter(name -> name.contains("residual")))
                    .as("weight, scale and shift of the stem and of three blocks of three convolutions")
                    .hasSize(3 * (1 + 3 * 3));
        }
    }

    @Test
    void theSeedMakesTheNetwork() {
        try (PointerScope _ = new PointerScope()) {
            float[] pixels = images(1, 16, 1);
            float[] first = forward(16, parameters(16, 1), pixels);
            assertThat(forward(16, parameters(16, 1), pixels)).containsExactly(first);
            assertThat(forward(16, parameters(16, 2), pixels)).isNotEqualTo(first);
        }
    }

    @Test
    void refusesSizesItCannotHalveNamingTheKey() {
        assertThatThrownBy(() -> new ResidualNetwork(20, 8, new Parameters(1), ""))
                .hasMessageContaining("vision.pixels: 20");
        assertThatThrownBy(() -> new ResidualNetwork(16, 12, new Parameters(1), ""))
                .hasMessageContaining("vision.channels: 12");
        assertThatThrownBy(() -> new VisionTower.Config(100, 16, 8, 0, 0, 8))
                .hasMessageContaining("vision.pixels: 16")
                .hasMessageContaining("768")
                .hasMessageContaining("pixels:16");
    }

    /// The same network by loops in double precision, one image at a time, `[channel][y][x]`.
    private static final class Naive {
        private final Parameters parameters;

        private Naive(Parameters parameters) {
            this.parameters = parameters;
        }

        static double[] forward(Parameters parameters, int side, float[] pixels, int image) {
            double[][][] x = new double[3][side][side];
            for (int c = 0; c < 3; c++) {
                for (int row = 0; row < side; row++) {
                    for (int column = 0; column < side; column++) {
                        x[c][row][column] = (pixels[((image * side + row) * side + column) * 3 + c] - 0.5) * 4;
                    }
                }
            }
            return new Naive(parameters).run(x);
        }

        private double[] run(double[][][] image) {
            double[][][] x = relu(convolution("stem", image, 1));
            for (int stage = 0; stage < 3; stage++) {
                String name = "stage." + stage + ".";
                double[][][] y = convolution(name + "second", relu(convolution(name + "first", x, 2)), 1);
                double[][][] shortcut = convolution(name + "shortcut", x, 2);
                for (int c = 0; c < y.length; c++) {
                    for (int row = 0; row < y[c].length; row++) {
                        for (int column = 0; column < y[c].length; column++) {
                            y[c][row][column] += shortcut[c][row][column];
                        }
                    }
                }
                x = relu(y);
            }
            int half = x[0].length / 2;
            double[] features = new double[4 * x.length];
            for (int i = 0; i < features.length; i++) {
                double[][] channel = x[i / 4];
                for (int row = 0; row < half; row++) {
                    for (int column = 0; column < half; column++) {
                        features[i] += channel[i / 2 % 2 * half + row][i % 2 * half + column] / (half * half);
                    }
                }
            }
            return features;
        }

        private static double[][][] relu(double[][][] x) {
            for (double[][] channel : x) {
                for (double[] row : channel) {
                    for (int i = 0; i < row.length; i++) {
                        row[i] = Math.max(0, row[i]);
                    }
                }
            }
            return x;
        }

        private double[][][] convolution(String name, double[][][] x, int stride) {
            Tensor tensor = parameters.get(name + ".weight");
            float[] weight = Tensors.floats(tensor);
            int size = (int) tensor.size(2);
            int side = x[0].length / stride;
            double[][][] y = new double[(int) tensor.size(0)][side][side];
            for (int out = 0; out < y.length; out++) {
                for (int row = 0; row < side; row++) {
                    for (int column = 0; column < side; column++) {
                        for (int in = 0; in < x.length; in++) {
                            for (int k = 0; k < size * size; k++) {
                                int fromRow = row * stride + k / size - size / 2;
                                int fromColumn = column * stride + k % size - size / 2;
                                if (fromRow >= 0
                                        && fromColumn >= 0
                                        && fromRow < x[0].length
                                        && fromColumn < x[0].length) {
                                    y[out][row][column] += weight[(out * x.length + in) * size * size + k]
                                            * x[in][fromRow][fromColumn];
                                }
                            }
                        }
                    }
                }
            }
            normalise(
                    y,
                    Tensors.floats(parameters.get(name + ".norm.weight")),
                    Tensors.floats(parameters.get(name + ".norm.bias")));
            return y;
        }

        /// Eight groups of channels, each brought to mean 0 and variance 1.
        private static void normalise(double[][][] y, float[] scale, float[] shift) {
            int channels = y.length / 8;
            int side = y[0].length;
            for (int group = 0; group < 8; group++) {
                double sum = 0;
                double square = 0;
                for (int c = group * channels; c < (group + 1) * channels; c++) {
                    for (double[] row : y[c]) {
                        for (double value : row) {
                            sum += value;
                            square += value * value;
                        }
                    }
                }
                double count = (double) channels * side * side;
                double mean = sum / count;
                double deviation = Math.sqrt(square / count - mean * mean + 1e-5);
                for (int c = group * channels; c < (group + 1) * channels; c++) {
                    for (double[] row : y[c]) {
                        for (int i = 0; i < side; i++) {
                            row[i] = (row[i] - mean) / deviation * scale[c] + shift[c];
                        }
                    }
                }
            }
        }
    }
}
