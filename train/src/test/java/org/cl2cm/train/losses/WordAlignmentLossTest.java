package org.cl2cm.train.losses;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.cl2cm.model.nn.Padding;
import org.cl2cm.model.nn.Precision;
import org.cl2cm.model.nn.Tensors;
import org.junit.jupiter.api.Test;

class WordAlignmentLossTest {
    private static final int BATCH = 2;
    private static final int SOURCE = 5;
    private static final int TARGET = 6;
    private static final int WIDTH = 4;
    private static final double TEMPERATURE = 0.3;

    private final WordAlignmentLoss loss = new WordAlignmentLoss(Ipot.DEFAULT, TEMPERATURE);
    private final float[] hs = Gradients.normal(1, BATCH * SOURCE * WIDTH);
    private final float[] ht = Gradients.normal(2, BATCH * TARGET * WIDTH);
    private final Tensor ms = Padding.words(new int[] {5, 4}, SOURCE);
    private final Tensor mt = Padding.words(new int[] {4, 6}, TARGET);

    private static Tensor states(float[] values, int length) {
        return Tensors.of(values, values.length / (length * WIDTH), length, WIDTH);
    }

    /// Cosine of word `a` of `hs` and word `b` of `ht`, both of sentence pair `n`.
    private static double cosine(double[] hs, int n, int a, double[] ht, int b) {
        double product = 0;
        double squareS = 0;
        double squareT = 0;
        for (int k = 0; k < WIDTH; k++) {
            double s = hs[(n * SOURCE + a) * WIDTH + k];
            double t = ht[(n * TARGET + b) * WIDTH + k];
            product += s * t;
            squareS += s * s;
            squareT += t * t;
        }
        return product / Math.sqrt(squareS * squareT);
    }

    private static List<Integer> words(Tensor mask, int n) {
        List<Integer> words = new ArrayList<>();
        float[] values = Tensors.floats(mask.select(0, n));
        for (int i = 0; i < values.length; i++) {
            if (values[i] == 1) {
                words.add(i);
            }
        }
        return words;
    }

    private double transportCost(float[] plan, double[] hs, double[] ht) {
        double sum = 0;
        for (int n = 0; n < BATCH; n++) {
            for (int a : words(ms, n)) {
                for (int b : words(mt, n)) {
                    sum += plan[(n * SOURCE + a) * TARGET + b] * (1 - cosine(hs, n, a, ht, b));
                }
            }
        }
        return sum / BATCH;
    }

    private double selfLabelling(float[] plan, double[] hs, double[] ht) {
        double forth = 0;
        double back = 0;
        int sourceWords = 0;
        int targetWords = 0;
        for (int n = 0; n < BATCH; n++) {
            List<Integer> source = words(ms, n);
            List<Integer> target = words(mt, n);
            double[][] labels = new double[source.size()][target.size()];
            double[][] cosines = new double[source.size()][target.size()];
            for (int i = 0; i < source.size(); i++) {
                for (int j = 0; j < target.size(); j++) {
                    labels[i][j] = plan[(n * SOURCE + source.get(i)) * TARGET + target.get(j)];
                    cosines[i][j] = cosine(hs, n, source.get(i), ht, target.get(j));
                }
            }
            forth += crossEntropy(labels, cosines);
            back += crossEntropy(Gradients.transposed(labels), Gradients.transposed(cosines));
            sourceWords += source.size();
            targetWords += target.size();
        }
        return (forth / sourceWords + back / targetWords) / 2;
    }

    private static double crossEntropy(double[][] labels, double[][] cosines) {
        double sum = 0;
        for (int i = 0; i < labels.length; i++) {
            double mass = 0;
            for (double label : labels[i]) {
                mass += label;
            }
            double[] probabilities = Gradients.softmax(cosines[i], TEMPERATURE);
            for (int j = 0; j < probabilities.length; j++) {
                sum -= labels[i][j] / mass * Math.log(probabilities[j]);
            }
        }
        return sum;
    }

