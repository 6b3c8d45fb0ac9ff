package org.cl2cm.train.losses;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.bytedeco.pytorch.Tensor;
import org.cl2cm.model.nn.Tensors;
import org.junit.jupiter.api.Test;

/// The losses of the related systems against twins in loops.
class RelativesTest {
    private static final int BATCH = 5;
    private static final int WIDTH = 3;
    private static final long[] SHAPE = {BATCH, WIDTH};
    private static final double TEMPERATURE = 0.2;

    private final float[] x = Gradients.unit(1, BATCH, WIDTH);
    private final float[] y = Gradients.unit(2, BATCH, WIDTH);

    private static Tensor matrix(float[] values) {
        return Tensors.of(values, values.length / WIDTH, WIDTH);
    }

    private static Tensor scale() {
        return Tensors.of(new float[] {(float) (1 / TEMPERATURE)}, 1);
    }

    private static double logSumExp(double[] row) {
        double sum = 0;
        for (double value : row) {
            sum += Math.exp(value / TEMPERATURE);
        }
        return Math.log(sum);
    }

    @Test
    void aPairCountsAsFarAsItIsTrusted() {
        float[] weights = {1, 0.5f, 0, 0.25f, 0.75f};
        double[] fixed = Gradients.doubles(y);
        Gradients.check(
                x,
                SHAPE,
                v -> ContrastiveLoss.weighted(v, matrix(y), scale(), Tensors.of(weights, BATCH)),
                v -> weighted(Gradients.products(v, fixed, WIDTH), weights));
        assertThat(Tensors.scalar(ContrastiveLoss.weighted(
                        matrix(x), matrix(y), scale(), Tensors.of(new float[] {1, 1, 1, 1, 1}, BATCH))))
                .as("all trusted alike")
                .isCloseTo(Tensors.scalar(ContrastiveLoss.infoNce(matrix(x), matrix(y), TEMPERATURE)), within(1e-5));
        assertThat(Tensors.scalar(
                        ContrastiveLoss.weighted(matrix(x), matrix(y), scale(), Tensors.of(new float[BATCH], BATCH))))
                .as("none trusted")
                .isZero();
    }

    private static double weighted(double[][] similarities, float[] weights) {
        double[][] columns = Gradients.transposed(similarities);
        double sum = 0;
        double all = 0;
        for (int i = 0; i < weights.length; i++) {
            double loss = (logSumExp(similarities[i]) + logSumExp(columns[i])) / 2 - similarities[i][i] / TEMPERATURE;
            sum += weights[i] * loss;
            all += weights[i];
        }
        return sum / all;
    }

    @Test
    void anImageFindsAllOfItsLanguages() {
        int[] imageOf = {0, 0, 1, 2, 2, 2, 3};
        float[] images = Gradients.unit(3, 4, WIDTH);
        float[] texts = Gradients.unit(4, imageOf.length, WIDTH);
        double[] fixedTexts = Gradients.doubles(texts);
        double[] fixedImages = Gradients.doubles(images);
        Gradients.check(
                images,
                new long[] {4, WIDTH},
                v -> MultiPositiveLoss.loss(v, matrix(texts), imageOf, scale()),
                v -> oneToAll(Gradients.products(v, fixedTexts, WIDTH), imageOf));
        Gradients.check(
                texts,
                new long[] {imageOf.length, WIDTH},
                t -> MultiPositiveLoss.loss(matrix(images), t, imageOf, scale()),
                t -> oneToAll(Gradients.products(fixedImages, t, WIDTH), imageOf));
    }

    private static double oneToAll(double[][] similarities, int[] imageOf) {
        double images = 0;
        for (int i = 0; i < similarities.length; i++) {
            double mine = 0;
            int count = 0;
            for (int t = 0; t < imageOf.length; t++) {
                if (imageOf[t] == i) {
                    mine += similarities[i][t] / TEMPERATURE;
                    count++;
                }
            }
            images += logSumExp(similarities[i]) - mine / count;
        }
        double[][] columns = Gradients.transposed(similarities);
        double texts = 0;
        for (int t = 0; t < imageOf.length; t++) {
            texts += logSumExp(columns[t]) - columns[t][imageOf[t]] / TEMPERATURE;
        }
        return (images / similarities.length + texts / imageOf.length) / 2;
    }

    @Test
    void withOneLanguageItIsTheOrdinaryLoss() {
        assertThat(Tensors.scalar(MultiPositiveLoss.loss(matrix(x), matrix(y), new int[] {0, 1, 2, 3, 4}, scale())))
                .isCloseTo(Tensors.scalar(ContrastiveLoss.infoNce(matrix(x), matrix(y), TEMPERATURE)), within(1e-5));
        assertThatThrownBy(() -> MultiPositiveLoss.loss(matrix(x), matrix(y), new int[] {0, 0, 2, 3, 4}, scale()))
                .hasMessageContaining("image 1 has no text");
    }

    @Test
    void bothDirectionsAgree() {
        double[] fixed = Gradients.doubles(y);
        Gradients.check(
                x,
                SHAPE,
                v -> AgreementLoss.loss(v, matrix(y), scale()),
                v -> disagreement(Gradients.products(v, fixed, WIDTH)));
        assertThat(Tensors.scalar(AgreementLoss.loss(matrix(x), matrix(x), scale())))
                .as("symmetric similarities")
                .isCloseTo(0, within(1e-6));
    }

    private static double disagreement(double[][] similarities) {
        double[][] columns = Gradients.transposed(similarities);
        double sum = 0;
        for (int i = 0; i < similarities.length; i++) {
            double[] p = Gradients.softmax(similarities[i], TEMPERATURE);
            double[] q = Gradients.softmax(columns[i], TEMPERATURE);
            for (int j = 0; j < p.length; j++) {
                sum += p[j] * Math.log(p[j] / q[j]) + q[j] * Math.log(q[j] / p[j]);
            }
        }
        return sum / 2 / similarities.length;
    }

