package org.cl2cm.bench.vectors;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.apache.lucene.util.VectorUtil;

/// Vectors parted by k-means (Lloyd, from random vectors).
///
/// @param of the cluster of each vector, `[vectors]`
/// @param centres `[clusters][dimension]`; none is empty
record Clusters(int[] of, float[][] centres) {
    private static final int ROUNDS = 12;

    /// @param count at most as many as there are vectors
    static Clusters of(float[][] vectors, int count, long seed) {
        float[][] centres = new float[count][];
        int[] order = IntStream.range(0, vectors.length).toArray();
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < count; i++) {
            int j = i + random.nextInt(order.length - i);
            int chosen = order[j];
            order[j] = order[i];
            centres[i] = vectors[chosen].clone();
        }
        int[] nearest = nearest(vectors, centres);
        for (int round = 1; round < ROUNDS; round++) {
            centres = means(vectors, nearest, centres);
            nearest = nearest(vectors, centres);
        }
        return new Clusters(nearest, means(vectors, nearest, centres)).withoutEmpty();
    }

    private static int[] nearest(float[][] vectors, float[][] centres) {
        return IntStream.range(0, vectors.length)
                .parallel()
                .map(row -> {
                    int best = 0;
                    float least = Float.POSITIVE_INFINITY;
                    for (int c = 0; c < centres.length; c++) {
                        float distance = VectorUtil.squareDistance(vectors[row], centres[c]);
                        if (distance < least) {
                            least = distance;
                            best = c;
                        }
                    }
                    return best;
                })
                .toArray();
    }

    /// @param before centres that stay where they are when they have lost all their vectors
    private static float[][] means(float[][] vectors, int[] of, float[][] before) {
        int count = before.length;
        int dimension = vectors[0].length;
        double[][] sums = new double[count][dimension];
        int[] sizes = new int[count];
        for (int row = 0; row < vectors.length; row++) {
            sizes[of[row]]++;
            for (int i = 0; i < dimension; i++) {
                sums[of[row]][i] += vectors[row][i];
            }
        }
        float[][] means = before.clone();
        for (int c = 0; c < count; c++) {
            if (sizes[c] > 0) {
                means[c] = new float[dimension];
                for (int i = 0; i < dimension; i++) {
                    means[c][i] = (float) (sums[c][i] / sizes[c]);
                }
            }
        }
        return means;
    }

    private Clusters withoutEmpty() {
        int[] sizes = sizes();
        int[] number = new int[centres.length];
        float[][] kept = new float[centres.length][];
        int count = 0;
        for (int c = 0; c < centres.length; c++) {
            number[c] = count;
            if (sizes[c] > 0) {
                kept[count++] = centres[c];
            }
        }
        return new Clusters(Arrays.stream(of).map(c -> number[c]).toArray(), Arrays.copyOf(kept, count));
    }

    /// Vectors in each cluster.
    int[] sizes() {
        int[] sizes = new int[centres.length];
        for (int c : of) {
            sizes[c]++;
        }
        return sizes;
    }
}
