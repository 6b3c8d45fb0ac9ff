package org.cl2cm.evaluate.label;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.IntConsumer;
import org.cl2cm.evaluate.internal.ScoreTile;
import org.cl2cm.evaluate.internal.Workers;

/// Mean average precision over class labels, the protocol of supervised cross-modal retrieval (Zeng et
/// al., CLIP4CMR,
/// 2022): a gallery item is right when it has the query's label, and the whole gallery is ranked.
///
/// Ties and NaN scores count against the model: of equal scores the wrong items come first. A query
/// whose label no
/// gallery item has is left out of the mean.
///
/// @param meanAveragePrecision 0 to 1
/// @param queries that had a right answer
/// @param skipped queries whose label no gallery item has
public record LabelRetrieval(double meanAveragePrecision, int queries, int skipped) {
    /// @param dimension floats in one vector
    /// @param gallery `[N, dimension]`
    /// @param galleryLabels `[N]`
    /// @param queries `[M, dimension]`
    /// @param queryLabels `[M]`
    /// @param threads threads used; the result does not depend on it. Each needs memory for N scores
    /// @throws IllegalArgumentException when a size does not fit or no query has a right answer
    public static LabelRetrieval of(
            int dimension, float[] gallery, int[] galleryLabels, float[] queries, int[] queryLabels, int threads) {
        if (gallery.length != (long) dimension * galleryLabels.length
                || queries.length != (long) dimension * queryLabels.length) {
            throw new IllegalArgumentException(galleryLabels.length + " gallery and " + queryLabels.length
                    + " query labels do not fit vectors of dimension " + dimension);
        }
        Map<Integer, Integer> members = new HashMap<>();
        for (int label : galleryLabels) {
            members.merge(label, 1, Integer::sum);
        }
        double[] precision = new double[queryLabels.length];
        Workers.run(
                queryLabels.length,
                threads,
                () -> worker(dimension, gallery, galleryLabels, queries, queryLabels, precision));
        double sum = 0;
        int asked = 0;
        for (int query = 0; query < queryLabels.length; query++) {
            if (members.containsKey(queryLabels[query])) {
                sum += precision[query];
                asked++;
            }
        }
        if (asked == 0) {
            throw new IllegalArgumentException("no query has a label that occurs in the gallery");
        }
        return new LabelRetrieval(sum / asked, asked, queryLabels.length - asked);
    }

    private static IntConsumer worker(
            int dimension,
            float[] gallery,
            int[] galleryLabels,
            float[] queries,
            int[] queryLabels,
            double[] precision) {
        int n = galleryLabels.length;
        float[] right = new float[n];
        float[] wrong = new float[n];
        return query -> {
            int rights = 0;
            int wrongs = 0;
            for (int row = 0; row < n; row++) {
                float score = ScoreTile.score(gallery, row, queries, query, dimension);
                if (galleryLabels[row] == queryLabels[query]) {
                    right[rights++] = Float.isNaN(score) ? Float.NEGATIVE_INFINITY : score;
                } else {
                    wrong[wrongs++] = Float.isNaN(score) ? Float.POSITIVE_INFINITY : score;
                }
            }
            precision[query] = averagePrecision(right, rights, wrong, wrongs);
        };
    }

    private static double averagePrecision(float[] right, int rights, float[] wrong, int wrongs) {
        Arrays.sort(right, 0, rights);
        Arrays.sort(wrong, 0, wrongs);
        double sum = 0;
        int above = 0;
        for (int r = 1; r <= rights; r++) {
            while (above < wrongs && wrong[wrongs - 1 - above] >= right[rights - r]) {
                above++;
            }
            sum += r / (double) (r + above);
        }
        return rights == 0 ? 0 : sum / rights;
    }
}
