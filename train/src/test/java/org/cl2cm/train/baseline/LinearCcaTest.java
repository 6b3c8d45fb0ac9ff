package org.cl2cm.train.baseline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.cl2cm.evaluate.Metrics;
import org.junit.jupiter.api.Test;

final class LinearCcaTest {
    private static final int D = 20;
    private static final int WORDS = 30;

    /// Images are sums of what their words look like, plus noise; captions name some of the words.
    private record World(float[] images, List<List<String>> captions) {
        static World of(long seed, int images) {
            SplittableRandom looks = new SplittableRandom(1);
            float[] look = new float[WORDS * D];
            for (int i = 0; i < look.length; i++) {
                look[i] = (float) looks.nextGaussian();
            }
            SplittableRandom random = new SplittableRandom(seed);
            float[] features = new float[images * D];
            List<List<String>> captions = new ArrayList<>();
            for (int i = 0; i < images; i++) {
                int[] things = random.ints(4, 0, WORDS).toArray();
                for (int k = 0; k < D; k++) {
                    features[i * D + k] = (float) (0.3 * random.nextGaussian());
                    for (int thing : things) {
                        features[i * D + k] += look[thing * D + k];
                    }
                }
                captions.add(List.of(
                        "w" + things[0] + " w" + things[1] + " w" + things[2],
                        "w" + things[1] + ", W" + things[2] + " and w" + things[3] + "."));
            }
            return new World(features, captions);
        }

        List<String> texts() {
            return captions.stream().flatMap(List::stream).toList();
        }
    }

    @Test
    void findsImagesItHasNotSeen() {
        World train = World.of(2, 800);
        World test = World.of(3, 100);
        BagOfWords words = BagOfWords.fit(train.texts(), 2, 1000);
        assertThat(words.size()).isEqualTo(WORDS + 1);
        LinearCca model =
                LinearCca.fit(train.images(), D, train.captions(), words, new LinearCca.Settings(0.01, 0.01, 20, 1));
        Metrics metrics = Metrics.of(CcaSelection.retrieval(model, test.images(), test.captions()));
        // Chance is 1, 10 and 10 % of 100 images.
        assertThat(metrics.textToImage().r10()).isGreaterThan(70);
        assertThat(metrics.imageToText().r10()).isGreaterThan(70);
        float[] vectors = model.encodeTexts(List.of("w1 w2", "nothing known"));
        assertThat(vectors).hasSize(2 * model.dimension());
        for (int row = 0; row < 2; row++) {
            double squares = 0;
            for (int k = 0; k < model.dimension(); k++) {
                squares += Math.pow(vectors[row * model.dimension() + k], 2);
            }
            assertThat(squares).isCloseTo(1, within(1e-4));
        }
    }

    @Test
    void projectionsAreWhiteAndCorrelateAsTold() {
        World train = World.of(4, 400);
        BagOfWords words = BagOfWords.fit(train.texts(), 2, 1000);
        CcaMoments moments = new CcaMoments(train.images(), D, train.captions(), words);
        CcaSolver.Directions directions = CcaSolver.solve(moments, 1e-4, 1e-4, 8);
        assertThat(directions.dimension()).isEqualTo(8);
        // Straight from the definition: project every pair and correlate.
        List<double[]> xs = new ArrayList<>();
        List<double[]> ys = new ArrayList<>();
        for (int i = 0; i < train.captions().size(); i++) {
            for (String caption : train.captions().get(i)) {
                double[] x = new double[8];
                double[] y = new double[8];
                BagOfWords.Vector vector = words.vector(caption);
                for (int k = 0; k < 8; k++) {
                    for (int j = 0; j < D; j++) {
                        x[k] += train.images()[i * D + j] * directions.images()[j * 8 + k];
                    }
                    for (int a = 0; a < vector.terms().length; a++) {
                        y[k] += vector.weights()[a] * directions.texts()[vector.terms()[a] * 8 + k];
                    }
                }
                xs.add(x);
                ys.add(y);
            }
        }
        for (int a = 0; a < 8; a++) {
            for (int b = 0; b < 8; b++) {
                assertThat(covariance(xs, a, xs, b)).isCloseTo(a == b ? 1 : 0, within(0.01));
                assertThat(covariance(ys, a, ys, b)).isCloseTo(a == b ? 1 : 0, within(0.01));
                assertThat(covariance(xs, a, ys, b))
                        .isCloseTo(a == b ? directions.correlations()[a] : 0, within(0.01));
            }
        }
        assertThat(directions.correlations()[0]).isBetween(0.7f, 1f);
    }

    private static double covariance(List<double[]> xs, int a, List<double[]> ys, int b) {
        double meanX = xs.stream().mapToDouble(x -> x[a]).average().orElseThrow();
        double meanY = ys.stream().mapToDouble(y -> y[b]).average().orElseThrow();
        return IntStream.range(0, xs.size())
                .mapToDouble(i -> (xs.get(i)[a] - meanX) * (ys.get(i)[b] - meanY))
                .average()
                .orElseThrow();
    }

    @Test
    void selectsWhatDoesBestOnValidation() {
        World train = World.of(5, 300);
        World validation = World.of(6, 80);
        BagOfWords words = BagOfWords.fit(train.texts(), 2, 1000);
        CcaSelection selection = CcaSelection.select(
                train.images(),
                train.captions(),
                validation.images(),
                validation.captions(),
                D,
                words,
                new CcaSelection.Grid(List.of(0.01, 100.0), List.of(0.01), List.of(1, 16), List.of(0.0, 1.0)));
        assertThat(selection.tried()).hasSize(8);
        assertThat(selection.sumR())
                .isEqualTo(selection.tried().stream()
                        .mapToDouble(CcaSelection.Trial::sumR)
                        .max()
                        .orElseThrow());
        assertThat(selection.settings().dimension()).isEqualTo(16);
        assertThat(Metrics.of(CcaSelection.retrieval(selection.best(), validation.images(), validation.captions()))
                        .sumR())
                .isEqualTo(selection.sumR());
    }

    @Test
    void termsFollowTheScript() {
        assertThat(TextTerms.of("Two dogs, RUNNING!")).containsExactly("two", "dogs", "running");
        assertThat(TextTerms.of("两只狗。跑")).containsExactly("两", "只", "两只", "狗", "只狗", "跑");
        assertThat(TextTerms.of("一只pug狗")).containsExactly("一", "只", "一只", "pug", "狗");
        assertThat(TextTerms.of("كلب يقفز")).containsExactly("كلب", "يقفز");
        assertThat(TextTerms.of(" ... ")).isEmpty();
    }

    @Test
    void saysWhatDoesNotFit() {
        BagOfWords words = BagOfWords.fit(List.of("a b", "a"), 1, 10);
        assertThatThrownBy(() -> LinearCca.fit(
                        new float[3], 2, List.of(List.of("a")), words, new LinearCca.Settings(1, 1, 1, 1)))
                .hasMessageContaining("3 floats for 1 images of dimension 2");
        assertThatThrownBy(() -> BagOfWords.fit(List.of("a", "b"), 2, 10)).hasMessageContaining("no term stands in 2");
        assertThatThrownBy(() -> new LinearCca.Settings(0, 1, 1, 1)).hasMessageContaining("ridges must be above 0");
    }
}
