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
import org.cl2cm.search.ItemStatus;
import org.cl2cm.search.ItemStatus.Outcome;
import org.cl2cm.search.VectorEngine;
import org.cl2cm.search.VectorItem;

/// Brings items into a collection in batches; one that cannot be used is refused with its reason, and
/// the others go on.
///
/// @param batch items whose vectors are made at once
/// @param batchesACommit batches that one commit brings to the disk
record ItemIntake(VectorEngine engine, Manifest manifest, ItemVectors vectors, int batch, int batchesACommit) {
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
            fields.put(VectorItem.DIGEST, known == null ? digest(item, fields) : known);
            stored.add(new VectorItem(item.id(), made.get(i).vector(), fields));
        }
        engine.upsert(stored).stream().filter(ItemStatus::isRefused).forEach(refused::add);
        return refused;
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
