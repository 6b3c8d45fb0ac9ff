package org.cl2cm.search;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// One generation of a collection.
///
/// @param info what the collection is while this generation is live
/// @param number of its index, from 1
public record Generation(CollectionInfo info, int number) {
    public Generation {
        if (number < 1) {
            throw new IllegalArgumentException("generation " + number + "; they are counted from 1");
        }
    }

    /// Texts, numbers and maps of texts that [#of] reads again: what `collection.json` and the index
    /// of a cluster say of a generation.
    public Map<String, Object> described() {
        Map<String, Object> keys = new LinkedHashMap<>();
        keys.put("name", info.name());
        keys.put("dimension", info.dimension());
        keys.put("model", info.model());
        info.encoder().ifPresent(encoder -> keys.put("encoder", encoder));
        keys.put("engine", info.engine());
        keys.put("created", info.created().toString());
        info.modelFolder().ifPresent(path -> keys.put("modelFolder", path));
        info.mediaRoot().ifPresent(path -> keys.put("mediaRoot", path));
        if (!info.fields().isEmpty()) {
            Map<String, String> fields = new LinkedHashMap<>();
            info.fields().forEach((field, type) -> fields.put(field, type.name().toLowerCase(Locale.ROOT)));
            keys.put("fields", fields);
        }
        keys.put("generation", number);
        return keys;
    }

    /// @param keys as [#described] makes them; others are not looked at
    /// @throws IllegalArgumentException when one is missing or unusable, naming it
    public static Generation of(Map<?, ?> keys) {
        CollectionInfo info = new CollectionInfo(
                text(keys, "name"),
                number(keys, "dimension"),
                text(keys, "model"),
                optional(keys, "encoder"),
                text(keys, "engine"),
                created(text(keys, "created")),
                optional(keys, "modelFolder"),
                optional(keys, "mediaRoot"),
                fields(keys));
        return new Generation(info, number(keys, "generation"));
    }

    private static Instant created(String text) {
        try {
            return Instant.parse(text);
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("key \"created\": " + e.getMessage(), e);
        }
    }

    private static Map<String, FieldType> fields(Map<?, ?> keys) {
        Map<String, FieldType> fields = new LinkedHashMap<>();
        if (keys.get("fields") instanceof Map<?, ?> declared) {
            declared.forEach((field, type) -> {
                try {
                    fields.put(
                            String.valueOf(field),
                            FieldType.valueOf(String.valueOf(type).toUpperCase(Locale.ROOT)));
                } catch (IllegalArgumentException e) {
                    throw new IllegalArgumentException(
                            "key \"fields." + field + "\": \"" + type
                                    + "\" is no kind of field; use the version that wrote it",
                            e);
                }
            });
        }
        return fields;
    }

    private static String text(Map<?, ?> keys, String key) {
        return optional(keys, key)
                .orElseThrow(() -> new IllegalArgumentException("key \"" + key + "\" is missing or not a text"));
    }

    private static Optional<String> optional(Map<?, ?> keys, String key) {
        return keys.get(key) instanceof String text ? Optional.of(text) : Optional.empty();
    }

    private static int number(Map<?, ?> keys, String key) {
        if (keys.get(key) instanceof Integer number && number >= 1) {
            return number;
        }
        throw new IllegalArgumentException("key \"" + key + "\" is missing or not a whole number of at least 1");
    }
}
