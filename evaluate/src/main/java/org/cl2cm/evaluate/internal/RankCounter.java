package org.cl2cm.evaluate.internal;

import java.util.Arrays;
import java.util.function.IntConsumer;
import org.cl2cm.evaluate.Retrieval;

/// Counts, tile by tile, what scores at least as high as the right answer.
///
/// Memory: N + 2 M integers and one tile a thread; the matrix of N x M scores never exists. Counts are
/// integers added
/// up, so the order in which threads finish does not matter.
public final class RankCounter {
    private static final int ROWS = 256;
    private static final int QUERIES = 2048;

    private final Retrieval retrieval;
    /// Score of each query with its own gallery item; NaN is held as minus infinity: everything beats
    /// it.
    private final float[] own;
    /// Captions sorted by gallery row, then by own score ascending: those of row g are `start[g] ..
    /// start[g + 1]`.
    private final int[] captions;

    private final int[] start;
    private final float[] thresholds;
    private final int[] betterItems;
    /// For the caption at place p: how many foreign captions reach its score but not the next higher
    /// one of its row.
    private final int[] reached;

    private RankCounter(Retrieval retrieval) {
        this.retrieval = retrieval;
        int m = retrieval.queryCount();
        int n = retrieval.gallerySize();
        own = new float[m];
        start = new int[n + 1];
        for (int query = 0; query < m; query++) {
            int row = retrieval.target(query);
            float score = ScoreTile.score(retrieval.gallery(), row, retrieval.queries(), query, retrieval.dimension());
            own[query] = Float.isNaN(score) ? Float.NEGATIVE_INFINITY : score;
            start[row + 1]++;
        }
        for (int row = 0; row < n; row++) {
            start[row + 1] += start[row];
        }
        captions = sortedByRowAndScore(m);
        thresholds = new float[m];
        for (int place = 0; place < m; place++) {
            thresholds[place] = own[captions[place]];
        }
        betterItems = new int[m];
        reached = new int[m];
    }

    private int[] sortedByRowAndScore(int m) {
        int[] sorted = new int[m];
        int[] next = Arrays.copyOf(start, start.length);
        for (int query = 0; query < m; query++) {
            int row = retrieval.target(query);
            int place = next[row]++;
            while (place > start[row] && own[sorted[place - 1]] > own[query]) {
                sorted[place] = sorted[place - 1];
                place--;
            }
            sorted[place] = query;
        }
        return sorted;
    }

    /// @param betterItems for each query, how many other gallery items score at least as high as its
    ///     own, `[M]`
    /// @param betterCaptions for each query q of item g, how many captions of other items score at
    ///     least as high
    ///     with g as q does, `[M]`
    @SuppressWarnings("ArrayRecordComponent")
    public record Counts(int[] betterItems, int[] betterCaptions) {}

    /// @param threads threads used; the result does not depend on it
    public static Counts count(Retrieval retrieval, int threads) {
        RankCounter counter = new RankCounter(retrieval);
        int tiles = Math.ceilDiv(retrieval.gallerySize(), ROWS);
        int blocks = Math.ceilDiv(retrieval.queryCount(), QUERIES);
        Workers.run(Math.multiplyExact(tiles, blocks), threads, () -> counter.worker(blocks));
        return new Counts(counter.betterItems, counter.betterCaptions());
    }

    private IntConsumer worker(int blocks) {
        int rows = Math.min(ROWS, retrieval.gallerySize());
        ScoreTile tile = new ScoreTile(rows, retrieval.dimension());
        float[] scores = new float[rows];
        int[] better = new int[Math.min(QUERIES, retrieval.queryCount())];
        return task -> {
            int from = task / blocks * ROWS;
            int to = Math.min(from + ROWS, retrieval.gallerySize());
            int first = task % blocks * QUERIES;
            int end = Math.min(first + QUERIES, retrieval.queryCount());
            tile.load(retrieval.gallery(), from, to);
            int[] local = new int[start[to] - start[from]];
            for (int query = first; query < end; query++) {
                tile.scores(retrieval.queries(), query, scores);
                better[query - first] = count(query, tile, scores, local);
            }
            add(first, end, better, start[from], local);
        };
    }

    private int count(int query, ScoreTile tile, float[] scores, int[] local) {
        int target = retrieval.target(query);
        float mine = own[query];
        int base = start[tile.from()];
        int count = 0;
        for (int j = 0; j < tile.width(); j++) {
            int row = tile.from() + j;
            if (row == target) {
                continue;
            }
            float score = scores[j];
            // Written with "not less" so that NaN counts against the model.
            if (!(score < mine)) {
                count++;
            }
            int place = start[row];
            int last = start[row + 1];
            if (place < last && !(score < thresholds[place])) {
                local[highestReached(score, place, last) - base]++;
            }
        }
        return count;
    }

    /// The last place in `[from, to)` whose threshold `score` reaches; it reaches the one at `from`.
    private int highestReached(float score, int from, int to) {
        int low = from;
        int high = to;
        while (high - low > 1) {
            int middle = (low + high) >>> 1;
            if (score < thresholds[middle]) {
                high = middle;
            } else {
                low = middle;
            }
        }
        return low;
    }

    private synchronized void add(int first, int end, int[] better, int base, int[] local) {
        for (int query = first; query < end; query++) {
            betterItems[query] += better[query - first];
        }
        for (int i = 0; i < local.length; i++) {
            reached[base + i] += local[i];
        }
    }

    private int[] betterCaptions() {
        int[] counts = new int[captions.length];
        for (int row = 0; row < retrieval.gallerySize(); row++) {
            int sum = 0;
            for (int place = start[row + 1] - 1; place >= start[row]; place--) {
                sum += reached[place];
                counts[captions[place]] = sum;
            }
        }
        return counts;
    }
}
