package org.cl2cm.cli;

import java.nio.file.Path;
import org.cl2cm.model.CacheFolder;
import org.cl2cm.search.Collections;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Where collections live, the same option for every verb.
final class CollectionsOption {
    @Option(
            names = "--collections",
            paramLabel = "DIR",
            description = "folder of the collections (default: collections in CL2CM_HOME)")
    private @Nullable Path folder;

    Collections open() {
        return Collections.in(folder == null ? CacheFolder.home().resolve("collections") : folder);
    }
}
