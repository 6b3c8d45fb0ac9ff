package org.cl2cm.search;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// What has to happen so that a collection holds exactly the items that are wanted.
///
/// @param added ids that the collection does not have, in the order they are wanted
/// @param changed ids of items that are other ones now, in that order
/// @param gone ids of items that nobody wants, in no order
/// @param same how many stay as they are
public record SyncPlan(List<String> added, List<String> changed, List<String> gone, long same) {
    /// Compares by [VectorItem#DIGEST]: an item that has none has changed.
    ///
    /// @param wanted digest by id
    public static SyncPlan of(VectorEngine engine, Map<String, String> wanted) throws IOException {
        Map<String, String> there = new HashMap<>();
        List<String> gone = new ArrayList<>();
        engine.forEach(item -> {
            if (wanted.containsKey(item.id())) {
                there.put(item.id(), item.fields().getOrDefault(VectorItem.DIGEST, ""));
            } else {
                gone.add(item.id());
            }
        });
        List<String> added = new ArrayList<>();
        List<String> changed = new ArrayList<>();
        wanted.forEach((id, digest) -> {
            String before = there.get(id);
            if (before == null) {
                added.add(id);
            } else if (!before.equals(digest)) {
                changed.add(id);
            }
        });
        return new SyncPlan(
                List.copyOf(added),
                List.copyOf(changed),
                List.copyOf(gone),
                wanted.size() - (long) added.size() - changed.size());
    }

    /// Whether the collection is as it is wanted.
    public boolean isEmpty() {
        return added.isEmpty() && changed.isEmpty() && gone.isEmpty();
    }
}