    @Test
    void theQueueAddsNegatives() {
        float[] queue = Gradients.unit(5, 7, WIDTH);
        double[] keys = Gradients.doubles(y);
        double[] earlier = Gradients.doubles(queue);
        Gradients.check(
                x,
                SHAPE,
                v -> QueueContrast.loss(v, matrix(y), matrix(queue), scale()),
                v -> queued(Gradients.products(v, keys, WIDTH), Gradients.products(v, earlier, WIDTH)));
        assertThat(Tensors.scalar(
                        QueueContrast.loss(matrix(x), matrix(y), matrix(queue).narrow(0, 0, 0), scale())))
                .as("an empty queue")
                .isCloseTo(
                        queued(Gradients.products(Gradients.doubles(x), keys, WIDTH), new double[BATCH][0]),
                        within(1e-5));
    }

    private static double queued(double[][] keys, double[][] earlier) {
        double sum = 0;
        for (int i = 0; i < keys.length; i++) {
            double[] all = new double[keys[i].length + earlier[i].length];
            System.arraycopy(keys[i], 0, all, 0, keys[i].length);
            System.arraycopy(earlier[i], 0, all, keys[i].length, earlier[i].length);
            sum += logSumExp(all) - keys[i][i] / TEMPERATURE;
        }
        return sum / keys.length;
    }

    @Test
    void aWrongPairIsNotTrusted() {
        // Six texts that look the same in both languages, then the translations of the last two change places.
        float[] texts = Gradients.unit(6, 6, WIDTH);
        float[] translations = texts.clone();
        System.arraycopy(texts, 4 * WIDTH, translations, 5 * WIDTH, WIDTH);
        System.arraycopy(texts, 5 * WIDTH, translations, 4 * WIDTH, WIDTH);
        float[] trust = Tensors.floats(PairConfidence.of(matrix(texts), matrix(translations), Ipot.DEFAULT));
        for (int i = 0; i < 4; i++) {
            assertThat(trust[i]).as("pair %d", i).isGreaterThan(0.9f);
        }
        assertThat(trust[4]).isLessThan(0.1f);
        assertThat(trust[5]).isLessThan(0.1f);
        // Doubled captions, and captions of which nothing is known.
        float[] doubled = texts.clone();
        System.arraycopy(texts, 0, doubled, WIDTH, WIDTH);
        assertThat(least(PairConfidence.of(matrix(doubled), matrix(doubled), Ipot.DEFAULT)))
                .isGreaterThan(0.99);
        float[] same = new float[6 * WIDTH];
        java.util.Arrays.fill(same, (float) Math.sqrt(1.0 / WIDTH));
        assertThat(least(PairConfidence.of(matrix(same), matrix(same), Ipot.DEFAULT)))
                .isGreaterThan(0.99);
        float[] sinkhorn = Tensors.floats(PairConfidence.of(matrix(texts), matrix(translations), Sinkhorn.DEFAULT));
        assertThat(sinkhorn[0]).isGreaterThan(sinkhorn[4] + 0.3f);
    }

    private static double least(Tensor values) {
        double least = Double.POSITIVE_INFINITY;
        for (float value : Tensors.floats(values)) {
            least = Math.min(least, value);
        }
        return least;
    }

    @Test
    void theTwoPlayersOfTheLanguageGameDoNotTouchEachOther() {
        float[] source = Gradients.normal(7, BATCH * WIDTH);
        float[] target = Gradients.normal(8, BATCH * WIDTH);
        float[] weight = Gradients.normal(9, WIDTH);
        Tensor bias = Tensors.of(new float[] {0.3f}, 1);
        double[] s = Gradients.doubles(source);
        double[] t = Gradients.doubles(target);
        Gradients.check(
                weight,
                new long[] {1, WIDTH},
                w -> LanguageLoss.discriminator(matrix(source), matrix(target), w, bias),
                w -> (taken(s, w, 0.3, 1) + taken(t, w, 0.3, 0)) / 2);
        double[] w = Gradients.doubles(weight);
        Gradients.check(
                target,
                SHAPE,
                v -> LanguageLoss.encoder(v, Tensors.of(weight, 1, WIDTH), bias),
                v -> taken(v, w, 0.3, 1));

        Tensor encoder = matrix(target);
        encoder.set_requires_grad(true);
        Tensor discriminator = Tensors.of(weight, 1, WIDTH);
        discriminator.set_requires_grad(true);
        LanguageLoss.encoder(encoder, discriminator, bias).backward();
        assertThat(discriminator.grad().defined())
                .as("the encoder's loss moves the discriminator")
                .isFalse();
        Tensor still = matrix(target);
        still.set_requires_grad(true);
        LanguageLoss.discriminator(matrix(source), still, discriminator, bias).backward();
        assertThat(still.grad().defined())
                .as("the discriminator's loss moves the encoder")
                .isFalse();
    }

    /// Binary cross-entropy of being taken for a source sentence, or not.
    private static double taken(double[] rows, double[] weight, double bias, int label) {
        double sum = 0;
        int n = rows.length / WIDTH;
        for (int i = 0; i < n; i++) {
            double z = bias;
            for (int k = 0; k < WIDTH; k++) {
                z += rows[i * WIDTH + k] * weight[k];
            }
            double probability = 1 / (1 + Math.exp(-z));
            sum -= Math.log(label == 1 ? probability : 1 - probability);
        }
        return sum / n;
    }
}
