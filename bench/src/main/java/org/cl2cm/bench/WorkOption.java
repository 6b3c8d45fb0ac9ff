package org.cl2cm.bench;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Where the data and the results of the measurements of search lie, the same option for every verb.
final class WorkOption {
    @Option(
            names = "--work",
            paramLabel = "DIR",
            description = "folder of vectors, collections and results (default: bench/target/measure)")
    private @Nullable Path folder;

    /// The folder of the repository.
    static Path root() {
        return Path.of(System.getProperty("cl2cm.root", ".")).toAbsolutePath().normalize();
    }

    Results results() {
        return new Results(folder == null ? root().resolve("bench/target/measure") : folder);
    }
}
