package org.cl2cm.cli;

import java.nio.file.Path;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.cl2cm.model.CacheFolder;
import org.cl2cm.search.Collections;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Where collections live, the same option for every verb.
final class CollectionsOption {
    /// Says at every start which CPU instructions it found; only its warnings are of use here. Held,
    /// because the logging system forgets loggers that nobody holds.
    private static final Logger LUCENE = Logger.getLogger("org.apache.lucene.internal.vectorization");

    @Option(
            names = "--collections",
            paramLabel = "DIR",
            description = "folder of the collections (default: collections in CL2CM_HOME)")
    private @Nullable Path folder;

    Collections open() {
        LUCENE.setLevel(Level.WARNING);
        return Collections.in(folder == null ? CacheFolder.home().resolve("collections") : folder);
    }
}
