package org.cl2cm.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CalibrationFitTest {
    private static final int DIMENSION = 16;

    /// Items scattered over the sphere, and queries near the item they belong to.
    private static Retrieval world(long seed, int items, int queriesAnItem, double noise) {
        Random random = new Random(seed);
        float[] gallery = new float[items * DIMENSION];
        float[] queries = new float[items * queriesAnItem * DIMENSION];
        int[] target = new int[items * queriesAnItem];
        for (int item = 0; item < items; item++) {
            float[] centre = unit(random, new float[DIMENSION], 1);
            System.arraycopy(centre, 0, gallery, item * DIMENSION, DIMENSION);
            for (int i = 0; i < queriesAnItem; i++) {
                int query = item * queriesAnItem + i;
                target[query] = item;
                System.arraycopy(unit(random, centre, noise), 0, queries, query * DIMENSION, DIMENSION);
            }
        }
        return Retrieval.of(DIMENSION, gallery, names(items, "i"), queries, names(target.length, "q"), target);
    }

    private static float[] unit(Random random, float[] centre, double noise) {
        double[] vector = IntStream.range(0, DIMENSION)
                .mapToDouble(i -> centre[i] + noise * random.nextGaussian())
                .toArray();
        double norm = Math.sqrt(Arrays.stream(vector).map(x -> x * x).sum());
        float[] unit = new float[DIMENSION];
        for (int i = 0; i < DIMENSION; i++) {
            unit[i] = (float) (vector[i] / norm);
        }
        return unit;
    }

    private static List<String> names(int count, String prefix) {
        return IntStream.range(0, count).mapToObj(i -> prefix + i).toList();
    }

    private static double probability(CalibrationFit fit, double score, int items) {
        return 1 / (1 + Math.exp(-(fit.slope() * score + fit.intercept() - Math.log(items))));
    }

    private static BitSet all(Retrieval retrieval) {
        BitSet all = new BitSet();
        all.set(0, retrieval.queryCount());
        return all;
    }

    @Test
    void whatItSaysHoldsOnOtherQueriesAndInGalleriesOfOtherSizes() {
        CalibrationFit fit = CalibrationFit.of(world(1, 300, 5, 0.35));
        assertThat(fit.queries()).isEqualTo(1500);
        assertThat(fit.gallery()).isEqualTo(300);
        for (int items : new int[] {100, 300, 900}) {
            Retrieval other = world(items, items, 3000 / items + 1, 0.35);
            ScoreReport report =
                    ScoreReport.of(other, score -> probability(fit, score, items), all(other), new BitSet(), 0.5);
            for (ScoreReport.Bin bin : report.bins()) {
                if (bin.pairs() * bin.said() > 100) {
                    assertThat(bin.found()).as("%d items, %s", items, bin).isCloseTo(bin.said(), within(0.12));
                }
            }
            double right = report.bins().stream()
                    .mapToDouble(bin -> bin.pairs() * bin.said())
                    .sum();
            // As many right ones are foretold as there are.
            assertThat(right / other.queryCount()).isCloseTo(1, within(0.25));
        }
    }

    @Test
    void aLikelihoodMaximumHasNoGradient() {
        Retrieval retrieval = world(3, 101, 2, 0.5);
        CalibrationFit fit = CalibrationFit.of(retrieval);
        double constant = 0;
        double sloped = 0;
        for (int query = 0; query < retrieval.queryCount(); query++) {
            for (int item = 0; item < retrieval.gallerySize(); item++) {
                double score = score(retrieval, query, item);
                double missing =
                        (item == retrieval.target(query) ? 1 : 0) - probability(fit, score, retrieval.gallerySize());
                constant += missing;
                sloped += missing * score;
            }
        }
        // One pair of each kind is added, and scores are counted in bins.
        assertThat(constant).isCloseTo(0, within(1.1));
        assertThat(sloped).isCloseTo(0, within(2.2));
    }

    private static double score(Retrieval retrieval, int query, int item) {
        double sum = 0;
        for (int i = 0; i < DIMENSION; i++) {
            sum += (double) retrieval.queries()[query * DIMENSION + i]
                    * retrieval.gallery()[item * DIMENSION + i];
        }
        return sum;
    }

    @Test
    void scoresThatSayNothingGiveEveryItemTheSameProbability() {
        Retrieval good = world(2, 50, 2, 0.1);
        float[] away = good.queries().clone();
        for (int i = 0; i < away.length; i++) {
            away[i] = -away[i];
        }
        CalibrationFit fit = CalibrationFit.of(
                Retrieval.of(DIMENSION, good.gallery(), good.galleryIds(), away, good.queryIds(), good.targets()));
        assertThat(fit.slope()).isZero();
        assertThat(probability(fit, 0.9, 50)).isCloseTo(1 / 50.0, within(0.001));
    }

    @Test
    void aPerfectRankingStaysFinite() {
        CalibrationFit fit = CalibrationFit.of(world(1, 20, 1, 0));
        assertThat(fit.slope()).isFinite().isPositive();
        assertThat(fit.intercept()).isFinite();
        assertThatThrownBy(() -> CalibrationFit.of(world(1, 1, 1, 0))).hasMessageContaining("gallery of 1");
    }

    @Test
    void aReportEqualsACountByHand() {
        // Scores of two queries with three items: 1, 0, 0.6 and 0, 1, 0.8; the probability is half the score.
        float[] gallery = {1, 0, 0, 1, 0.6f, 0.8f};
        float[] queries = {1, 0, 0, 1};
        Retrieval retrieval = Retrieval.of(2, gallery, names(3, "i"), queries, names(2, "q"), new int[] {0, 2});
        BitSet takenOut = new BitSet();
        takenOut.set(1);

        ScoreReport report = ScoreReport.of(retrieval, score -> score / 2, all(retrieval), takenOut, 0.1, 0.35, 0.45);

        assertThat(report.cuts())
                .containsExactly(
                        // Query 0 keeps items 0 and 2, query 1 items 1 and 2; without: item 2, and item 0 at 0.
                        new ScoreReport.Cut(0.1, 1, 0.5, 2, 1),
                        new ScoreReport.Cut(0.35, 1, 0, 1.5, 1),
                        new ScoreReport.Cut(0.45, 1, 0, 1, 0.5));
        // 0 and 0; 0.3 and 0.4 (one of the two right); 0.5 and 0.5 (one right).
        assertThat(report.bins()).hasSize(3);
        assertThat(report.bins().get(0)).isEqualTo(new ScoreReport.Bin(2, 0, 0));
        assertThat(report.bins().get(1).pairs()).isEqualTo(2);
        assertThat(report.bins().get(1).said()).isCloseTo(0.35, within(1e-6));
        assertThat(report.bins().get(1).found()).isEqualTo(0.5);
        assertThat(report.bins().get(2)).isEqualTo(new ScoreReport.Bin(2, 0.5, 0.5));

        BitSet second = new BitSet();
        second.set(1);
        assertThat(ScoreReport.of(retrieval, score -> score / 2, second, takenOut, 0.1)
                        .queries())
                .isEqualTo(1);
    }
}
