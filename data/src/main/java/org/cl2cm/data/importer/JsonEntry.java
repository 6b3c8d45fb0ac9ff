package org.cl2cm.data.importer;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.cl2cm.data.DataException;

/// One object in a JSON file that may be large, with its place for errors.
///
/// @param place where it stands, e.g. `images[17]`
record JsonEntry(Path file, String place, JsonNode node) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /// Takes one object.
    @FunctionalInterface
    interface Reader {
        void accept(JsonEntry entry) throws IOException;
    }

    /// Streams the objects of one list at the top of the file.
    static void forEach(Path file, Reader reader) throws IOException {
        read(file, parser -> {
            if (parser.nextToken() != JsonToken.START_ARRAY) {
                throw DataException.in(file, "does not begin with a JSON list");
            }
            list(file, "", parser, reader);
        });
    }

    /// Streams the objects of the lists at `readers`' keys of the one object in the file, in the file's order.
    ///
    /// @throws DataException when one of the lists is missing
    static void forEach(Path file, Map<String, Reader> readers) throws IOException {
        Set<String> missing = new HashSet<>(readers.keySet());
        read(file, parser -> {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw DataException.in(file, "does not begin with a JSON object");
            }
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String key = parser.currentName();
                Reader reader = readers.get(key);
                JsonToken value = parser.nextToken();
                if (reader == null) {
                    parser.skipChildren();
                } else if (value == JsonToken.START_ARRAY) {
                    list(file, key, parser, reader);
                    missing.remove(key);
                } else {
                    throw DataException.in(file, "key \"" + key + "\" is not a list");
                }
            }
        });
        if (!missing.isEmpty()) {
            throw DataException.in(file, "key \"" + missing.iterator().next() + "\" is missing; is this the format?");
        }
    }

    private interface Body {
        void read(JsonParser parser) throws IOException;
    }

    private static void read(Path file, Body body) throws IOException {
        try (var in = Files.newInputStream(file);
                JsonParser parser = JSON.createParser(in)) {
            body.read(parser);
        } catch (NoSuchFileException e) {
            throw DataException.in(file, "no such file", e);
        } catch (JsonProcessingException e) {
            long line = e.getLocation() == null ? 1 : e.getLocation().getLineNr();
            throw DataException.at(file, line, "not whole JSON in UTF-8: " + e.getOriginalMessage());
        }
    }

    private static void list(Path file, String key, JsonParser parser, Reader reader) throws IOException {
        for (int i = 0; parser.nextToken() == JsonToken.START_OBJECT; i++) {
            reader.accept(new JsonEntry(file, key + "[" + i + "]", JSON.readTree(parser)));
        }
        if (parser.currentToken() != JsonToken.END_ARRAY) {
            throw DataException.at(
                    file,
                    parser.currentTokenLocation().getLineNr(),
                    "the list \"" + key + "\" holds something that is not an object, or is cut off");
        }
    }

    DataException wrong(String message) {
        return DataException.in(file, place + ": " + message);
    }

    /// The string, or the number as one.
    String text(String key) throws DataException {
        return optionalText(key).orElseThrow(() -> wrong("key \"" + key + "\" is missing"));
    }

    Optional<String> optionalText(String key) throws DataException {
        JsonNode value = node.get(key);
        if (value == null || value.isNull()) {
            return Optional.empty();
        }
        if (!value.isTextual() && !value.isIntegralNumber()) {
            throw wrong("key \"" + key + "\" is not a string");
        }
        return Optional.of(value.asText());
    }

    /// The strings of a list, none when the key is missing.
    List<String> texts(String key) throws DataException {
        JsonNode value = node.get(key);
        List<String> texts = new ArrayList<>();
        if (value == null) {
            return texts;
        }
        if (!value.isArray()) {
            throw wrong("key \"" + key + "\" is not a list");
        }
        for (JsonNode text : value) {
            if (!text.isTextual()) {
                throw wrong("key \"" + key + "\" holds something that is not a string");
            }
            texts.add(text.textValue());
        }
        return texts;
    }

    /// The objects of a list, which must be there.
    List<JsonEntry> entries(String key) throws DataException {
        JsonNode value = node.get(key);
        if (value == null || !value.isArray()) {
            throw wrong("key \"" + key + "\" is missing or not a list");
        }
        List<JsonEntry> entries = new ArrayList<>();
        for (JsonNode entry : value) {
            entries.add(new JsonEntry(file, place + "." + key + "[" + entries.size() + "]", entry));
        }
        return entries;
    }
}
