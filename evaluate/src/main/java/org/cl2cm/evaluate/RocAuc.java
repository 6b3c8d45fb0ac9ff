package org.cl2cm.evaluate;

import java.util.Arrays;

/// The area under the ROC curve of a score that ought to be lower for one group than for another: the
/// probability that a member of the one drawn at random scores below a member of the other, ties
/// counting half.
public final class RocAuc {
    private RocAuc() {}

    /// @param low scores of those that ought to be lower, at least one
    /// @param high scores of the others, at least one
    /// @return 0 to 1; 0.5 is chance
    public static double of(double[] low, double[] high) {
        if (low.length == 0 || high.length == 0) {
            throw new IllegalArgumentException("nothing to compare: " + low.length + " and " + high.length + " scores");
        }
        double[] sorted = high.clone();
        Arrays.sort(sorted);
        double sum = 0;
        for (double score : low) {
            int above = sorted.length - firstAtLeast(sorted, Math.nextUp(score));
            int ties = sorted.length - above - firstAtLeast(sorted, score);
            sum += above + 0.5 * ties;
        }
        return sum / low.length / high.length;
    }

    private static int firstAtLeast(double[] sorted, double score) {
        int from = 0;
        int to = sorted.length;
        while (from < to) {
            int middle = (from + to) >>> 1;
            if (sorted[middle] < score) {
                from = middle + 1;
            } else {
                to = middle;
            }
        }
        return from;
    }
}
