package org.cl2cm.train.losses;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.cl2cm.model.nn.Precision;
import org.cl2cm.model.nn.Tensors;
import org.junit.jupiter.api.Test;

class ContrastiveLossTest {
    private static final int BATCH = 5;
    private static final int WIDTH = 3;

    private final float[] x = Gradients.unit(1, BATCH, WIDTH);
    private final float[] y = Gradients.unit(2, BATCH, WIDTH);

    private static Tensor matrix(float[] values) {
        return Tensors.of(values, values.length / WIDTH, WIDTH);
    }

    private static double infoNce(double[] x, double[] y, double temperature, double smoothing) {
        double[][] similarities = Gradients.products(x, y, WIDTH);
        return (crossEntropy(similarities, temperature, smoothing)
                        + crossEntropy(Gradients.transposed(similarities), temperature, smoothing))
                / 2;
    }

    private static double crossEntropy(double[][] similarities, double temperature, double smoothing) {
        double sum = 0;
        int n = similarities.length;
        for (int i = 0; i < n; i++) {
            double[] probabilities = Gradients.softmax(similarities[i], temperature);
            for (int j = 0; j < n; j++) {
                double target = (i == j ? 1 - smoothing : 0) + smoothing / n;
                sum -= target * Math.log(probabilities[j]);
            }
        }
        return sum / n;
    }

    @Test
    void agreesWithCrossEntropyInLoops() {
        Tensor other = matrix(y);
        double[] fixed = Gradients.doubles(y);
        long[] shape = {BATCH, WIDTH};
        Gradients.check(x, shape, v -> ContrastiveLoss.infoNce(v, other, 0.07), v -> infoNce(v, fixed, 0.07, 0));
        Gradients.check(x, shape, v -> ContrastiveLoss.infoNce(other, v, 0.07), v -> infoNce(fixed, v, 0.07, 0));
        Gradients.check(x, shape, v -> ContrastiveLoss.infoNce(v, other, 0.2, 0.1), v -> infoNce(v, fixed, 0.2, 0.1));
    }

    @Test
    void learnsItsTemperature() {
        double[] a = Gradients.doubles(x);
        double[] b = Gradients.doubles(y);
        Gradients.check(
                new float[] {2.5f},
                new long[] {1},
                s -> ContrastiveLoss.infoNce(matrix(x), matrix(y), s),
                s -> infoNce(a, b, Math.exp(-s[0]), 0));
        Gradients.check(
                new float[] {2.5f},
                new long[] {},
                s -> ContrastiveLoss.infoNce(matrix(x), matrix(y), s, 0.2),
                s -> infoNce(a, b, Math.exp(-s[0]), 0.2));
    }

    @Test
    void theScaleStopsAtOneHundred() {
        Tensor scale = Tensors.of(new float[] {7}, 1);
        assertThat(Tensors.scalar(ContrastiveLoss.infoNce(matrix(x), matrix(y), scale)))
                .isCloseTo(Tensors.scalar(ContrastiveLoss.infoNce(matrix(x), matrix(y), 0.01)), within(1e-4));
    }

    @Test
    void isTheLogarithmOfTheBatchWhenAllLookTheSame() {
        float[] same = new float[BATCH * WIDTH];
        for (int i = 0; i < BATCH; i++) {
            same[i * WIDTH] = 1;
        }
        assertThat(Tensors.scalar(ContrastiveLoss.infoNce(matrix(same), matrix(same), 0.07)))
                .isCloseTo(Math.log(BATCH), within(1e-5));
    }

    @Test
    void autocastChangesNothing() {
        double expected = Tensors.scalar(ContrastiveLoss.infoNce(matrix(x), matrix(y), 0.01));
        double[] actual = new double[1];
        boolean after = Precision.BFLOAT16.run(() -> {
            actual[0] = Tensors.scalar(ContrastiveLoss.infoNce(matrix(x), matrix(y), 0.01));
            return torch.is_autocast_enabled(torch.DeviceType.CPU);
        });
        assertThat(actual[0]).isEqualTo(expected);
        assertThat(after).as("autocast is on again").isTrue();
    }

    @Test
    void refusesWrongArguments() {
        assertThatThrownBy(() -> ContrastiveLoss.infoNce(matrix(x), matrix(y), 0.0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("temperature 0.0");
        assertThatThrownBy(() -> ContrastiveLoss.infoNce(matrix(x), matrix(Gradients.unit(3, 4, WIDTH)), 0.1))
                .hasMessageContaining("[5, 3] and [4, 3]");
        assertThatThrownBy(() -> ContrastiveLoss.infoNce(matrix(x), matrix(y), 0.1, 1))
                .hasMessageContaining("smoothing");
    }

    @Test
    void theHardestNegativeAgreesWithLoops() {
        Tensor other = matrix(y);
        double[] fixed = Gradients.doubles(y);
        Gradients.check(
                x,
                new long[] {BATCH, WIDTH},
                v -> HardestNegativeLoss.loss(v, other, 0.2),
                v -> triplet(Gradients.products(v, fixed, WIDTH), 0.2));
    }

    private static double triplet(double[][] similarities, double margin) {
        double sum = 0;
        int n = similarities.length;
        for (int i = 0; i < n; i++) {
            double row = 0;
            double column = 0;
            for (int j = 0; j < n; j++) {
                if (j != i) {
                    row = Math.max(row, margin + similarities[i][j] - similarities[i][i]);
                    column = Math.max(column, margin + similarities[j][i] - similarities[i][i]);
                }
            }
            sum += row + column;
        }
        return sum / n;
    }

    @Test
    void theHardestNegativeIsNothingWhenAllAreFarOrAlone() {
        float[] axes = {1, 0, 0, 0, 1, 0, 0, 0, 1};
        assertThat(Tensors.scalar(HardestNegativeLoss.loss(matrix(axes), matrix(axes), 0.2)))
                .isZero();
        float[] one = {1, 0, 0};
        float[] away = {-1, 0, 0};
        assertThat(Tensors.scalar(HardestNegativeLoss.loss(matrix(one), matrix(away), 0.2)))
                .isZero();
    }
}
