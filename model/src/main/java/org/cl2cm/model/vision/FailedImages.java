package org.cl2cm.model.vision;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.cl2cm.data.AtomicFile;
import org.cl2cm.data.JsonLines;

/// The images that could not be encoded, `errors.jsonl`, in the order of the images.
final class FailedImages {
    private static final ObjectMapper JSON = new ObjectMapper();

    /// One image and why it has no features.
    record Failure(String id, String file, String reason) {}

    private final Path file;
    private final Map<String, Failure> failures = new LinkedHashMap<>();

    private FailedImages(Path file) {
        this.file = file;
    }

    static Path file(Path folder) {
        return folder.resolve("errors.jsonl");
    }

    /// Reads the failures of finished partitions. Those of a partition that was not finished will be
    /// found again.
    ///
    /// @param finished ids of all images of finished partitions
    static FailedImages read(Path folder, Set<String> finished) throws IOException {
        FailedImages failed = new FailedImages(file(folder));
        if (Files.exists(failed.file)) {
            JsonLines.forEach(failed.file, (line, node) -> {
                String id = JsonLines.text(failed.file, line, node, "id");
                if (finished.contains(id)) {
                    failed.failures.put(
                            id,
                            new Failure(
                                    id,
                                    JsonLines.text(failed.file, line, node, "file"),
                                    JsonLines.text(failed.file, line, node, "reason")));
                }
            });
        }
        return failed;
    }

    void add(List<Failure> more) {
        for (Failure failure : more) {
            failures.put(failure.id(), failure);
        }
    }

    boolean contains(String id) {
        return failures.containsKey(id);
    }

    int size() {
        return failures.size();
    }

    void write() throws IOException {
        AtomicFile.write(file, out -> {
            for (Failure failure : failures.values()) {
                out.write(JSON.writeValueAsString(failure).getBytes(StandardCharsets.UTF_8));
                out.write('\n');
            }
        });
    }
}
