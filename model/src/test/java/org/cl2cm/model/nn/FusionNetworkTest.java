package org.cl2cm.model.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Random;
import org.assertj.core.data.Offset;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;

class FusionNetworkTest {
    private static final int WORDS = 6;
    private static final int DIMENSION = 4;
    private static final Offset<Float> NEAR = Offset.offset(1e-4f);

    private static FusionNetwork network(Parameters parameters) {
        return new FusionNetwork(new FusionNetwork.Config(WORDS, DIMENSION, 3, 8, 2, 2, 0.1), parameters, "");
    }

    private static float[] random(long seed, int size) {
        Random random = new Random(seed);
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    /// @param length tokens of the longest text
    private static FusionNetwork.Texts texts(float[] sentences, float[] words, int length, int... lengths) {
        return new FusionNetwork.Texts(
                Tensors.unit(Tensors.of(sentences, lengths.length, DIMENSION)),
                Tensors.of(words, lengths.length, length, WORDS),
                Padding.bias(lengths, length));
    }

    private static Tensor images(float[] values, int texts) {
        return Tensors.unit(Tensors.of(values, texts, (long) values.length / texts / DIMENSION, DIMENSION));
    }

    private static float[] scores(FusionNetwork network, FusionNetwork.Texts texts, Tensor images) {
        try (NoGradGuard _ = new NoGradGuard()) {
            return Tensors.floats(network.forward(texts, images, false));
        }
    }

    @Test
    void aScoreDependsOnTheTextAndTheImageAlone() {
        try (PointerScope _ = new PointerScope()) {
            FusionNetwork network = network(new Parameters(1));
            float[] sentences = random(2, 2 * DIMENSION);
            float[] words = random(3, 2 * 5 * WORDS);
            float[] images = random(4, 2 * 3 * DIMENSION);
            float[] all = scores(network, texts(sentences, words, 5, 5, 2), images(images, 2));
            assertThat(all).hasSize(6);

            // The second text alone, without its pads, with its second and first image in that order.
            float[] image = Arrays.copyOfRange(images, 3 * DIMENSION, 5 * DIMENSION);
            float[] turned = new float[image.length];
            System.arraycopy(image, DIMENSION, turned, 0, DIMENSION);
            System.arraycopy(image, 0, turned, DIMENSION, DIMENSION);
            float[] alone = scores(
                    network,
                    texts(
                            Arrays.copyOfRange(sentences, DIMENSION, 2 * DIMENSION),
                            Arrays.copyOfRange(words, 5 * WORDS, 7 * WORDS),
                            2,
                            2),
                    images(turned, 1));
            assertThat(alone[0]).isCloseTo(all[4], NEAR);
            assertThat(alone[1]).isCloseTo(all[3], NEAR);
            assertThat(Math.abs(all[3] - all[4])).isGreaterThan(1e-3f);
        }
    }

    /// Which of two images is the right one is told by a word, by the sign of the product of two
    /// coordinates: no vector of the text has that as its cosines.
    @Test
    void learnsWhatNoCosineCanTell() {
        Parameters parameters = new Parameters(5);
        FusionNetwork network =
                new FusionNetwork(new FusionNetwork.Config(WORDS, DIMENSION, 2, 16, 2, 2, 0), parameters, "");
        Random random = new Random(6);
        double right = 0;
        int steps = 600;
        for (int step = 0; step < steps; step++) {
            try (PointerScope _ = new PointerScope()) {
                int batch = 32;
                float[] words = new float[batch * 2 * WORDS];
                float[] sentences = new float[batch * DIMENSION];
                float[] images = new float[batch * 2 * DIMENSION];
                for (int i = 0; i < batch; i++) {
                    boolean positive = random.nextBoolean();
                    words[i * 2 * WORDS + (positive ? 0 : 1)] = 1;
                    sentences[i * DIMENSION] = 1;
                    for (int image = 0; image < 2; image++) {
                        int at = (i * 2 + image) * DIMENSION;
                        float sign = random.nextBoolean() ? 1 : -1;
                        boolean wanted = image == 0;
                        images[at + 1] = sign;
                        images[at + 2] = positive == wanted ? sign : -sign;
                        images[at + 3] = (float) random.nextGaussian() * 0.1f;
                    }
                }
                Tensor logits =
                        network.forward(texts(sentences, words, 2, lengths(batch)), images(images, batch), true);
                torch.cross_entropy_loss(logits, Tensors.of(new long[batch], batch))
                        .backward();
                try (NoGradGuard _ = new NoGradGuard()) {
                    for (Tensor parameter : parameters.all().values()) {
                        Tensor gradient = parameter.grad();
                        parameter.sub_(gradient.sign().mul(Tensors.scalar(0.003)));
                        gradient.zero_();
                    }
                }
                if (step >= steps - 20) {
                    float[] values = Tensors.floats(logits);
                    for (int i = 0; i < batch; i++) {
                        right += values[2 * i] > values[2 * i + 1] ? 1.0 / (20 * batch) : 0;
                    }
                }
            }
        }
        assertThat(right).isGreaterThan(0.95);
    }

    private static int[] lengths(int batch) {
        int[] lengths = new int[batch];
        Arrays.fill(lengths, 2);
        return lengths;
    }

    @Test
    void aNetworkThatCannotBeIsRefused() {
        assertThatThrownBy(() -> new FusionNetwork.Config(WORDS, DIMENSION, 3, 8, 2, 0, 0))
                .hasMessageContaining("0 layers");
        assertThatThrownBy(() -> new FusionNetwork(
                        new FusionNetwork.Config(WORDS, DIMENSION, 3, 8, 3, 1, 0), new Parameters(1), ""))
                .hasMessageContaining("3 heads do not divide a width of 8");
    }
}
