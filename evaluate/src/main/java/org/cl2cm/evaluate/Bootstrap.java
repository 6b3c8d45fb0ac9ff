package org.cl2cm.evaluate;

import java.util.EnumMap;
import java.util.Map;
import java.util.SplittableRandom;

/// 95 % intervals of every recall and of SumR by the percentile bootstrap (Efron and Tibshirani, An
/// Introduction to
/// the Bootstrap, 1993, chapter 13).
///
/// Images are drawn with replacement together with all of their captions, which are not independent of
/// each other.
/// The gallery that was ranked stays as it is: the interval says how much the measure would change with
/// other queries
/// of the same kind, not with a gallery of another size, and not with another training seed.
///
/// @param intervals one for each measure
/// @param resamples how many times images were drawn
/// @param seed what they were drawn from
public record Bootstrap(Map<Measure, Interval> intervals, int resamples, long seed) {
    public static final int RESAMPLES = 1000;
    public static final long SEED = 20_260_101;

    public Bootstrap {
        intervals = Map.copyOf(intervals);
    }

    /// 1,000 resamples from the usual seed.
    public static Bootstrap of(Ranks ranks) {
        return of(ranks, RESAMPLES, SEED);
    }

    public static Bootstrap of(Ranks ranks, int resamples, long seed) {
        requireEnough(resamples);
        Clusters clusters = Clusters.of(ranks);
        double[] estimate = clusters.measures(clusters.once());
        double[][] drawn = new double[estimate.length][resamples];
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < resamples; i++) {
            double[] one = clusters.measures(Clusters.draw(clusters.size(), random));
            for (int measure = 0; measure < one.length; measure++) {
                drawn[measure][i] = one[measure];
            }
        }
        Map<Measure, Interval> intervals = new EnumMap<>(Measure.class);
        Measure[] measures = Measure.values();
        for (int m = 0; m < measures.length; m++) {
            intervals.put(measures[m], Interval.of(estimate[m], drawn[m]));
        }
        return new Bootstrap(intervals, resamples, seed);
    }

    static void requireEnough(int resamples) {
        if (resamples < 2) {
            throw new IllegalArgumentException(resamples + " resamples; at least 2 are needed, 1000 are usual");
        }
    }

    public Interval interval(Measure measure) {
        Interval interval = intervals.get(measure);
        if (interval == null) {
            throw new IllegalArgumentException("no interval for " + measure.title());
        }
        return interval;
    }
}
