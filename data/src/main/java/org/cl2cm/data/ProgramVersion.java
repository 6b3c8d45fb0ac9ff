package org.cl2cm.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Which state of this program runs.
///
/// @param number of the release
/// @param revision git revision it was built from, with `-dirty` where files had changed, or `unknown`
public record ProgramVersion(String number, String revision) {
    private static final String NUMBER = "0.1.0";

    /// The revision is what the launcher wrote down when it built.
    public static ProgramVersion current() throws IOException {
        String root = System.getProperty("cl2cm.root");
        Path file = root == null ? null : Path.of(root, "cli", "target", "revision.txt");
        String revision =
                file != null && Files.exists(file) ? Files.readString(file).strip() : "unknown";
        return new ProgramVersion(NUMBER, revision);
    }

    @Override
    public String toString() {
        return number + " (" + revision + ")";
    }
}
