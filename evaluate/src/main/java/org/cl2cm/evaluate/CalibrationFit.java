package org.cl2cm.evaluate;

import java.util.Arrays;
import org.cl2cm.evaluate.internal.ScoreTile;

/// How likely it is that an item with some score is the right one, learnt from queries whose right
/// item is known.
///
/// ```text
/// P(right | score, N) = 1 / (1 + exp(-(slope score + intercept - ln N)))
/// ```
///
/// Logistic regression (Platt, 1999) of all pairs of a query and an item of a gallery, right ones
/// against all others, each as often as it occurs: among N items one is right. The term ln N carries
/// it over to a gallery of another size.
///
/// @param slope per unit of the score, at least 0
/// @param intercept at score 0 in a gallery of one item
/// @param queries it was learnt from
/// @param gallery items it was learnt from
public record CalibrationFit(double slope, double intercept, int queries, int gallery) {
    private static final int BINS = 8_192;
    private static final int ROWS = 256;
    private static final int MOST_STEPS = 200;
    private static final double ENOUGH = 1e-9;

    /// Fits to every pair of a retrieval with cosines as scores; needs memory for a tile of scores,
    /// not for all pairs.
    ///
    /// @throws IllegalArgumentException when the gallery holds fewer than two items
    public static CalibrationFit of(Retrieval retrieval) {
        int n = retrieval.gallerySize();
        if (n < 2) {
            throw new IllegalArgumentException("a gallery of " + n + " items: calibration compares right with others");
        }
        double[] right = new double[BINS];
        double[] others = new double[BINS];
        ScoreTile tile = new ScoreTile(Math.min(ROWS, n), retrieval.dimension());
        float[] scores = new float[Math.min(ROWS, n)];
        for (int from = 0; from < n; from += ROWS) {
            tile.load(retrieval.gallery(), from, Math.min(n, from + ROWS));
            for (int query = 0; query < retrieval.queryCount(); query++) {
                tile.scores(retrieval.queries(), query, scores);
                int own = retrieval.target(query) - from;
                for (int row = 0; row < tile.width(); row++) {
                    (row == own ? right : others)[bin(scores[row])]++;
                }
            }
        }
        double[] line = fit(right, others);
        if (line[1] < 0) {
            // Right ones score no higher than others: the score says nothing.
            double ones = Arrays.stream(right).sum();
            line = new double[] {Math.log(ones / Arrays.stream(others).sum()), 0};
        }
        return new CalibrationFit(line[1], line[0] + Math.log(n), retrieval.queryCount(), n);
    }

    private static int bin(float score) {
        // NaN falls into the first bin: it is no reason to believe anything.
        return (int) Math.clamp((score + 1) / 2 * BINS, 0, BINS - 1);
    }

    private static double score(int bin) {
        return (bin + 0.5) / BINS * 2 - 1;
    }

    /// Newton's method on the likelihood, with a pair of each kind added so that a perfect ranking
    /// stays finite.
    ///
    /// @return intercept and slope
    private static double[] fit(double[] right, double[] others) {
        right[0]++;
        others[BINS - 1]++;
        double intercept = -5;
        double slope = 5;
        for (int step = 0; step < MOST_STEPS; step++) {
            double g0 = 0;
            double g1 = 0;
            double h00 = ENOUGH;
            double h01 = 0;
            double h11 = ENOUGH;
            for (int bin = 0; bin < BINS; bin++) {
                double count = right[bin] + others[bin];
                if (count > 0) {
                    double x = score(bin);
                    double p = 1 / (1 + Math.exp(-(intercept + slope * x)));
                    double missing = right[bin] - count * p;
                    double weight = count * p * (1 - p);
                    g0 += missing;
                    g1 += missing * x;
                    h00 += weight;
                    h01 += weight * x;
                    h11 += weight * x * x;
                }
            }
            double determinant = h00 * h11 - h01 * h01;
            double d0 = (h11 * g0 - h01 * g1) / determinant;
            double d1 = (h00 * g1 - h01 * g0) / determinant;
            // Far from the end a whole step may overshoot.
            double most = Math.max(Math.abs(d0), Math.abs(d1));
            double share = most > 2 ? 2 / most : 1;
            intercept += share * d0;
            slope += share * d1;
            if (most < ENOUGH) {
                break;
            }
        }
        return new double[] {intercept, slope};
    }
}
