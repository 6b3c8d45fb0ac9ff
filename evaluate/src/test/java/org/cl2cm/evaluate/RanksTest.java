package org.cl2cm.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;

final class RanksTest {
    private static void assertSame(Ranks actual, Ranks expected, String what) {
        assertThat(actual.ranks(Direction.TEXT_TO_IMAGE)).as(what).isEqualTo(expected.ranks(Direction.TEXT_TO_IMAGE));
        for (int row = 0; row < expected.gallerySize(); row++) {
            assertThat(actual.imageToText(row)).as(what + ", item " + row).isEqualTo(expected.imageToText(row));
            assertThat(actual.averagePrecision(row))
                    .as(what + ", item " + row)
                    .isCloseTo(expected.averagePrecision(row), within(1e-12));
        }
    }

    @Test
    void agreesWithTheFullMatrixOnOddSizes() {
        int[][] shapes = {
            {1, 1, 1},
            {1, 7, 3},
            {7, 1, 5},
            {255, 13, 4},
            {256, 2047, 6},
            {257, 2049, 7},
            {300, 5, 17},
            {513, 4097, 3},
            {33, 100, 129}
        };
        for (int[] shape : shapes) {
            for (double nans : new double[] {0, 0.05}) {
                long seed = 31L * shape[0] + shape[1];
                Retrieval retrieval = Samples.random(seed, shape[0], shape[1], shape[2], 0.05, nans);
                assertSame(
                        Ranks.of(retrieval, 2),
                        NaiveRanks.of(retrieval),
                        "seed " + seed + ", shape " + List.of(shape[0], shape[1], shape[2]) + ", NaN " + nans);
            }
        }
    }

    @Test
    void agreesWithTheFullMatrixOnManySmallOnes() {
        for (long seed = 0; seed < 300; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            Retrieval retrieval = Samples.random(
                    seed,
                    random.nextInt(1, 12),
                    random.nextInt(1, 30),
                    random.nextInt(1, 6),
                    random.nextDouble(0.3),
                    random.nextDouble(0.3));
            assertSame(Ranks.of(retrieval, 1), NaiveRanks.of(retrieval), "seed " + seed);
        }
    }

    @Test
    void doesNotDependOnTheNumberOfThreads() {
        Retrieval retrieval = Samples.random(5, 700, 5000, 24, 0.02, 0.02);
        Ranks one = Ranks.of(retrieval, 1);
        for (int threads : new int[] {2, 3, 8}) {
            assertSame(Ranks.of(retrieval, threads), one, threads + " threads");
        }
    }

    @Test
    void ranksByHandAfterTheBestWereSortedAnew() {
        // One query an image; the cosines put query i's image at place i + 1.
        float[] gallery = {1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1};
        float[] queries = {
            0.9f, 0.8f, 0.7f, 0.6f, //
            0.9f, 0.8f, 0.7f, 0.6f, //
            0.9f, 0.8f, 0.7f, 0.6f, //
            0.9f, 0.8f, 0.7f, 0.6f, //
        };
        List<String> ids = List.of("A", "B", "C", "D");
        Ranks before = Ranks.of(Retrieval.of(4, gallery, ids, queries, ids, new int[] {0, 1, 2, 3}));
        assertThat(before.ranks(Direction.TEXT_TO_IMAGE)).containsExactly(1, 2, 3, 4);

        float nan = Float.NaN;
        Ranks after = before.reranked(
                3,
                new int[] {0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2},
                // Second of three; a tie with the best; a NaN beside it; not among the candidates.
                new float[] {5, 9, 1, 7, 7, 1, 1, nan, 8, 3, 2, 1});
        assertThat(after.ranks(Direction.TEXT_TO_IMAGE)).containsExactly(2, 2, 2, 4);
        assertThat(after.ranks(Direction.IMAGE_TO_TEXT)).isEqualTo(before.ranks(Direction.IMAGE_TO_TEXT));
        Ranks lost = before.reranked(1, new int[] {0, 1, 2, 0}, new float[] {nan, 1, 1, 1});
        assertThat(lost.ranks(Direction.TEXT_TO_IMAGE)).containsExactly(1, 1, 1, 4);
        assertThatThrownBy(() -> before.reranked(2, new int[8], new float[7])).hasMessageContaining("7 scores");
    }

