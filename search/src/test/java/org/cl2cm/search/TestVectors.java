package org.cl2cm.search;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;

/// Vectors from a seed, and the naive search they are compared with.
public final class TestVectors {
    private TestVectors() {}

    /// Items `item-0000`, ... scattered evenly.
    public static List<VectorItem> scattered(long seed, int count, int dimension) {
        return clustered(seed, count, dimension, count);
    }

    /// Items around `clusters` centres, as embeddings of photographs lie.
    public static List<VectorItem> clustered(long seed, int count, int dimension, int clusters) {
        // As long as the centre together: two items of one cluster have a cosine of about one half.
        double spread = 1 / Math.sqrt(dimension);
        Random random = new Random(seed);
        List<float[]> centres = new ArrayList<>();
        for (int i = 0; i < clusters; i++) {
            centres.add(near(random, new float[dimension], 1));
        }
        List<VectorItem> items = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            float[] vector = near(random, centres.get(random.nextInt(clusters)), spread);
            items.add(new VectorItem("item-%04d".formatted(i), vector, Map.of("number", String.valueOf(i))));
        }
        return items;
    }

    public static float[] near(Random random, float[] centre, double spread) {
        float[] vector = new float[centre.length];
        for (int i = 0; i < vector.length; i++) {
            vector[i] = (float) (centre[i] + spread * random.nextGaussian());
        }
        return UnitVector.of(vector, vector.length);
    }

    /// Ids of the nearest items by a full sort of all scores in double precision.
    public static List<String> bruteForce(List<VectorItem> items, float[] query, int top) {
        double[] scores =
                items.stream().mapToDouble(item -> dot(item.vector(), query)).toArray();
        return IntStream.range(0, scores.length)
                .boxed()
                .sorted(Comparator.comparingDouble((Integer i) -> -scores[i])
                        .thenComparing(i -> items.get(i).id()))
                .limit(top)
                .map(i -> items.get(i).id())
                .toList();
    }

    public static double dot(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += (double) a[i] * b[i];
        }
        return sum;
    }

    public static List<String> ids(List<Hit> hits) {
        return hits.stream().map(Hit::id).toList();
    }
}
