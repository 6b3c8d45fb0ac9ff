package org.cl2cm.evaluate;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/// Is B better than A on the same queries? Both are judged on the same resamples, so what makes an
/// image hard for both
/// cancels out.
///
/// With several training seeds, the runs are paired by seed, and the difference is the mean over the
/// pairs; each
/// resample draws images once for all pairs.
///
/// @param differences B minus A for each measure
/// @param sumRBySeed B minus A in SumR for each pair of runs
/// @param resamples how many times images were drawn
/// @param seed what they were drawn from
/// @param images how many images there were to draw
/// @param resampling what was drawn
public record PairedBootstrap(
        Map<Measure, Difference> differences,
        List<Double> sumRBySeed,
        int resamples,
        long seed,
        int images,
        Resampling resampling) {

    /// What a resample draws.
    public enum Resampling {
        /// Images only: how sure the difference of these very models is.
        IMAGES,
        /// Images and pairs of runs: how sure the difference is for models trained from other seeds as
        /// well. Needs
        /// several pairs; with fewer than about five it is too narrow.
        IMAGES_AND_SEEDS
    }

    /// One measure of both.
    ///
    /// @param a mean over A's runs
    /// @param b mean over B's runs
    /// @param interval of b - a
    /// @param shareAboveZero share of resamples in which b - a is above zero
    public record Difference(double a, double b, Interval interval, double shareAboveZero) {}

    public PairedBootstrap {
        differences = Map.copyOf(differences);
        sumRBySeed = List.copyOf(sumRBySeed);
    }

    /// One run against another; 1,000 resamples from the usual seed.
    public static PairedBootstrap compare(Ranks a, Ranks b) {
        return compare(List.of(a), List.of(b), Bootstrap.RESAMPLES, Bootstrap.SEED, Resampling.IMAGES);
    }

    /// @param a runs of A, one for each training seed
    /// @param b runs of B, in the same order of seeds
    /// @throws IllegalArgumentException when the numbers of runs differ or two runs answered different
    ///     queries
    public static PairedBootstrap compare(
            List<Ranks> a, List<Ranks> b, int resamples, long seed, Resampling resampling) {
        Bootstrap.requireEnough(resamples);
        if (a.isEmpty() || a.size() != b.size()) {
            throw new IllegalArgumentException(
                    a.size() + " runs against " + b.size() + ": each run of A needs its pair in B");
        }
        List<Clusters> as = new ArrayList<>();
        List<Clusters> bs = new ArrayList<>();
        for (int i = 0; i < a.size(); i++) {
            Clusters.requireSameQueries("A's run 1", a.getFirst(), "A's run " + (i + 1), a.get(i));
            Clusters.requireSameQueries("A's run 1", a.getFirst(), "B's run " + (i + 1), b.get(i));
            as.add(Clusters.of(a.get(i)));
            bs.add(Clusters.of(b.get(i)));
        }
        return compareClusters(as, bs, resamples, seed, resampling);
    }

    private static PairedBootstrap compareClusters(
            List<Clusters> a, List<Clusters> b, int resamples, long seed, Resampling resampling) {
        int images = a.getFirst().size();
        int runs = a.size();
        int[] all = a.getFirst().once();
        double[] meanA = new double[Measure.values().length];
        double[] meanB = new double[meanA.length];
        List<Double> bySeed = new ArrayList<>();
        for (int run = 0; run < runs; run++) {
            double[] one = a.get(run).measures(all);
            double[] other = b.get(run).measures(all);
            add(meanA, one, 1.0 / runs);
            add(meanB, other, 1.0 / runs);
            bySeed.add(Clusters.sumR(other) - Clusters.sumR(one));
        }
        double[][] drawn = new double[meanA.length][resamples];
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < resamples; i++) {
            int[] weights = Clusters.draw(images, random);
            double[] difference = new double[meanA.length];
            for (int j = 0; j < runs; j++) {
                int run = resampling == Resampling.IMAGES_AND_SEEDS ? random.nextInt(runs) : j;
                add(difference, b.get(run).measures(weights), 1.0 / runs);
                add(difference, a.get(run).measures(weights), -1.0 / runs);
            }
            for (int measure = 0; measure < difference.length; measure++) {
                drawn[measure][i] = difference[measure];
            }
        }
        Map<Measure, Difference> differences = new EnumMap<>(Measure.class);
        Measure[] measures = Measure.values();
        for (int m = 0; m < measures.length; m++) {
            differences.put(
                    measures[m],
                    new Difference(
                            meanA[m], meanB[m], Interval.of(meanB[m] - meanA[m], drawn[m]), shareAboveZero(drawn[m])));
        }
        return new PairedBootstrap(differences, bySeed, resamples, seed, images, resampling);
    }

    private static void add(double[] sum, double[] values, double factor) {
        for (int i = 0; i < sum.length; i++) {
            sum[i] += factor * values[i];
        }
    }

    /// Differences that are zero but for rounding are not above it.
    private static double shareAboveZero(double[] differences) {
        int above = 0;
        for (double difference : differences) {
            if (difference > 1e-9) {
                above++;
            }
        }
        return above / (double) differences.length;
    }

    public Difference difference(Measure measure) {
        Difference difference = differences.get(measure);
        if (difference == null) {
            throw new IllegalArgumentException("no difference for " + measure.title());
        }
        return difference;
    }

    /// SumR, B minus A.
    public Difference sumR() {
        return difference(Measure.SUM_R);
    }

    /// The standard deviation of the SumR differences over pairs of runs; 0 for one pair.
    public double spreadOverSeeds() {
        if (sumRBySeed.size() < 2) {
            return 0;
        }
        double mean =
                sumRBySeed.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
        double squares =
                sumRBySeed.stream().mapToDouble(d -> (d - mean) * (d - mean)).sum();
        return Math.sqrt(squares / (sumRBySeed.size() - 1));
    }
}
