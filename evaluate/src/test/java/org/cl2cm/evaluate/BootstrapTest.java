package org.cl2cm.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class BootstrapTest {
    /// Images that are easy (every caption ranks first) or hard (none does), the extreme of captions
    /// that succeed and
    /// fail together.
    private static Ranks clustered(long seed, int images, int captions, double easy) {
        SplittableRandom random = new SplittableRandom(seed);
        int[] target = new int[images * captions];
        int[] textToImage = new int[target.length];
        int[] imageToText = new int[images];
        for (int image = 0; image < images; image++) {
            boolean hit = random.nextDouble() < easy;
            imageToText[image] = hit ? 1 : 20;
            for (int c = 0; c < captions; c++) {
                target[image * captions + c] = image;
                textToImage[image * captions + c] = hit ? 1 : 20;
            }
        }
        return Samples.ranks(target, images, textToImage, imageToText);
    }

    @Test
    void coversTheTruthAboutNinetyFiveTimesInAHundred() {
        int covered = 0;
        int trials = 400;
        for (int trial = 0; trial < trials; trial++) {
            Interval interval = Bootstrap.of(clustered(1000 + trial, 150, 5, 0.4), 300, trial)
                    .interval(Measure.T2I_R1);
            covered += interval.low() <= 40 && 40 <= interval.high() ? 1 : 0;
        }
        // Drawing captions instead of images would cover about 60 %.
        assertThat(covered / (double) trials).isBetween(0.91, 0.985);
    }

    @Test
    void widthIsThatOfTheBinomialOverImages() {
        Bootstrap bootstrap = Bootstrap.of(clustered(3, 400, 5, 0.5), 4000, 7);
        Interval interval = bootstrap.interval(Measure.T2I_R1);
        double p = interval.estimate() / 100;
        double expected = 2 * 1.96 * 100 * Math.sqrt(p * (1 - p) / 400);
        assertThat(interval.high() - interval.low()).isCloseTo(expected, within(0.08 * expected));
        assertThat(bootstrap.interval(Measure.SUM_R).estimate()).isCloseTo(6 * interval.estimate(), within(1e-9));
    }

    @Test
    void estimatesAreTheMetrics() {
        Ranks ranks = Ranks.of(Samples.random(8, 60, 200, 8, 0.02, 0), 1);
        Metrics metrics = Metrics.of(ranks);
        Bootstrap bootstrap = Bootstrap.of(ranks, 50, 1);
        assertThat(bootstrap.interval(Measure.T2I_R5).estimate())
                .isCloseTo(metrics.textToImage().r5(), within(1e-9));
        assertThat(bootstrap.interval(Measure.I2T_R10).estimate())
                .isCloseTo(metrics.imageToText().r10(), within(1e-9));
        assertThat(bootstrap.interval(Measure.SUM_R).estimate()).isCloseTo(metrics.sumR(), within(1e-9));
        assertThat(Bootstrap.of(ranks, 50, 1)).isEqualTo(bootstrap);
        assertThat(Bootstrap.of(ranks, 50, 2)).isNotEqualTo(bootstrap);
    }

    @Test
    void aRunAgainstItselfDiffersByNothing() {
        Ranks ranks = clustered(4, 100, 3, 0.5);
        PairedBootstrap same = PairedBootstrap.compare(ranks, ranks);
        assertThat(same.sumR().interval()).isEqualTo(new Interval(0, 0, 0));
        assertThat(same.sumR().shareAboveZero()).isZero();
        assertThat(same.sumR().interval().excludesZero()).isFalse();
    }

    @Test
    void pairingSeesASmallSteadyGainThatSingleIntervalsDoNot() {
        int images = 300;
        int[] target = IntStream.range(0, images).toArray();
        int[] a = new int[images];
        int[] b = new int[images];
        int[] fixed = new int[images];
        for (int i = 0; i < images; i++) {
            a[i] = i < 150 ? 1 : 20;
            b[i] = i < 162 ? 1 : 20;
            fixed[i] = 20;
        }
        Ranks first = Samples.ranks(target, images, a, fixed);
        Ranks second = Samples.ranks(target, images, b, fixed);
        PairedBootstrap paired = PairedBootstrap.compare(first, second);
        PairedBootstrap.Difference r1 = paired.difference(Measure.T2I_R1);
        assertThat(r1.a()).isCloseTo(50, within(1e-9));
        assertThat(r1.b()).isCloseTo(54, within(1e-9));
        assertThat(paired.sumR().interval().estimate()).isCloseTo(12, within(1e-9));
        assertThat(paired.sumR().interval().excludesZero()).isTrue();
        assertThat(paired.sumR().shareAboveZero()).isEqualTo(1);
        assertThat(Bootstrap.of(first).interval(Measure.T2I_R1).high())
                .isGreaterThan(Bootstrap.of(second).interval(Measure.T2I_R1).low());
    }

    @Test
    void intervalOfThePairedDifferenceCoversItsTruth() {
        int covered = 0;
        int trials = 300;
        for (int trial = 0; trial < trials; trial++) {
            Ranks a = clustered(5_000 + trial, 150, 2, 0.4);
            Ranks b = clustered(90_000 + trial, 150, 2, 0.5);
            Interval interval = PairedBootstrap.compare(
                            List.of(a), List.of(b), 200, trial, PairedBootstrap.Resampling.IMAGES)
                    .sumR()
                    .interval();
            covered += interval.low() <= 60 && 60 <= interval.high() ? 1 : 0;
        }
        assertThat(covered / (double) trials).isBetween(0.90, 0.985);
    }

    @Test
    void severalSeedsAreAveragedPairByPair() {
        List<Ranks> a = new ArrayList<>();
        List<Ranks> b = new ArrayList<>();
        for (int seed = 0; seed < 5; seed++) {
            a.add(clustered(seed, 200, 2, 0.4));
            b.add(clustered(50 + seed, 200, 2, 0.5));
        }
        PairedBootstrap images = PairedBootstrap.compare(a, b, 500, 3, PairedBootstrap.Resampling.IMAGES);
        PairedBootstrap both = PairedBootstrap.compare(a, b, 500, 3, PairedBootstrap.Resampling.IMAGES_AND_SEEDS);
        double mean = 0;
        for (int i = 0; i < 5; i++) {
            double difference =
                    Metrics.of(b.get(i)).sumR() - Metrics.of(a.get(i)).sumR();
            assertThat(images.sumRBySeed().get(i)).isCloseTo(difference, within(1e-9));
            mean += difference / 5;
        }
        assertThat(images.sumR().interval().estimate()).isCloseTo(mean, within(1e-9));
        assertThat(both.sumR().interval().estimate()).isCloseTo(mean, within(1e-9));
        assertThat(width(both)).isGreaterThan(width(images));
        assertThat(images.spreadOverSeeds()).isPositive();
    }

    private static double width(PairedBootstrap comparison) {
        return comparison.sumR().interval().high()
                - comparison.sumR().interval().low();
    }

    @Test
    void theOrderOfRowsDoesNotMatter() {
        Ranks a = clustered(6, 80, 3, 0.5);
        Ranks b = clustered(7, 80, 3, 0.5);
        PairedBootstrap straight = PairedBootstrap.compare(a, b);
        PairedBootstrap mixed = PairedBootstrap.compare(a, shuffled(b));
        assertThat(mixed).isEqualTo(straight);
    }

    private static Ranks shuffled(Ranks ranks) {
        List<Integer> rows =
                new ArrayList<>(IntStream.range(0, ranks.gallerySize()).boxed().toList());
        List<Integer> queries =
                new ArrayList<>(IntStream.range(0, ranks.queryCount()).boxed().toList());
        Collections.shuffle(rows, new Random(1));
        Collections.shuffle(queries, new Random(2));
        return new Ranks(
                rows.stream().map(ranks.galleryIds()::get).toList(),
                queries.stream().map(ranks.queryIds()::get).toList(),
                queries.stream().mapToInt(q -> rows.indexOf(ranks.target(q))).toArray(),
                queries.stream().mapToInt(ranks::textToImage).toArray(),
                rows.stream().mapToInt(ranks::imageToText).toArray(),
                rows.stream().mapToDouble(ranks::averagePrecision).toArray());
    }

    @Test
    void refusesRunsOnOtherQueries() {
        Ranks a = clustered(1, 10, 2, 0.5);
        assertThatThrownBy(() -> PairedBootstrap.compare(a, clustered(1, 10, 3, 0.5)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("only runs on the same queries can be compared in pairs");
        assertThatThrownBy(() -> PairedBootstrap.compare(a, clustered(1, 11, 2, 0.5)))
                .hasMessageContaining("A's run 1 ranked 10 gallery items, B's run 1 11");
        assertThatThrownBy(() ->
                        PairedBootstrap.compare(List.of(a), List.of(a, a), 100, 1, PairedBootstrap.Resampling.IMAGES))
                .hasMessageContaining("1 runs against 2");
    }
}
