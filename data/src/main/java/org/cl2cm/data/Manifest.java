package org.cl2cm.data;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
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
    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

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

    private static Item item(Path file, long line, JsonNode node) throws DataException {
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
            List<String> texts = new ArrayList<>();
            for (String text : JsonLines.texts(file, line, entry.getValue(), "captions." + entry.getKey(), true)) {
                if (text == null) {
                    throw DataException.at(file, line, "key \"captions." + entry.getKey() + "\" holds null");
                }
                texts.add(text);
            }
            captions.put(entry.getKey(), Collections.unmodifiableList(texts));
        }
        Map<String, List<@Nullable String>> translations = new LinkedHashMap<>();
        for (var entry : JsonLines.object(file, line, node, "translations").properties()) {
            translations.put(
                    entry.getKey(),
                    JsonLines.texts(file, line, entry.getValue(), "translations." + entry.getKey(), true));
        }
        Map<String, Object> meta = new LinkedHashMap<>();
        for (var entry : JsonLines.object(file, line, node, "meta").properties()) {
            meta.put(entry.getKey(), JSON.convertValue(entry.getValue(), Object.class));
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
                out.write(JSON.writeValueAsBytes(fields));
                out.write('\n');
            }
        });
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

    /// JSONL reading with file, line and key in every error.
    public static final class JsonLines {
        /// Takes one line.
        @FunctionalInterface
        public interface Reader {
            void accept(long line, JsonNode node) throws IOException;
        }

        private JsonLines() {}

        public static void forEach(Path file, Reader reader) throws IOException {
            long line = 0;
            try (BufferedReader in = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
                for (String text = in.readLine(); text != null; text = in.readLine()) {
                    line++;
                    if (text.isBlank()) {
                        continue;
                    }
                    JsonNode node;
                    try {
                        node = JSON.readTree(text);
                    } catch (JsonProcessingException e) {
                        throw DataException.at(file, line, "not one JSON object: " + e.getOriginalMessage());
                    }
                    if (!node.isObject()) {
                        throw DataException.at(file, line, "not a JSON object");
                    }
                    reader.accept(line, node);
                }
            } catch (NoSuchFileException e) {
                throw DataException.in(file, "no such file", e);
            } catch (CharacterCodingException e) {
                // The reader decodes ahead, so the broken byte lies at or after the line that comes next.
                throw DataException.in(file, "not UTF-8, after line " + line + "; convert it with iconv", e);
            }
        }

        public static String text(Path file, long line, JsonNode node, String key) throws DataException {
            return optionalText(file, line, node, key)
                    .orElseThrow(() -> DataException.at(file, line, "key \"" + key + "\" is missing"));
        }

        public static Optional<String> optionalText(Path file, long line, JsonNode node, String key)
                throws DataException {
            JsonNode value = node.get(key);
            if (value == null || value.isNull()) {
                return Optional.empty();
            }
            if (!value.isTextual()) {
                throw DataException.at(file, line, "key \"" + key + "\" is not a string");
            }
            return Optional.of(value.textValue());
        }

        static JsonNode object(Path file, long line, JsonNode node, String key) throws DataException {
            JsonNode value = node.get(key);
            if (value == null) {
                return JSON.createObjectNode();
            }
            if (!value.isObject()) {
                throw DataException.at(file, line, "key \"" + key + "\" is not an object");
            }
            return value;
        }

        public static List<@Nullable String> texts(Path file, long line, JsonNode node, String key)
                throws DataException {
            JsonNode value = node.get(key);
            if (value == null) {
                throw DataException.at(file, line, "key \"" + key + "\" is missing");
            }
            return texts(file, line, value, key, true);
        }

        private static List<@Nullable String> texts(
                Path file, long line, JsonNode value, String key, boolean nullAllowed) throws DataException {
            if (!value.isArray()) {
                throw DataException.at(file, line, "key \"" + key + "\" is not a list");
            }
            List<@Nullable String> texts = new ArrayList<>();
            for (JsonNode text : value) {
                if (text.isNull() && nullAllowed) {
                    texts.add(null);
                } else if (text.isTextual()) {
                    texts.add(text.textValue());
                } else {
                    throw DataException.at(file, line, "key \"" + key + "\" holds something that is not a string");
                }
            }
            return Collections.unmodifiableList(texts);
        }
    }
}
