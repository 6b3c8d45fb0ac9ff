package org.cl2cm.data;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The list of all items: JSONL, one item a line, UTF-8.
///
/// ```json
/// {"id": "7", "media": "images/7.jpg", "split": "train", "captions": {"en": ["a dog"]}}
/// ```
///
/// Translations may also stand in side-cars, `translations/<lang>.<system>.jsonl`, one `{"id", "<lang>": [..]}` a line,
/// aligned with the English captions by position. Immutable; safe for use by many threads.
public final class Manifest {
    private static final Set<String> KEYS = Set.of("id", "media", "split", "captions", "translations", "meta");

    private final Path file;
    private final List<Item> items;
    private final Map<String, Integer> index;

    private Manifest(Path file, List<Item> items, Map<String, Integer> index) {
        this.file = file;
        this.items = Collections.unmodifiableList(items);
        this.index = index;
    }

    /// @param file where the manifest is or will be; media paths are relative to its folder
    /// @throws IllegalArgumentException when two items have one id
    public static Manifest of(Path file, List<Item> items) {
        Map<String, Integer> index = new LinkedHashMap<>();
        for (Item item : items) {
            if (index.put(item.id(), index.size()) != null) {
                throw new IllegalArgumentException("two items have the id \"" + item.id() + "\"");
            }
        }
        return new Manifest(file, new ArrayList<>(items), index);
    }

    /// Reads a whole manifest.
    ///
    /// @throws DataException for a broken line, naming file, line and key
    public static Manifest read(Path file) throws IOException {
        List<Item> items = new ArrayList<>();
        Map<String, Integer> index = new LinkedHashMap<>();
        JsonLines.forEach(file, (line, node) -> {
            Item item = item(file, line, node);
            if (index.putIfAbsent(item.id(), items.size()) != null) {
                throw DataException.at(file, line, "id \"" + item.id() + "\" stands in the manifest twice");
            }
            items.add(item);
        });
        if (items.isEmpty()) {
            throw DataException.in(file, "holds no item");
        }
        return new Manifest(file, items, index);
    }

    /// Reads a manifest with every side-car found in the folder `translations` beside it.
    public static Manifest readWithTranslations(Path file) throws IOException {
        Manifest manifest = read(file);
        Path folder = file.toAbsolutePath().resolveSibling("translations");
        if (Files.isDirectory(folder)) {
            List<Path> sidecars = new ArrayList<>();
            try (var listing = Files.newDirectoryStream(folder, "*.jsonl")) {
                listing.forEach(sidecars::add);
            }
            Collections.sort(sidecars);
            for (Path sidecar : sidecars) {
                manifest = manifest.withTranslations(sidecar);
            }
        }
        return manifest;
    }

    /// Adds one side-car `<lang>.<system>.jsonl`; the key of its translations is the file's name without `.jsonl`.
    ///
    /// @throws DataException when an id is not in the manifest or the count differs from the English
    ///     captions of the item
    public Manifest withTranslations(Path sidecar) throws IOException {
        String name = sidecar.getFileName().toString();
        String key = name.endsWith(".jsonl") ? name.substring(0, name.length() - ".jsonl".length()) : name;
        String language = key.contains(".") ? key.substring(0, key.indexOf('.')) : key;
        List<Item> changed = new ArrayList<>(items);
        JsonLines.forEach(sidecar, (line, node) -> {
            String id = JsonLines.text(sidecar, line, node, "id");
            Integer at = index.get(id);
            if (at == null) {
                throw DataException.at(
                        sidecar, line, "id \"" + id + "\" is not in " + file + "; is this side-car of other data?");
            }
            List<@Nullable String> lines = JsonLines.texts(sidecar, line, node, language);
            int captions = changed.get(at).captions("en").size();
            if (lines.size() != captions) {
                throw DataException.at(
                        sidecar,
                        line,
                        "key \"" + language + "\": " + lines.size() + " translations of the " + captions
                                + " English captions of \"" + id + "\"; write null where one is missing");
            }
            changed.set(at, changed.get(at).withTranslations(key, lines));
        });
        return new Manifest(file, changed, index);
    }

    static Item item(Path file, long line, JsonNode node) throws DataException {
        for (String key : (Iterable<String>) node::fieldNames) {
            if (!KEYS.contains(key)) {
                throw DataException.at(file, line, "unknown key \"" + key + "\"; put your own fields under \"meta\"");
            }
        }
        String id = JsonLines.text(file, line, node, "id");
        if (id.isEmpty()) {
            throw DataException.at(file, line, "key \"id\" is empty");
        }
        Map<String, List<String>> captions = new LinkedHashMap<>();
        for (var entry : JsonLines.object(file, line, node, "captions").properties()) {
            captions.put(entry.getKey(), JsonLines.strings(file, line, entry.getValue(), "captions." + entry.getKey()));
        }
        Map<String, List<@Nullable String>> translations = new LinkedHashMap<>();
        for (var entry : JsonLines.object(file, line, node, "translations").properties()) {
            translations.put(
                    entry.getKey(), JsonLines.list(file, line, entry.getValue(), "translations." + entry.getKey()));
        }
        Map<String, Object> meta = new LinkedHashMap<>();
        for (var entry : JsonLines.object(file, line, node, "meta").properties()) {
            meta.put(entry.getKey(), JsonLines.JSON.convertValue(entry.getValue(), Object.class));
        }
        return new Item(
                id,
                JsonLines.optionalText(file, line, node, "media"),
                JsonLines.optionalText(file, line, node, "split"),
                captions,
                translations,
                meta);
    }

    /// Writes the manifest at `target`, beside and renamed.
    public void write(Path target) throws IOException {
        AtomicFile.write(target, out -> {
            for (Item item : items) {
                out.write(line(item));
                out.write('\n');
            }
        });
    }

    /// One item as the JSON of its line, without the end of line.
    public static byte[] line(Item item) throws IOException {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("id", item.id());
        item.media().ifPresent(media -> fields.put("media", media));
        item.split().ifPresent(split -> fields.put("split", split));
        fields.put("captions", item.captions());
        if (!item.translations().isEmpty()) {
            fields.put("translations", item.translations());
        }
        if (!item.meta().isEmpty()) {
            fields.put("meta", item.meta());
        }
        return JsonLines.JSON.writeValueAsBytes(fields);
    }

    public Path file() {
        return file;
    }

    public List<Item> items() {
        return items;
    }

    public int size() {
        return items.size();
    }

    public Optional<Item> find(String id) {
        Integer at = index.get(id);
        return at == null ? Optional.empty() : Optional.of(items.get(at));
    }

    /// The items of one split, in the manifest's order.
    public List<Item> split(String name) {
        return items.stream().filter(item -> item.isIn(name)).toList();
    }

    /// Where the media file of `item` lies, or empty when the item names none.
    public Optional<Path> media(Item item) {
        return item.media().map(media -> file.toAbsolutePath().resolveSibling(media));
    }
}
