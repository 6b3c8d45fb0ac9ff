package org.cl2cm.evaluate;

import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/// Retrievals made from a seed.
final class Samples {
    private Samples() {}

    static List<String> ids(String prefix, int n) {
        return IntStream.range(0, n).mapToObj(i -> prefix + i).toList();
    }

    /// Queries near their targets, with ties (coordinates on a coarse grid), zero vectors and NaN by
    /// the given shares.
    static Retrieval random(long seed, int n, int m, int d, double zeros, double nans) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] gallery = new float[n * d];
        float[] queries = new float[m * d];
        int[] target = new int[m];
        for (int i = 0; i < gallery.length; i++) {
            gallery[i] = random.nextInt(-2, 3) / 2f;
        }
        for (int q = 0; q < m; q++) {
            target[q] = random.nextInt(n);
            for (int k = 0; k < d; k++) {
                queries[q * d + k] =
                        random.nextDouble() < 0.3 ? random.nextInt(-2, 3) / 2f : gallery[target[q] * d + k];
            }
        }
        spoil(random, gallery, n, d, zeros, nans);
        spoil(random, queries, m, d, zeros, nans);
        return Retrieval.of(d, gallery, ids("g", n), queries, ids("q", m), target);
    }

    private static void spoil(SplittableRandom random, float[] vectors, int rows, int d, double zeros, double nans) {
        for (int row = 0; row < rows; row++) {
            double draw = random.nextDouble();
            for (int k = 0; k < d && draw < zeros; k++) {
                vectors[row * d + k] = 0;
            }
            if (draw >= zeros && draw < zeros + nans) {
                vectors[row * d + random.nextInt(d)] = Float.NaN;
            }
        }
    }

    static Ranks ranks(int[] target, int galleryItems, int[] textToImage, int[] imageToText) {
        return new Ranks(
                ids("g", galleryItems),
                ids("q", target.length),
                target,
                textToImage,
                imageToText,
                new double[galleryItems]);
    }
}
