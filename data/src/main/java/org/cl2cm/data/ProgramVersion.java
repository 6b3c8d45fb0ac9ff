package org.cl2cm.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// Which state of this program runs.
///
/// @param number of the release
/// @param revision git revision it was built from, with `-dirty` where files had changed, or `unknown`
public record ProgramVersion(String number, String revision) {
    private static final String NUMBER = "0.1.0";

    /// The revision is what the launcher wrote down when it built, at the top of a distribution.
    public static ProgramVersion current() throws IOException {
        String root = System.getProperty("cl2cm.root");
        if (root != null) {
            for (Path file : List.of(Path.of(root, "revision.txt"), Path.of(root, "cli", "target", "revision.txt"))) {
                if (Files.exists(file)) {
                    return new ProgramVersion(NUMBER, Files.readString(file).strip());
                }
            }
        }
        return new ProgramVersion(NUMBER, "unknown");
    }

    @Override
    public String toString() {
        return number + " (" + revision + ")";
    }
}
