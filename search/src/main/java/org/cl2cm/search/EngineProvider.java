package org.cl2cm.search;

import java.io.IOException;

/// Brings an engine: the one inside this process is built in, others are found by
/// [java.util.ServiceLoader]. Safe for use by many threads.
public interface EngineProvider {
    /// What `collection.json` and `--engine` call it: small letters, digits and `-`.
    String name();

    /// Gives access to the indexes of a collection. Creates nothing.
    ///
    /// @throws org.cl2cm.data.DataException when an option is unknown, missing or unusable, naming it
    GenerationStore open(EnginePlace place) throws IOException;
}
