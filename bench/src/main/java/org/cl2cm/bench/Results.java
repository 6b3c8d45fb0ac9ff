package org.cl2cm.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.cl2cm.data.AtomicFile;
import org.cl2cm.data.DataException;

/// Results as JSON files in one folder, until the page is made of them.
public final class Results {
    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(SerializationFeature.INDENT_OUTPUT)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    private final Path folder;

    public Results(Path folder) {
        this.folder = folder;
    }

    /// The folder itself, where the data of the measurements lie as well.
    public Path folder() {
        return folder;
    }

    /// @param name without `.json`
    public void write(String name, Object result) throws IOException {
        AtomicFile.write(file(name), text(result) + "\n");
    }

    public static String text(Object result) throws IOException {
        return JSON.writeValueAsString(result);
    }

    /// On one line.
    public static String line(Object result) throws IOException {
        return JSON.writer().without(SerializationFeature.INDENT_OUTPUT).writeValueAsString(result);
    }

    /// @throws DataException when the file holds something else
    public <T> Optional<T> read(String name, Class<T> type) throws IOException {
        Path file = file(name);
        return Files.exists(file) ? Optional.of(parse(file, Files.readString(file), type)) : Optional.empty();
    }

    /// @param from what `text` is, for errors
    public static <T> T parse(Path from, String text, Class<T> type) throws IOException {
        try {
            return JSON.readValue(text, type);
        } catch (JsonProcessingException e) {
            throw DataException.in(from, "no result of this version: " + e.getOriginalMessage(), e);
        }
    }

    /// All results whose names begin so, in the order of the names.
    public <T> List<T> all(String prefix, Class<T> type) throws IOException {
        List<Path> files = new ArrayList<>();
        if (Files.isDirectory(folder)) {
            try (var listing = Files.newDirectoryStream(folder, prefix + "*.json")) {
                listing.forEach(files::add);
            }
        }
        files.sort(null);
        List<T> all = new ArrayList<>();
        for (Path file : files) {
            all.add(parse(file, Files.readString(file), type));
        }
        return all;
    }

    private Path file(String name) {
        return folder.resolve(name + ".json");
    }
}
