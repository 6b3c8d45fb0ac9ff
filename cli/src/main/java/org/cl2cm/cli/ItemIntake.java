package org.cl2cm.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.cl2cm.data.AtomicFile;
import org.cl2cm.data.Item;
import org.cl2cm.data.Manifest;
import org.cl2cm.data.Moment;
import org.cl2cm.search.ItemStatus;
import org.cl2cm.search.ItemStatus.Outcome;
import org.cl2cm.search.Moments;
import org.cl2cm.search.SyncPlan;
import org.cl2cm.search.VectorEngine;
import org.cl2cm.search.VectorItem;

/// Brings items into a collection in batches, a video as its moments; one that cannot be used is
/// refused with its reason, and the others go on.
///
/// @param moments ids of the moments that the collection has of videos: those that a video has no more
///     are removed
/// @param batch items whose vectors are made at once
/// @param batchesACommit batches that one commit brings to the disk
record ItemIntake(
        VectorEngine engine,
        Manifest manifest,
        ItemVectors vectors,
        Map<String, List<String>> moments,
        int batch,
        int batchesACommit) {
    private static final String REFUSED = "refused.jsonl";
    private static final ObjectMapper JSON = new ObjectMapper();

    /// @param digests of items by id, where they are known already
    /// @return the items that were refused
    List<ItemStatus> take(List<Item> items, Map<String, String> digests, ProgressLine progress) throws IOException {
        List<ItemStatus> refused = new ArrayList<>();
        for (int from = 0; from < items.size(); from += batch) {
            int to = Math.min(items.size(), from + batch);
            refused.addAll(takeBatch(items.subList(from, to), digests));
            if (from / batch % batchesACommit == batchesACommit - 1) {
                engine.commit();
            }
            progress.update(to, items.size(), refused.isEmpty() ? "" : refused.size() + " refused");
        }
        engine.commit();
        return refused;
    }

    private List<ItemStatus> takeBatch(List<Item> items, Map<String, String> digests) throws IOException {
        List<ItemStatus> refused = new ArrayList<>();
        List<VectorItem> stored = new ArrayList<>();
        List<String> gone = new ArrayList<>();
        List<ItemVectors.Made> made = vectors.make(items);
        for (int i = 0; i < items.size(); i++) {
            Item item = items.get(i);
            if (made.get(i).isRefused()) {
                refused.add(
                        new ItemStatus(item.id(), Outcome.REFUSED, made.get(i).reason()));
                continue;
            }
            Map<String, String> fields = GalleryOptions.fields(manifest, item, engine.info());
            String known = digests.get(item.id());
            String digest = known == null ? digest(item, fields) : known;
            List<VectorItem> parts = parts(item, made.get(i), fields, digest);
            stored.addAll(parts);
            gone.addAll(former(item, parts, made.get(i).isVideo()));
        }
        engine.upsert(stored).stream().filter(ItemStatus::isRefused).forEach(refused::add);
        if (!gone.isEmpty()) {
            engine.delete(gone);
        }
        return refused;
    }

    private static List<VectorItem> parts(Item item, ItemVectors.Made made, Map<String, String> fields, String digest) {
        List<VectorItem> parts = new ArrayList<>();
        for (ItemVectors.Part part : made.parts()) {
            Map<String, String> own = new LinkedHashMap<>(fields);
            part.moment().ifPresent(moment -> own.putAll(Moments.fields(moment)));
            own.put(
                    VectorItem.DIGEST,
                    made.isVideo() ? SyncPlan.digest(digest, made.parts().size()) : digest);
            parts.add(new VectorItem(part.moment().map(Moment::id).orElse(item.id()), part.vector(), own));
        }
        return parts;
    }

    /// What the collection has of an item, or may have, and the item is not any more.
    private List<String> former(Item item, List<VectorItem> parts, boolean isVideo) {
        List<String> former = new ArrayList<>(moments.getOrDefault(item.id(), List.of()));
        if (isVideo) {
            former.add(item.id());
        }
        former.removeAll(parts.stream().map(VectorItem::id).toList());
        return former;
    }

    private String digest(Item item, Map<String, String> fields) throws IOException {
        ItemDigest digest = new ItemDigest().add(fields);
        vectors.digest(item, digest);
        return digest.text();
    }

    /// Says what was refused, and keeps the whole list in the collection's folder.
    static void report(Path folder, List<ItemStatus> refused, PrintWriter err) throws IOException {
        Path file = folder.resolve(REFUSED);
        Files.deleteIfExists(file);
        if (refused.isEmpty()) {
            return;
        }
        AtomicFile.write(file, out -> {
            for (ItemStatus status : refused) {
                Map<String, String> line = new LinkedHashMap<>();
                line.put("id", status.id());
                line.put("reason", status.reason());
                out.write(JSON.writeValueAsBytes(line));
                out.write('\n');
            }
        });
        ItemStatus first = refused.getFirst();
        err.println("cl2cm: refused \"" + first.id() + "\": " + first.reason()
                + (refused.size() > 1 ? ", and others" : "") + "; all of them are in " + file);
    }
}