    @Test
    void agreesWithLoopsAndNoGradientPassesThroughThePlan() {
        Tensor target = states(ht, TARGET);
        double[] fixed = Gradients.doubles(ht);
        float[] plan = Tensors.floats(loss.alignment(states(hs, SOURCE), ms, target, mt));
        long[] shape = {BATCH, SOURCE, WIDTH};
        // The twins keep the plan as it is while the states move: so must the gradient.
        Gradients.check(hs, shape, h -> loss.transportCost(h, ms, target, mt), h -> transportCost(plan, h, fixed));
        Gradients.check(hs, shape, h -> loss.selfLabelling(h, ms, target, mt), h -> selfLabelling(plan, h, fixed));
        Tensor source = states(hs, SOURCE);
        double[] still = Gradients.doubles(hs);
        long[] other = {BATCH, TARGET, WIDTH};
        Gradients.check(ht, other, h -> loss.transportCost(source, ms, h, mt), h -> transportCost(plan, still, h));
        Gradients.check(ht, other, h -> loss.selfLabelling(source, ms, h, mt), h -> selfLabelling(plan, still, h));
    }

    @Test
    void anIdenticalSentenceCostsNothingAndItsPlanIsTheIdentity() {
        float[] same = Gradients.normal(3, SOURCE * 8);
        Tensor states = Tensors.of(same, 1, SOURCE, 8);
        Tensor mask = Padding.words(new int[] {SOURCE}, SOURCE);
        float[] plan = Tensors.floats(loss.alignment(states, mask, states, mask));
        for (int a = 0; a < SOURCE; a++) {
            for (int b = 0; b < SOURCE; b++) {
                boolean word = a == b && a > 0 && a < SOURCE - 1;
                assertThat(plan[a * SOURCE + b]).isCloseTo(word ? 1f / 3 : 0, within(1e-3f));
            }
        }
        assertThat(Tensors.scalar(loss.transportCost(states, mask, states, mask)))
                .isCloseTo(0, within(1e-3));
    }

    @Test
    void padsAndSpecialTokensTakeNoPart() {
        float[] otherPads = hs.clone();
        for (int n = 0; n < BATCH; n++) {
            List<Integer> words = words(ms, n);
            for (int a = 0; a < SOURCE; a++) {
                for (int k = 0; k < WIDTH && !words.contains(a); k++) {
                    otherPads[(n * SOURCE + a) * WIDTH + k] = 100f - 30 * k;
                }
            }
        }
        Tensor target = states(ht, TARGET);
        Tensor source = states(hs, SOURCE);
        Tensor changed = states(otherPads, SOURCE);
        assertThat(Tensors.scalar(loss.transportCost(changed, ms, target, mt)))
                .isCloseTo(Tensors.scalar(loss.transportCost(source, ms, target, mt)), within(1e-6));
        assertThat(Tensors.scalar(loss.selfLabelling(changed, ms, target, mt)))
                .isCloseTo(Tensors.scalar(loss.selfLabelling(source, ms, target, mt)), within(1e-6));
        changed.set_requires_grad(true);
        loss.transportCost(changed, ms, target, mt)
                .add(loss.selfLabelling(changed, ms, target, mt))
                .backward();
        float[] gradient = Tensors.floats(changed.grad());
        for (int i = 0; i < gradient.length; i++) {
            int place = i / WIDTH;
            if (!words(ms, place / SOURCE).contains(place % SOURCE)) {
                assertThat(gradient[i]).as("gradient of a pad").isZero();
            }
        }
    }

    @Test
    void autocastChangesNothing() {
        Tensor source = states(hs, SOURCE);
        Tensor target = states(ht, TARGET);
        double expected = Tensors.scalar(loss.selfLabelling(source, ms, target, mt))
                + Tensors.scalar(loss.transportCost(source, ms, target, mt));
        double actual = Precision.BFLOAT16.run(() -> Tensors.scalar(loss.selfLabelling(source, ms, target, mt))
                + Tensors.scalar(loss.transportCost(source, ms, target, mt)));
        assertThat(actual).isEqualTo(expected);
    }

    @Test
    void aTextWithoutAWordIsNoTrouble() {
        Tensor empty = Padding.words(new int[] {2, 2}, SOURCE);
        assertThat(Tensors.scalar(loss.selfLabelling(states(hs, SOURCE), empty, states(ht, TARGET), mt)))
                .isBetween(0.1, 10.0);
    }
}
