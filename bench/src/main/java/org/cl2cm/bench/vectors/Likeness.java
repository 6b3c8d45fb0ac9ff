package org.cl2cm.bench.vectors;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.lucene.util.VectorUtil;
import org.cl2cm.search.CollectionInfo;
import org.cl2cm.search.Collections;
import org.cl2cm.search.EngineSettings;
import org.cl2cm.search.Hit;
import org.cl2cm.search.VectorEngine;
import org.cl2cm.search.VectorItem;
import org.cl2cm.search.VectorQuery;

/// How like real and generated vectors are, in what matters to a search.
///
/// @param neighbours quantiles ([#QUANTILES]) of the cosine of a vector and its nearest neighbour
/// @param queries the same of a query and the vector nearest to it
/// @param pairs the same of two vectors at random
/// @param recall recall@10 of the graph with default settings, every vector in one graph
/// @param hardRecall recall@100 of the same graph asked for 100 candidates, which is hard for it
public record Likeness(double[] neighbours, double[] queries, double[] pairs, double recall, double hardRecall) {
    /// Which quantiles are given.
    public static final List<Double> QUANTILES = List.of(0.05, 0.25, 0.5, 0.75, 0.95);

    private static final int BATCH = 500;
    private static final String MODEL = "likeness";

    /// @param vectors unit vectors
    /// @param queries unit vectors
    /// @param folder for a collection, which must not be there yet
    public static Likeness of(float[][] vectors, float[][] queries, Path folder) throws IOException {
        double[] nearest = Arrays.stream(nearest(vectors, queries, 1))
                .mapToDouble(row -> row[0])
                .toArray();
        double[] pairs = IntStream.range(0, vectors.length)
                .mapToDouble(row -> VectorUtil.dotProduct(vectors[row], vectors[partner(row, vectors.length)]))
                .toArray();
        try (VectorEngine engine = Collections.in(folder)
                .with(new EngineSettings(0, 4))
                .create(CollectionInfo.of("vectors", vectors[0].length, MODEL))) {
            List<VectorItem> batch = new ArrayList<>();
            for (int row = 0; row < vectors.length; row++) {
                batch.add(new VectorItem(String.valueOf(row), vectors[row], Map.of()));
                if (batch.size() == BATCH || row == vectors.length - 1) {
                    engine.upsert(batch);
                    batch.clear();
                }
            }
            engine.compact(1);
        }
        return new Likeness(
                neighbourQuantiles(vectors),
                quantiles(nearest),
                quantiles(pairs),
                recall(folder, vectors, queries, 10, EngineSettings.DEFAULT.oversampling()),
                recall(folder, vectors, queries, EngineSettings.FEWEST_CANDIDATES, 1));
    }

    private static int partner(int row, int count) {
        long step = 1 + ((row * 2654435761L) & 0xffffffffL) % (count - 1);
        return (int) ((row + step) % count);
    }

    private static double recall(Path folder, float[][] vectors, float[][] queries, int top, int oversampling)
            throws IOException {
        int[][] truth = ExactNeighbours.of(
                (row, target) -> System.arraycopy(vectors[row], 0, target, 0, target.length),
                vectors.length,
                queries,
                top,
                List.of(row -> true))[0];
        int[][] found = new int[queries.length][];
        try (VectorEngine engine =
                Collections.in(folder).with(new EngineSettings(0, oversampling)).read("vectors")) {
            for (int query = 0; query < queries.length; query++) {
                found[query] = engine.search(new VectorQuery(MODEL, queries[query], top)).stream()
                        .map(Hit::id)
                        .mapToInt(Integer::parseInt)
                        .toArray();
            }
        }
        return ExactNeighbours.recall(truth, found);
    }

    /// Quantiles of the cosine of each vector and the nearest other one.
    static double[] neighbourQuantiles(float[][] vectors) {
        // The nearest one of all is the vector itself, or one that is equal to it.
        return quantiles(Arrays.stream(nearest(vectors, vectors, 2))
                .mapToDouble(row -> row[1])
                .toArray());
    }

    /// The largest dot products of each query, best first.
    private static double[][] nearest(float[][] vectors, float[][] queries, int top) {
        int[][] rows = ExactNeighbours.of(
                (row, target) -> System.arraycopy(vectors[row], 0, target, 0, target.length),
                vectors.length,
                queries,
                top,
                List.of(row -> true))[0];
        return IntStream.range(0, queries.length)
                .mapToObj(query -> Arrays.stream(rows[query])
                        .mapToDouble(row -> VectorUtil.dotProduct(queries[query], vectors[row]))
                        .toArray())
                .toArray(double[][]::new);
    }

    private static double[] quantiles(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return QUANTILES.stream()
                .mapToDouble(share -> sorted[(int) Math.min(sorted.length - 1L, (long) (share * sorted.length))])
                .toArray();
    }

    /// The mean distance of two lists of quantiles.
    static double difference(double[] a, double[] b) {
        return IntStream.range(0, a.length)
                .mapToDouble(i -> Math.abs(a[i] - b[i]))
                .average()
                .orElseThrow();
    }
}
