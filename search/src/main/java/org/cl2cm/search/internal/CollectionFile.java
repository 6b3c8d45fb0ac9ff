package org.cl2cm.search.internal;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.cl2cm.data.AtomicFile;
import org.cl2cm.data.DataException;
import org.cl2cm.search.CollectionInfo;
import org.cl2cm.search.FieldType;

/// `collection.json`: what the collection is, which generation of its index is live, and which one
/// was before. One file, so that the live generation and the way back change in one instant.
///
/// @param generation the number of the live index, from 1
/// @param previous the generation that was live before, which can come back; it is without a previous
///     one
public record CollectionFile(CollectionInfo info, int generation, Optional<CollectionFile> previous) {
    private static final String NAME = "collection.json";
    private static final int FORMAT = 1;
    private static final String PREVIOUS = "previous";
    private static final ObjectMapper JSON = new ObjectMapper();

    /// A collection without a previous generation.
    public static CollectionFile first(CollectionInfo info) {
        return new CollectionFile(info, 1, Optional.empty());
    }

    /// The number of a generation that is neither the live nor the previous one.
    public int nextGeneration() {
        return Math.max(generation, previous.map(CollectionFile::generation).orElse(0)) + 1;
    }

    /// The same collection when another generation goes live; this one is the previous one then.
    public CollectionFile superseded(CollectionInfo by, int number) {
        return new CollectionFile(by, number, Optional.of(new CollectionFile(info, generation, Optional.empty())));
    }

    /// Where it lies in a collection's folder.
    public static Path in(Path folder) {
        return folder.resolve(NAME);
    }

    /// Removes the indexes that are neither of the live nor of the previous generation.
    public static void clear(Path folder, CollectionFile file) throws IOException {
        int previous = file.previous.map(CollectionFile::generation).orElse(0);
        try (var children = Files.newDirectoryStream(folder, "generation-*")) {
            for (Path child : children) {
                if (!child.equals(generation(folder, file.generation)) && !child.equals(generation(folder, previous))) {
                    Snapshot.delete(child);
                }
            }
        }
    }

    /// The folder of a generation's index.
    public static Path generation(Path folder, int number) {
        return folder.resolve("generation-%04d".formatted(number));
    }

    /// @throws DataException when it is missing or damaged, naming the file and the key
    public static CollectionFile read(Path folder) throws IOException {
        Path file = in(folder);
        try {
            JsonNode node = JSON.readTree(Files.readString(file));
            int format = number(file, node, "format");
            if (format != FORMAT) {
                throw DataException.in(
                        file, "format " + format + " is not known, only " + FORMAT + "; use the version that wrote it");
            }
            CollectionFile live = generation(file, node);
            JsonNode before = node.path(PREVIOUS);
            return before.isMissingNode()
                    ? live
                    : new CollectionFile(live.info, live.generation, Optional.of(generation(file, before)));
        } catch (NoSuchFileException e) {
            throw DataException.in(file, "no such file; is this a collection?", e);
        } catch (JsonProcessingException e) {
            throw DataException.in(file, "not JSON: " + e.getOriginalMessage(), e);
        } catch (DateTimeException | IllegalArgumentException e) {
            throw DataException.in(file, String.valueOf(e.getMessage()), e);
        }
    }

    private static CollectionFile generation(Path file, JsonNode node) throws DataException {
        CollectionInfo info = new CollectionInfo(
                text(file, node, "name"),
                number(file, node, "dimension"),
                text(file, node, "model"),
                optional(node, "encoder"),
                text(file, node, "engine"),
                Instant.parse(text(file, node, "created")),
                optional(node, "modelFolder"),
                optional(node, "mediaRoot"),
                fields(file, node));
        return new CollectionFile(info, number(file, node, "generation"), Optional.empty());
    }

    /// Writes it beside and renames.
    public void write(Path folder) throws IOException {
        ObjectNode node = JSON.createObjectNode();
        node.put("format", FORMAT);
        put(node);
        previous.ifPresent(before -> before.put(node.putObject(PREVIOUS)));
        AtomicFile.write(in(folder), JSON.writerWithDefaultPrettyPrinter().writeValueAsString(node) + "\n");
    }

    private void put(ObjectNode node) {
        node.put("name", info.name());
        node.put("dimension", info.dimension());
        node.put("model", info.model());
        info.encoder().ifPresent(encoder -> node.put("encoder", encoder));
        node.put("engine", info.engine());
        node.put("created", info.created().toString());
        info.modelFolder().ifPresent(path -> node.put("modelFolder", path));
        info.mediaRoot().ifPresent(path -> node.put("mediaRoot", path));
        if (!info.fields().isEmpty()) {
            ObjectNode fields = node.putObject("fields");
            info.fields().forEach((field, type) -> fields.put(field, type.name().toLowerCase(Locale.ROOT)));
        }
        node.put("generation", generation);
    }

    private static Map<String, FieldType> fields(Path file, JsonNode node) throws DataException {
        Map<String, FieldType> fields = new LinkedHashMap<>();
        for (var entry : node.path("fields").properties()) {
            try {
                fields.put(
                        entry.getKey(),
                        FieldType.valueOf(entry.getValue().asText().toUpperCase(Locale.ROOT)));
            } catch (IllegalArgumentException e) {
                throw DataException.in(
                        file,
                        "key \"fields." + entry.getKey() + "\": " + entry.getValue()
                                + " is no kind of field; use the version that wrote it",
                        e);
            }
        }
        return fields;
    }

    private static String text(Path file, JsonNode node, String key) throws DataException {
        return optional(node, key)
                .orElseThrow(() -> DataException.in(file, "key \"" + key + "\" is missing or not a text"));
    }

    private static Optional<String> optional(JsonNode node, String key) {
        JsonNode value = node.get(key);
        return value == null || !value.isTextual() ? Optional.empty() : Optional.of(value.textValue());
    }

    private static int number(Path file, JsonNode node, String key) throws DataException {
        JsonNode value = node.get(key);
        if (value == null || !value.isInt() || value.intValue() < 1) {
            throw DataException.in(file, "key \"" + key + "\" is missing or not a whole number of at least 1");
        }
        return value.intValue();
    }
}
