package org.cl2cm.search;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Reciprocal rank fusion (Cormack et al., SIGIR 2009): an item's worth is the sum of `1 / (60 + rank)`
/// over the lists that it is in.
public final class RankFusion {
    private static final double K = 60;

    private RankFusion() {}

    /// @param lists ids, the best first
    /// @return the best `top` of all lists, ties by id
    public static List<String> fused(List<List<String>> lists, int top) {
        Map<String, Double> worth = new LinkedHashMap<>();
        for (List<String> list : lists) {
            for (int rank = 1; rank <= list.size(); rank++) {
                worth.merge(list.get(rank - 1), 1 / (K + rank), Double::sum);
            }
        }
        return worth.entrySet().stream()
                .sorted(Comparator.comparingDouble((Map.Entry<String, Double> item) -> -item.getValue())
                        .thenComparing(Map.Entry::getKey))
                .limit(top)
                .map(Map.Entry::getKey)
                .toList();
    }
}
