package org.cl2cm.evaluate;

import java.util.ArrayList;
import java.util.List;

/// The definitions word by word over the full matrix: the oracle of the tests.
final class NaiveRanks {
    private NaiveRanks() {}

    static Ranks of(Retrieval r) {
        int n = r.gallerySize();
        int m = r.queryCount();
        float[][] scores = new float[m][n];
        for (int q = 0; q < m; q++) {
            for (int g = 0; g < n; g++) {
                float sum = 0;
                for (int k = 0; k < r.dimension(); k++) {
                    sum += r.queries()[q * r.dimension() + k] * r.gallery()[g * r.dimension() + k];
                }
                scores[q][g] = sum;
            }
        }
        int[] textToImage = new int[m];
        for (int q = 0; q < m; q++) {
            textToImage[q] = 1;
            for (int g = 0; g < n; g++) {
                if (g != r.target(q) && notBelow(scores[q][g], scores[q][r.target(q)])) {
                    textToImage[q]++;
                }
            }
        }
        int[] imageToText = new int[n];
        double[] precision = new double[n];
        for (int g = 0; g < n; g++) {
            List<Integer> places = new ArrayList<>();
            for (int q = 0; q < m; q++) {
                if (r.target(q) == g) {
                    int foreign = 0;
                    for (int other = 0; other < m; other++) {
                        if (r.target(other) != g && notBelow(scores[other][g], scores[q][g])) {
                            foreign++;
                        }
                    }
                    places.add(foreign);
                }
            }
            places.sort(null);
            for (int i = 0; i < places.size(); i++) {
                precision[g] += (i + 1.0) / (i + 1.0 + places.get(i)) / places.size();
            }
            imageToText[g] = places.isEmpty() ? 0 : 1 + places.getFirst();
        }
        return new Ranks(r.galleryIds(), r.queryIds(), r.targets(), textToImage, imageToText, precision);
    }

    private static boolean notBelow(float other, float own) {
        return Float.isNaN(other) || Float.isNaN(own) || other >= own;
    }
}
