package org.cl2cm.data;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// JSONL reading with file, line and key in every error.
public final class JsonLines {
    /// Strict: a key that stands twice, or text after the object, is an error.
    static final ObjectMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    /// Takes one line.
    @FunctionalInterface
    public interface Reader {
        void accept(long line, JsonNode node) throws IOException;
    }

    private JsonLines() {}

    /// Reads every line that is not blank.
    public static void forEach(Path file, Reader reader) throws IOException {
        TextLines.forEach(file, (line, text) -> {
            if (!text.isBlank()) {
                reader.accept(line, parse(file, line, text));
            }
        });
    }

    /// @throws DataException when `text` is not one JSON object
    public static JsonNode parse(Path file, long line, String text) throws DataException {
        JsonNode node;
        try {
            node = JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw DataException.at(file, line, "not one JSON object: " + e.getOriginalMessage());
        }
        if (!node.isObject()) {
            throw DataException.at(file, line, "not a JSON object");
        }
        return node;
    }

    /// The string at `key`, which must be there.
    public static String text(Path file, long line, JsonNode node, String key) throws DataException {
        return optionalText(file, line, node, key)
                .orElseThrow(() -> DataException.at(file, line, "key \"" + key + "\" is missing"));
    }

    /// The string at `key`, empty when missing or null.
    public static Optional<String> optionalText(Path file, long line, JsonNode node, String key) throws DataException {
        JsonNode value = node.get(key);
        if (value == null || value.isNull()) {
            return Optional.empty();
        }
        if (!value.isTextual()) {
            throw DataException.at(file, line, "key \"" + key + "\" is not a string");
        }
        return Optional.of(value.textValue());
    }

    /// The object at `key`, an empty one when missing.
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

    /// The list of strings and nulls at `key`, which must be there.
    public static List<@Nullable String> texts(Path file, long line, JsonNode node, String key) throws DataException {
        JsonNode value = node.get(key);
        if (value == null) {
            throw DataException.at(file, line, "key \"" + key + "\" is missing");
        }
        return list(file, line, value, key);
    }

    /// `value` as a list of strings and nulls; `key` is its name in errors.
    static List<@Nullable String> list(Path file, long line, JsonNode value, String key) throws DataException {
        if (!value.isArray()) {
            throw DataException.at(file, line, "key \"" + key + "\" is not a list");
        }
        List<@Nullable String> texts = new ArrayList<>();
        for (JsonNode text : value) {
            if (text.isNull()) {
                texts.add(null);
            } else if (text.isTextual()) {
                texts.add(text.textValue());
            } else {
                throw DataException.at(file, line, "key \"" + key + "\" holds something that is not a string");
            }
        }
        return Collections.unmodifiableList(texts);
    }

    /// `value` as a list of strings, null refused.
    static List<String> strings(Path file, long line, JsonNode value, String key) throws DataException {
        List<String> texts = new ArrayList<>();
        for (String text : list(file, line, value, key)) {
            if (text == null) {
                throw DataException.at(file, line, "key \"" + key + "\" holds null");
            }
            texts.add(text);
        }
        return Collections.unmodifiableList(texts);
    }
}
