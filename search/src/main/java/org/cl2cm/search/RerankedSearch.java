package org.cl2cm.search;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// A search whose best hits are sorted anew by something slower that knows better.
public final class RerankedSearch {
    private RerankedSearch() {}

    /// Judges items.
    @FunctionalInterface
    public interface Judge {
        /// @param vectors of the items, row-major `[items, dimension]`
        /// @return a number for each, the higher the better
        float[] scores(float[] vectors) throws IOException;
    }

    /// Searches, and sorts the best hits anew; those below stay as they are. A hit keeps its score,
    /// which is its cosine, so the scores need not fall from one hit to the next.
    ///
    /// @param moments of a video at most, see [Moments#search]
    /// @param candidates how many hits are sorted anew, 1 to [VectorQuery#MOST]
    /// @return as many hits as the query asks for
    public static List<Hit> search(VectorEngine engine, VectorQuery query, int moments, int candidates, Judge judge)
            throws IOException {
        List<Hit> hits = Moments.search(engine, query.withTop(Math.max(query.top(), candidates)), moments);
        List<Hit> best = hits.subList(0, Math.min(candidates, hits.size()));
        Map<String, float[]> vectors = new HashMap<>();
        for (VectorItem item : engine.getAll(best.stream().map(Hit::id).toList())) {
            vectors.put(item.id(), item.vector());
        }
        // An item that was removed since it was found is left out.
        List<Hit> judged =
                best.stream().filter(hit -> vectors.containsKey(hit.id())).toList();
        List<Hit> sorted = new ArrayList<>(judged.isEmpty() ? List.of() : sorted(judged, vectors, judge));
        sorted.addAll(hits.subList(best.size(), hits.size()));
        return List.copyOf(sorted.subList(0, Math.min(query.top(), sorted.size())));
    }

    private static List<Hit> sorted(List<Hit> hits, Map<String, float[]> vectors, Judge judge) throws IOException {
        int dimension = vectors.values().iterator().next().length;
        float[] rows = new float[hits.size() * dimension];
        Map<String, Integer> places = new HashMap<>();
        for (int i = 0; i < hits.size(); i++) {
            float[] vector = vectors.getOrDefault(hits.get(i).id(), new float[0]);
            System.arraycopy(vector, 0, rows, i * dimension, dimension);
            places.put(hits.get(i).id(), i);
        }
        float[] scores = judge.scores(rows);
        return hits.stream()
                .sorted(Comparator.comparingDouble(hit -> -scores[places.getOrDefault(hit.id(), 0)]))
                .toList();
    }
}
