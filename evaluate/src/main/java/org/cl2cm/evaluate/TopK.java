package org.cl2cm.evaluate;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.IntConsumer;
import org.cl2cm.evaluate.internal.BoundedHeap;
import org.cl2cm.evaluate.internal.ScoreTile;
import org.cl2cm.evaluate.internal.Workers;

/// The best gallery rows of each query, by exact search tile by tile; memory for k hits a query.
///
/// Of equal scores the lower row comes first; NaN scores are no hits. Safe for use by many threads.
public final class TopK {
    private static final int ROWS = 256;
    private static final int QUERIES = 128;

    private final int dimension;
    private final float[] gallery;
    private final float[] queries;

    /// One answer.
    public record Hit(int row, float score) {}

    /// @param dimension floats in one vector
    /// @param gallery `[N, dimension]`
    /// @param queries `[M, dimension]`
    public TopK(int dimension, float[] gallery, float[] queries) {
        if (dimension < 1 || gallery.length % dimension != 0 || queries.length % dimension != 0) {
            throw new IllegalArgumentException("gallery of " + gallery.length + " and queries of " + queries.length
                    + " floats are not rows of dimension " + dimension);
        }
        this.dimension = dimension;
        this.gallery = gallery;
        this.queries = queries;
    }

    /// Text to image: captions look for images.
    public static TopK textToImage(Retrieval retrieval) {
        return new TopK(retrieval.dimension(), retrieval.gallery(), retrieval.queries());
    }

    /// Image to text: images look for captions.
    public static TopK imageToText(Retrieval retrieval) {
        return new TopK(retrieval.dimension(), /* gallery= */ retrieval.queries(), /* queries= */ retrieval.gallery());
    }

    /// @param first the first query
    /// @param end the query after the last
    /// @param k hits of each query at most
    /// @param threads threads used; the result does not depend on it
    /// @return the hits of each query, best first
    public List<List<Hit>> search(int first, int end, int k, int threads) {
        if (k < 1) {
            throw new IllegalArgumentException("k is " + k + ", must be at least 1");
        }
        if (first < 0 || end < first || end > queries.length / dimension) {
            throw new IllegalArgumentException("queries " + first + " to " + end + " of " + queries.length / dimension);
        }
        List<List<Hit>> hits = new ArrayList<>(Collections.nCopies(end - first, List.of()));
        int blocks = Math.ceilDiv(end - first, QUERIES);
        Workers.run(blocks, threads, () -> worker(first, end, k, hits));
        return hits;
    }

    private IntConsumer worker(int first, int end, int k, List<List<Hit>> hits) {
        int n = gallery.length / dimension;
        ScoreTile tile = new ScoreTile(Math.min(ROWS, n), dimension);
        float[] scores = new float[Math.min(ROWS, n)];
        return block -> {
            int from = first + block * QUERIES;
            int to = Math.min(from + QUERIES, end);
            List<BoundedHeap> heaps = new ArrayList<>();
            for (int query = from; query < to; query++) {
                heaps.add(new BoundedHeap(Math.min(k, n)));
            }
            for (int row = 0; row < n; row += ROWS) {
                tile.load(gallery, row, Math.min(row + ROWS, n));
                for (int query = from; query < to; query++) {
                    tile.scores(queries, query, scores);
                    heaps.get(query - from).offer(row, scores, tile.width());
                }
            }
            for (int query = from; query < to; query++) {
                List<Hit> sorted = new ArrayList<>();
                heaps.get(query - from).drain((row, score) -> sorted.add(new Hit(row, score)));
                hits.set(query - first, List.copyOf(sorted));
            }
        };
    }
}
