package org.cl2cm.evaluate;

import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/// Hits of one run by image: the captions of an image succeed and fail together, so they are drawn
/// together.
///
/// Images stand in the order of their ids, so that two runs on the same queries have the same clusters
/// whatever the
/// order of their files.
final class Clusters {
    private static final int[] CUTS = {1, 5, 10};
    private static final int RECALLS = 2 * CUTS.length;

    private final int[] captions;
    /// Hits of each image, `[image][measure]`.
    private final int[][] hits;

    private Clusters(int[] captions, int[][] hits) {
        this.captions = captions;
        this.hits = hits;
    }

    static Clusters of(Ranks ranks) {
        int[] rows = IntStream.range(0, ranks.gallerySize())
                .filter(row -> ranks.captions(row) > 0)
                .boxed()
                .sorted(Comparator.comparing(ranks.galleryIds()::get))
                .mapToInt(Integer::intValue)
                .toArray();
        int[] place = new int[ranks.gallerySize()];
        int[] captions = new int[rows.length];
        int[][] hits = new int[rows.length][RECALLS];
        for (int i = 0; i < rows.length; i++) {
            place[rows[i]] = i;
            captions[i] = ranks.captions(rows[i]);
            for (int c = 0; c < CUTS.length; c++) {
                hits[i][CUTS.length + c] = ranks.imageToText(rows[i]) <= CUTS[c] ? 1 : 0;
            }
        }
        for (int query = 0; query < ranks.queryCount(); query++) {
            for (int c = 0; c < CUTS.length; c++) {
                if (ranks.textToImage(query) <= CUTS[c]) {
                    hits[place[ranks.target(query)]][c]++;
                }
            }
        }
        return new Clusters(captions, hits);
    }

    int size() {
        return captions.length;
    }

    /// All measures, in the order of `Measure`, where image i stands `weights[i]` times.
    double[] measures(int[] weights) {
        long[] sums = new long[RECALLS];
        long queries = 0;
        long images = 0;
        for (int i = 0; i < weights.length; i++) {
            if (weights[i] > 0) {
                images += weights[i];
                queries += (long) weights[i] * captions[i];
                for (int c = 0; c < RECALLS; c++) {
                    sums[c] += (long) weights[i] * hits[i][c];
                }
            }
        }
        double[] measures = new double[RECALLS + 1];
        for (int c = 0; c < RECALLS; c++) {
            measures[c] = 100.0 * sums[c] / (c < CUTS.length ? queries : images);
            measures[RECALLS] += measures[c];
        }
        return measures;
    }

    /// SumR of what `measures` gave.
    static double sumR(double[] measures) {
        return measures[RECALLS];
    }

    /// Every image once.
    int[] once() {
        int[] weights = new int[size()];
        Arrays.fill(weights, 1);
        return weights;
    }

    /// As many images as there are, drawn with replacement.
    static int[] draw(int size, SplittableRandom random) {
        int[] weights = new int[size];
        for (int i = 0; i < size; i++) {
            weights[random.nextInt(size)]++;
        }
        return weights;
    }

    /// @throws IllegalArgumentException when the runs did not answer the same queries, saying where
    ///     they differ
    static void requireSameQueries(String one, Ranks a, String other, Ranks b) {
        if (a.gallerySize() != b.gallerySize()) {
            throw new IllegalArgumentException(one + " ranked " + a.gallerySize() + " gallery items, " + other + " "
                    + b.gallerySize() + ": evaluate both on the same gallery");
        }
        Map<String, String> targets = HashMap.newHashMap(a.queryCount());
        for (int query = 0; query < a.queryCount(); query++) {
            targets.put(a.queryIds().get(query), a.galleryIds().get(a.target(query)));
        }
        for (int query = 0; query < b.queryCount(); query++) {
            String id = b.queryIds().get(query);
            String item = b.galleryIds().get(b.target(query));
            String same = targets.remove(id);
            if (!item.equals(same)) {
                throw new IllegalArgumentException("query \"" + id + "\" belongs to \"" + item + "\" in " + other
                        + (same == null ? " and is not in " : " and to \"" + same + "\" in ") + one
                        + ": only runs on the same queries can be compared in pairs");
            }
        }
        if (!targets.isEmpty()) {
            throw new IllegalArgumentException(
                    "query \"" + targets.keySet().iterator().next() + "\" is in " + one + " and not in " + other
                            + ": only runs on the same queries can be compared in pairs");
        }
    }
}
