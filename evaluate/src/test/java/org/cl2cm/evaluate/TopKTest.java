package org.cl2cm.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;

final class TopKTest {
    private static List<TopK.Hit> naive(Retrieval r, int query, int k) {
        List<TopK.Hit> all = new ArrayList<>();
        for (int g = 0; g < r.gallerySize(); g++) {
            float sum = 0;
            for (int i = 0; i < r.dimension(); i++) {
                sum += r.queries()[query * r.dimension() + i] * r.gallery()[g * r.dimension() + i];
            }
            if (!Float.isNaN(sum)) {
                all.add(new TopK.Hit(g, sum));
            }
        }
        all.sort(Comparator.comparingDouble((TopK.Hit hit) -> -(double) hit.score() + 0.0)
                .thenComparingInt(TopK.Hit::row));
        return List.copyOf(all.subList(0, Math.min(k, all.size())));
    }

    @Test
    void agreesWithSortingAllScores() {
        for (int[] shape : new int[][] {{1, 1, 1, 1}, {7, 3, 4, 20}, {257, 130, 5, 10}, {600, 257, 9, 33}}) {
            Retrieval retrieval = Samples.random(shape[0], shape[0], shape[1], shape[2], 0, 0.05);
            List<List<TopK.Hit>> hits = TopK.textToImage(retrieval).search(0, shape[1], shape[3], 2);
            for (int query = 0; query < shape[1]; query++) {
                List<TopK.Hit> expected = naive(retrieval, query, shape[3]);
                assertThat(hits.get(query).stream().map(TopK.Hit::row).toList())
                        .as("seed " + shape[0] + ", query " + query)
                        .isEqualTo(expected.stream().map(TopK.Hit::row).toList());
            }
            assertThat(TopK.textToImage(retrieval).search(0, shape[1], shape[3], 1))
                    .isEqualTo(hits);
        }
    }
}
