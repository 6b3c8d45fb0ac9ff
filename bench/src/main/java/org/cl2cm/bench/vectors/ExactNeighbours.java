package org.cl2cm.bench.vectors;

import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.apache.lucene.util.VectorUtil;

/// The true nearest rows by dot product, found by looking at all of them: what recall is measured
/// against.
public final class ExactNeighbours {
    /// Gives rows.
    @FunctionalInterface
    public interface Rows {
        /// Copies row `row` to `target`.
        void get(int row, float[] target);
    }

    private ExactNeighbours() {}

    /// @param count how many rows there are
    /// @param queries `[queries][dimension]`
    /// @param top how many neighbours; where fewer rows are kept, the rest is -1
    /// @param kept which rows may be found, once for each answer
    /// @return rows, best first, of equal ones the earlier: `[kept][queries][top]`
    public static int[][][] of(Rows rows, int count, float[][] queries, int top, List<IntPredicate> kept) {
        int[][][] found = new int[kept.size()][queries.length][top];
        int parts = Runtime.getRuntime().availableProcessors();
        IntStream.range(0, parts).parallel().forEach(part -> {
            int from = (int) ((long) queries.length * part / parts);
            int to = (int) ((long) queries.length * (part + 1) / parts);
            if (from < to) {
                search(rows, count, queries, from, to, top, kept, found);
            }
        });
        return found;
    }

    private static void search(
            Rows rows,
            int count,
            float[][] queries,
            int from,
            int to,
            int top,
            List<IntPredicate> kept,
            int[][][] found) {
        Best[][] best = new Best[kept.size()][to - from];
        for (Best[] some : best) {
            for (int query = 0; query < some.length; query++) {
                some[query] = new Best(top);
            }
        }
        float[] row = new float[queries[0].length];
        boolean[] keeps = new boolean[kept.size()];
        for (int i = 0; i < count; i++) {
            rows.get(i, row);
            for (int k = 0; k < keeps.length; k++) {
                keeps[k] = kept.get(k).test(i);
            }
            for (int query = from; query < to; query++) {
                float score = VectorUtil.dotProduct(queries[query], row);
                for (int k = 0; k < keeps.length; k++) {
                    if (keeps[k]) {
                        best[k][query - from].offer(i, score);
                    }
                }
            }
        }
        for (int k = 0; k < keeps.length; k++) {
            for (int query = from; query < to; query++) {
                found[k][query] = best[k][query - from].rows;
            }
        }
    }

    /// The mean share of `truth` that is in `found`, over all queries. What is -1 in `truth` does not
    /// count.
    public static double recall(int[][] truth, int[][] found) {
        long there = 0;
        long wanted = 0;
        for (int query = 0; query < found.length; query++) {
            for (int row : truth[query]) {
                if (row >= 0) {
                    wanted++;
                    there += IntStream.of(found[query]).anyMatch(other -> other == row) ? 1 : 0;
                }
            }
        }
        return wanted == 0 ? 1 : (double) there / wanted;
    }

    private static final class Best {
        private final int[] rows;
        private final float[] scores;

        Best(int top) {
            this.rows = new int[top];
            this.scores = new float[top];
            java.util.Arrays.fill(rows, -1);
            java.util.Arrays.fill(scores, Float.NEGATIVE_INFINITY);
        }

        void offer(int row, float score) {
            int at = rows.length - 1;
            if (score <= scores[at]) {
                return;
            }
            while (at > 0 && score > scores[at - 1]) {
                scores[at] = scores[at - 1];
                rows[at] = rows[at - 1];
                at--;
            }
            scores[at] = score;
            rows[at] = row;
        }
    }
}
