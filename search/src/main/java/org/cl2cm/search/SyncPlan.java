package org.cl2cm.search;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.cl2cm.data.Moment;

/// What has to happen so that a collection holds exactly the items that are wanted. A video is wanted
/// as a whole: all of its moments are new, other ones, or gone together.
///
/// @param added ids that the collection does not have, in the order they are wanted
/// @param changed ids of items that are other ones now, in that order
/// @param gone ids of items that nobody wants, in no order
/// @param same how many stay as they are
/// @param moments ids of the moments that the collection has of each video
public record SyncPlan(
        List<String> added, List<String> changed, List<String> gone, long same, Map<String, List<String>> moments) {
    /// Between the digest of a video and the number of its moments, in the digest of each of these:
    /// when some are missing, since somebody was interrupted, the video has changed.
    private static final String OF = "/";

    /// The digest of each of `count` moments of a video.
    public static String digest(String video, int count) {
        return video + OF + count;
    }

    /// Compares by [VectorItem#DIGEST]: an item that has none has changed.
    ///
    /// @param wanted digest by id of an image or video
    public static SyncPlan of(VectorEngine engine, Map<String, String> wanted) throws IOException {
        Map<String, String> there = new HashMap<>();
        Map<String, List<String>> moments = new HashMap<>();
        Set<String> gone = new LinkedHashSet<>();
        engine.forEach(item -> {
            String video = Moments.of(item.fields()).map(Moment::video).orElse(item.id());
            if (!video.equals(item.id())) {
                moments.computeIfAbsent(video, _ -> new ArrayList<>()).add(item.id());
            }
            if (wanted.containsKey(video)) {
                there.merge(
                        video,
                        item.fields().getOrDefault(VectorItem.DIGEST, ""),
                        (one, other) -> one.equals(other) ? one : "");
            } else {
                gone.add(video);
            }
        });
        List<String> added = new ArrayList<>();
        List<String> changed = new ArrayList<>();
        wanted.forEach((id, digest) -> {
            String before = there.get(id);
            int count = moments.getOrDefault(id, List.of()).size();
            if (before == null) {
                added.add(id);
            } else if (!before.equals(count == 0 ? digest : digest(digest, count))) {
                changed.add(id);
            }
        });
        return new SyncPlan(
                List.copyOf(added),
                List.copyOf(changed),
                List.copyOf(gone),
                wanted.size() - (long) added.size() - changed.size(),
                Map.copyOf(moments));
    }

    /// The ids of all items that the collection has of an image or video.
    public List<String> items(String id) {
        List<String> items = new ArrayList<>(moments.getOrDefault(id, List.of()));
        items.add(id);
        return items;
    }

    /// Whether the collection is as it is wanted.
    public boolean isEmpty() {
        return added.isEmpty() && changed.isEmpty() && gone.isEmpty();
    }
}
