package org.cl2cm.model;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.cl2cm.data.AtomicFile;
import org.cl2cm.data.DataException;

/// Where a downloaded model folder comes from and what its files were when it was whole: the content of
/// `cl2cm-source.json`, which is written last.
///
/// @param source where from, e.g. the coordinates of an artifact or the address of a repository
/// @param revision which state of it, e.g. the checksum of the artifact or a commit
/// @param license as the publisher names it, or `unknown`
/// @param files by name within the folder
public record ModelOrigin(String source, String revision, String license, Map<String, FileSum> files) {
    /// Name of the file in a model folder.
    public static final String FILE = "cl2cm-source.json";

    private static final ObjectMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    /// @param size in bytes
    /// @param sha256 lower-case hexadecimal
    public record FileSum(
            @JsonProperty(required = true) long size,
            @JsonProperty(required = true) String sha256) {
        public static FileSum of(Path file) throws IOException {
            return new FileSum(Files.size(file), Fingerprint.ofFile(file));
        }
    }

    public ModelOrigin {
        files = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(files));
    }

    /// Empty when the folder has no such file.
    ///
    /// @throws DataException when it has one that cannot be read
    public static Optional<ModelOrigin> read(Path folder) throws IOException {
        Path file = folder.resolve(FILE);
        if (!Files.isRegularFile(file)) {
            return Optional.empty();
        }
        try {
            return Optional.of(JSON.readValue(file.toFile(), ModelOrigin.class));
        } catch (JsonProcessingException e) {
            throw DataException.in(file, e.getOriginalMessage(), e);
        }
    }

    public void write(Path folder) throws IOException {
        byte[] text = JSON.writeValueAsBytes(this);
        AtomicFile.write(folder.resolve(FILE), out -> out.write(text));
    }

    /// Compares the files of `folder` with what they were.
    ///
    /// @param largest size in bytes up to which a file is read to the end; of larger ones only the
    ///     size is compared
    /// @return one line a file that is missing or has changed
    public List<String> changes(Path folder, long largest) throws IOException {
        List<String> changes = new ArrayList<>();
        for (Map.Entry<String, FileSum> entry : files.entrySet()) {
            Path file = folder.resolve(entry.getKey());
            FileSum sum = entry.getValue();
            if (!Files.isRegularFile(file)) {
                changes.add(file + ": is missing");
            } else if (Files.size(file) != sum.size()) {
                changes.add(file + ": has " + Files.size(file) + " bytes, had " + sum.size() + " when it was new");
            } else if (sum.size() <= largest && !Fingerprint.ofFile(file).equals(sum.sha256())) {
                changes.add(file + ": its content differs from when it was new (SHA-256)");
            }
        }
        return changes;
    }
}
