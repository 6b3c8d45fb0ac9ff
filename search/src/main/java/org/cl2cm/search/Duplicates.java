package org.cl2cm.search;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.cl2cm.data.Moment;
import org.cl2cm.data.ProgressListener;

/// Finds items that are nearly the same: two items whose cosine reaches a threshold belong together,
/// and so does whoever belongs to either. It asks the collection for the neighbours of every item, so
/// it is as exact as its search. Two moments of one video do not belong together by themselves.
public final class Duplicates {
    private static final int FEW = 20;

    private final Map<String, String> parents = new HashMap<>();

    private Duplicates() {}

    /// @param threshold cosine, above 0 and at most 1
    /// @param progress hears of items looked at
    /// @return ids of each group of two or more, sorted; large groups first, then by their first id
    /// @throws IllegalArgumentException when the threshold is no cosine above 0
    public static List<List<String>> groups(VectorEngine engine, double threshold, ProgressListener progress)
            throws IOException {
        if (!(threshold > 0 && threshold <= 1)) {
            throw new IllegalArgumentException("threshold " + threshold + "; it is a cosine above 0 and at most 1");
        }
        Duplicates duplicates = new Duplicates();
        long all = engine.stats().items();
        long[] done = {0};
        engine.forEach(item -> {
            duplicates.join(engine, item, threshold);
            progress.update(++done[0], all, "");
        });
        return duplicates.groups();
    }

    private void join(VectorEngine engine, VectorItem item, double threshold) throws IOException {
        int top = FEW;
        List<Hit> hits = engine.search(new VectorQuery(engine.info().model(), item.vector(), top));
        while (hits.size() == top && hits.getLast().score() >= threshold && top < VectorQuery.MOST) {
            top = Math.min(VectorQuery.MOST, 4 * top);
            hits = engine.search(new VectorQuery(engine.info().model(), item.vector(), top));
        }
        for (Hit hit : hits) {
            if (hit.score() >= threshold
                    && !hit.id().equals(item.id())
                    && !areOfOneVideo(hit.fields(), item.fields())) {
                String a = root(item.id());
                String b = root(hit.id());
                parents.put(a.compareTo(b) < 0 ? b : a, a.compareTo(b) < 0 ? a : b);
            }
        }
    }

    private static boolean areOfOneVideo(Map<String, String> a, Map<String, String> b) {
        Optional<String> video = Moments.of(a).map(Moment::video);
        return video.isPresent() && video.equals(Moments.of(b).map(Moment::video));
    }

    private String root(String id) {
        String root = id;
        String parent = parents.getOrDefault(root, root);
        while (!parent.equals(root)) {
            root = parent;
            parent = parents.getOrDefault(root, root);
        }
        if (!root.equals(id)) {
            parents.put(id, root);
        }
        return root;
    }

    private List<List<String>> groups() {
        Map<String, TreeSet<String>> groups = new TreeMap<>();
        for (String id : new ArrayList<>(parents.keySet())) {
            String root = root(id);
            groups.computeIfAbsent(root, first -> new TreeSet<>(List.of(first))).add(id);
        }
        return groups.values().stream()
                .filter(group -> group.size() > 1)
                .map(List::copyOf)
                .sorted(Comparator.comparingInt((Collection<String> group) -> -group.size()))
                .toList();
    }
}
