package org.cl2cm.bench.vectors;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Real and generated vectors of equal number, side by side.
///
/// @param about which the real ones are
/// @param vectors how many of each, `queries` too
/// @param texts whether queries are texts; else they are images that are not in the gallery
/// @param clusters of the generated ones
public record LikenessResult(
        String about,
        int vectors,
        int dimension,
        int queries,
        boolean texts,
        int clusters,
        Likeness real,
        Likeness generated) {
    private static final int HELD_OUT = 10;

    /// @param most queries
    /// @param folder empty or not there, for two collections
    public static LikenessResult of(
            Embeddings embeddings, VectorStatistics statistics, long seed, int most, Path folder) throws IOException {
        List<float[]> gallery = new ArrayList<>();
        List<float[]> queries = new ArrayList<>();
        boolean texts = embeddings.texts().length > 0;
        for (int row = 0; row < embeddings.images().length; row++) {
            boolean out = !texts && row % HELD_OUT == 0;
            (out ? queries : gallery).add(embeddings.images()[row]);
        }
        queries.addAll(List.of(embeddings.texts()));
        float[][] asked = new float[Math.min(most, queries.size())][];
        for (int i = 0; i < asked.length; i++) {
            asked[i] = queries.get((int) ((long) i * queries.size() / asked.length));
        }
        ClusteredVectors vectors = new ClusteredVectors(statistics, seed);
        return new LikenessResult(
                embeddings.about(),
                gallery.size(),
                embeddings.dimension(),
                asked.length,
                texts,
                statistics.sizes().length,
                Likeness.of(gallery.toArray(float[][]::new), asked, folder.resolve("real")),
                Likeness.of(vectors.items(gallery.size()), vectors.queries(asked.length), folder.resolve("generated")));
    }
}
