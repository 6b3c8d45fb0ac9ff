package org.cl2cm.evaluate;

import java.util.Arrays;

/// The measures of one direction.
///
/// @param queries how many asked
/// @param r1 share of queries whose rank is 1, in per cent (R@1)
/// @param r5 share with rank at most 5, in per cent
/// @param r10 share with rank at most 10, in per cent
/// @param medianRank median rank; the mean of the two middle ones for an even number of queries
/// @param meanRank mean rank
/// @param meanReciprocalRank mean of 1 / rank, 0 to 1
/// @param meanAveragePrecision mean average precision, 0 to 1; text to image it equals the mean
///     reciprocal rank, since
///     each query has one right answer
public record DirectionMetrics(
        int queries,
        double r1,
        double r5,
        double r10,
        double medianRank,
        double meanRank,
        double meanReciprocalRank,
        double meanAveragePrecision) {

    /// @param direction what asks
    /// @return its measures over all queries
    public static DirectionMetrics of(Ranks ranks, Direction direction) {
        int[] sorted = ranks.ranks(direction);
        Arrays.sort(sorted);
        double sum = 0;
        double reciprocal = 0;
        for (int rank : sorted) {
            sum += rank;
            reciprocal += 1.0 / rank;
        }
        int n = sorted.length;
        return new DirectionMetrics(
                n,
                recall(sorted, 1),
                recall(sorted, 5),
                recall(sorted, 10),
                (sorted[(n - 1) / 2] + (double) sorted[n / 2]) / 2,
                sum / n,
                reciprocal / n,
                direction == Direction.TEXT_TO_IMAGE ? reciprocal / n : imageToTextPrecision(ranks));
    }

    private static double recall(int[] sorted, int k) {
        int hits = 0;
        while (hits < sorted.length && sorted[hits] <= k) {
            hits++;
        }
        return 100.0 * hits / sorted.length;
    }

    private static double imageToTextPrecision(Ranks ranks) {
        double sum = 0;
        int asked = 0;
        for (int row = 0; row < ranks.gallerySize(); row++) {
            if (ranks.captions(row) > 0) {
                sum += ranks.averagePrecision(row);
                asked++;
            }
        }
        return sum / asked;
    }

    /// R@1 + R@5 + R@10, 0 to 300.
    public double sumOfRecalls() {
        return r1 + r5 + r10;
    }
}