    @Test
    void ranksByHandWithSeveralCaptionsAnImage() {
        // Scores (rows: queries a0 a1 b0 b1 c0; columns: images A B C D; D has no caption).
        float[] queries = {
            0.9f, 0.1f, 0.2f, 0.3f, //
            0.4f, 0.5f, 0.1f, 0.6f, //
            0.4f, 0.4f, 0.3f, 0.1f, //
            0.1f, 0.8f, 0.0f, 0.0f, //
            0.9f, 0.2f, 0.3f, 0.2f, //
        };
        float[] gallery = {1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1};
        Ranks ranks = Ranks.of(Retrieval.of(
                4, gallery, List.of("A", "B", "C", "D"), queries, List.of("a0", "a1", "b0", "b1", "c0"), new int[] {
                    0, 0, 1, 1, 2
                }));

        assertThat(ranks.ranks(Direction.TEXT_TO_IMAGE)).containsExactly(1, 3, 2, 1, 2);
        // A: own 0.9 and 0.4, foreign 0.4, 0.1, 0.9: the tie at 0.9 counts against the model.
        assertThat(ranks.imageToText(0)).isEqualTo(2);
        assertThat(ranks.averagePrecision(0)).isCloseTo((1 / 2.0 + 2 / 4.0) / 2, within(1e-12));
        // B: own 0.8 and 0.4, foreign 0.1, 0.5, 0.2.
        assertThat(ranks.imageToText(1)).isEqualTo(1);
        assertThat(ranks.averagePrecision(1)).isCloseTo((1 + 2 / 3.0) / 2, within(1e-12));
        // C: own 0.3, foreign 0.2, 0.1, 0.3, 0.0.
        assertThat(ranks.imageToText(2)).isEqualTo(2);
        assertThat(ranks.imageToText(3)).isZero();
        assertThat(ranks.captions(3)).isZero();

        Metrics metrics = Metrics.of(ranks);
        assertThat(metrics.textToImage().r1()).isEqualTo(40);
        assertThat(metrics.textToImage().r5()).isEqualTo(100);
        assertThat(metrics.textToImage().medianRank()).isEqualTo(2);
        assertThat(metrics.textToImage().meanRank()).isCloseTo(9 / 5.0, within(1e-12));
        assertThat(metrics.textToImage().meanAveragePrecision())
                .isCloseTo((1 + 1 / 3.0 + 0.5 + 1 + 0.5) / 5, within(1e-12));
        assertThat(metrics.imageToText().queries()).isEqualTo(3);
        assertThat(metrics.imageToText().r1()).isCloseTo(100 / 3.0, within(1e-12));
        assertThat(metrics.imageToText().meanReciprocalRank()).isCloseTo(2 / 3.0, within(1e-12));
        assertThat(metrics.imageToText().meanAveragePrecision()).isCloseTo((0.5 + 5 / 6.0 + 0.5) / 3, within(1e-12));
        assertThat(metrics.sumR()).isCloseTo(40 + 100 + 100 + 100 / 3.0 + 100 + 100, within(1e-9));
        assertThat(metrics.meanRecall()).isCloseTo(metrics.sumR() / 6, within(1e-12));
    }

    @Test
    void aModelThatSaysNothingRanksLast() {
        int n = 20;
        int[] target = new int[n];
        for (int i = 0; i < n; i++) {
            target[i] = i;
        }
        Retrieval silent =
                Retrieval.of(3, new float[3 * n], Samples.ids("g", n), new float[3 * n], Samples.ids("q", n), target);
        Metrics metrics = Metrics.of(silent);
        assertThat(metrics.textToImage().meanRank()).isEqualTo(n);
        assertThat(metrics.imageToText().meanRank()).isEqualTo(n);
        assertThat(metrics.sumR()).isZero();
    }

    @Test
    void medianOfAnEvenNumberLiesBetweenTheMiddleTwo() {
        Ranks ranks = Samples.ranks(new int[] {0, 0, 0, 0}, 1, new int[] {9, 1, 2, 5}, new int[] {1});
        assertThat(Metrics.of(ranks).textToImage().medianRank()).isEqualTo(3.5);
        assertThat(Metrics.of(ranks).textToImage().r5()).isEqualTo(75);
    }

    @Test
    void neverHoldsTheWholeMatrix() {
        // 30,000 x 60,000 scores are 7.2 GB, more than this JVM may take.
        int n = 30_000;
        int m = 60_000;
        assertThat((long) n * m * Float.BYTES)
                .isGreaterThan(Runtime.getRuntime().maxMemory());
        SplittableRandom random = new SplittableRandom(9);
        float[] gallery = new float[n];
        float[] queries = new float[m];
        int[] target = new int[m];
        for (int i = 0; i < n; i++) {
            gallery[i] = i;
        }
        for (int i = 0; i < m; i++) {
            queries[i] = 1;
            target[i] = random.nextInt(n);
        }
        Retrieval retrieval = Retrieval.of(1, gallery, Samples.ids("g", n), queries, Samples.ids("q", m), target);
        Ranks ranks = Assertions.assertTimeout(Duration.ofMinutes(3), () -> Ranks.of(retrieval));
        for (int i = 0; i < m; i += 997) {
            assertThat(ranks.textToImage(i)).isEqualTo(n - target[i]);
        }
    }

    @Test
    void saysWhatDoesNotFit() {
        assertThatThrownBy(() ->
                        Retrieval.of(2, new float[4], List.of("a", "b"), new float[3], List.of("x"), new int[] {0}))
                .hasMessageContaining("queries: 3 floats for 1 ids of dimension 2");
        assertThatThrownBy(() ->
                        Retrieval.of(2, new float[4], List.of("a", "b"), new float[2], List.of("x"), new int[] {2}))
                .hasMessageContaining("query \"x\" has the target row 2");
        assertThatThrownBy(() ->
                        Retrieval.of(2, new float[4], List.of("a", "a"), new float[2], List.of("x"), new int[] {0}))
                .hasMessageContaining("gallery id \"a\" stands twice");
    }
}
