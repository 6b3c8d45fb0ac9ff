package org.cl2cm.search.internal;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.cl2cm.data.AtomicFile;
import org.cl2cm.data.DataException;
import org.cl2cm.search.CollectionInfo;
import org.cl2cm.search.Generation;
import org.cl2cm.search.Generations;

/// `collection.json`: what the collection is, which generation of its index is live, and which one
/// was before. One file, so that the live generation and the way back change in one instant. Of a
/// collection on a cluster it says how to reach it; what is live there the cluster knows itself.
///
/// @param options what the engine needs to know, see [org.cl2cm.search.EnginePlace]
public record CollectionFile(Generations generations, Map<String, String> options) {
    private static final String NAME = "collection.json";
    private static final int FORMAT = 1;
    private static final String PREVIOUS = "previous";
    private static final String OPTIONS = "engineOptions";
    private static final ObjectMapper JSON = new ObjectMapper();

    public CollectionFile {
        options = java.util.Collections.unmodifiableMap(new TreeMap<>(options));
    }

    /// What the collection was when the file was written.
    public CollectionInfo info() {
        return generations.live().info();
    }

    /// Where it lies in a collection's folder.
    public static Path in(Path folder) {
        return folder.resolve(NAME);
    }

    /// @throws DataException when it is missing or damaged, naming the file and the key
    public static CollectionFile read(Path folder) throws IOException {
        Path file = in(folder);
        try {
            Map<String, Object> keys = JSON.readValue(Files.readString(file), new TypeReference<>() {});
            if (!(keys.get("format") instanceof Integer format)) {
                throw DataException.in(file, "key \"format\" is missing or not a whole number");
            }
            if (format != FORMAT) {
                throw DataException.in(
                        file, "format " + format + " is not known, only " + FORMAT + "; use the version that wrote it");
            }
            Optional<Generation> previous = keys.get(PREVIOUS) instanceof Map<?, ?> before
                    ? Optional.of(Generation.of(before))
                    : Optional.empty();
            return new CollectionFile(new Generations(Generation.of(keys), previous), options(keys));
        } catch (NoSuchFileException e) {
            throw DataException.in(file, "no such file; is this a collection?", e);
        } catch (JsonProcessingException e) {
            throw DataException.in(file, "not JSON: " + e.getOriginalMessage(), e);
        } catch (IllegalArgumentException e) {
            throw DataException.in(file, String.valueOf(e.getMessage()), e);
        }
    }

    private static Map<String, String> options(Map<String, Object> keys) {
        Map<String, String> options = new TreeMap<>();
        if (keys.get(OPTIONS) instanceof Map<?, ?> given) {
            given.forEach((option, value) -> {
                if (!(value instanceof String text)) {
                    throw new IllegalArgumentException(
                            "key \"" + OPTIONS + "." + option + "\": " + value + " is no text");
                }
                options.put(String.valueOf(option), text);
            });
        }
        return options;
    }

    /// Writes it beside and renames.
    public void write(Path folder) throws IOException {
        Map<String, Object> keys = new LinkedHashMap<>();
        keys.put("format", FORMAT);
        keys.putAll(generations.live().described());
        if (!options.isEmpty()) {
            keys.put(OPTIONS, options);
        }
        generations.previous().ifPresent(before -> keys.put(PREVIOUS, before.described()));
        AtomicFile.write(in(folder), JSON.writerWithDefaultPrettyPrinter().writeValueAsString(keys) + "\n");
    }
}
