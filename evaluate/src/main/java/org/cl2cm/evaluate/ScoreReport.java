package org.cl2cm.evaluate;

import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;
import org.cl2cm.evaluate.internal.ScoreTile;

/// Whether probabilities that scores are given hold, and what a cut-off on them keeps.
///
/// @param queries that were asked
/// @param gallery items that were searched
/// @param cuts one for each cut-off, ascending
/// @param bins pairs of a query and an item by their probability, ascending; empty ones are left out
public record ScoreReport(int queries, int gallery, List<Cut> cuts, List<Bin> bins) {
    /// Bounds of the bins of probability.
    private static final double[] BOUNDS = {0, 0.001, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 1.000001};

    private static final int ROWS = 256;

    /// What a cut-off keeps.
    ///
    /// @param from results of at least this probability are kept
    /// @param kept share of the queries with at least one result left
    /// @param keptWithout the same when the items that may answer the query are taken out of the
    ///     gallery
    /// @param results mean results left of a query
    /// @param right share of the right items that are among them
    public record Cut(double from, double kept, double keptWithout, double results, double right) {}

    /// Pairs whose probability lies between two bounds.
    ///
    /// @param pairs how many
    /// @param said mean of their probabilities
    /// @param found share of them that are right
    public record Bin(long pairs, double said, double found) {}

    /// @param probability of a score, never falling
    /// @param asked the queries that count
    /// @param takenOut the items that are taken out of the gallery for [Cut#keptWithout], besides a
    ///     query's own
    /// @param cuts cut-offs, ascending
    public static ScoreReport of(
            Retrieval retrieval, DoubleUnaryOperator probability, BitSet asked, BitSet takenOut, double... cuts) {
        int n = retrieval.gallerySize();
        int m = retrieval.queryCount();
        float[] best = new float[m];
        float[] bestWithout = new float[m];
        Arrays.fill(best, Float.NEGATIVE_INFINITY);
        Arrays.fill(bestWithout, Float.NEGATIVE_INFINITY);
        long[] results = new long[cuts.length];
        long[] right = new long[cuts.length];
        long[] pairs = new long[BOUNDS.length - 1];
        double[] said = new double[pairs.length];
        long[] found = new long[pairs.length];
        ScoreTile tile = new ScoreTile(Math.min(ROWS, n), retrieval.dimension());
        float[] scores = new float[Math.min(ROWS, n)];
        for (int from = 0; from < n; from += ROWS) {
            tile.load(retrieval.gallery(), from, Math.min(n, from + ROWS));
            for (int query = asked.nextSetBit(0); query >= 0; query = asked.nextSetBit(query + 1)) {
                tile.scores(retrieval.queries(), query, scores);
                for (int i = 0; i < tile.width(); i++) {
                    int row = from + i;
                    boolean own = row == retrieval.target(query);
                    best[query] = Math.max(best[query], scores[i]);
                    if (!own && !takenOut.get(row)) {
                        bestWithout[query] = Math.max(bestWithout[query], scores[i]);
                    }
                    double p = probability.applyAsDouble(scores[i]);
                    int bin = bin(p);
                    pairs[bin]++;
                    said[bin] += p;
                    found[bin] += own ? 1 : 0;
                    for (int cut = 0; cut < cuts.length && p >= cuts[cut]; cut++) {
                        results[cut]++;
                        right[cut] += own ? 1 : 0;
                    }
                }
            }
        }
        int queries = asked.cardinality();
        return new ScoreReport(
                queries,
                n,
                IntStream.range(0, cuts.length)
                        .mapToObj(cut -> new Cut(
                                cuts[cut],
                                share(best, probability, asked, cuts[cut]),
                                share(bestWithout, probability, asked, cuts[cut]),
                                results[cut] / (double) queries,
                                right[cut] / (double) queries))
                        .toList(),
                IntStream.range(0, pairs.length)
                        .filter(bin -> pairs[bin] > 0)
                        .mapToObj(bin -> new Bin(pairs[bin], said[bin] / pairs[bin], found[bin] / (double) pairs[bin]))
                        .toList());
    }

    private static int bin(double probability) {
        int bin = 0;
        while (bin < BOUNDS.length - 2 && probability >= BOUNDS[bin + 1]) {
            bin++;
        }
        return bin;
    }

    private static double share(float[] best, DoubleUnaryOperator probability, BitSet asked, double cut) {
        return asked.stream()
                        .filter(query -> probability.applyAsDouble(best[query]) >= cut)
                        .count()
                / (double) asked.cardinality();
    }
}
