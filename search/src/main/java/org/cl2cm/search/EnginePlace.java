package org.cl2cm.search;

import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/// Where the indexes of one collection lie.
///
/// @param home the collection's folder on this machine
/// @param collection its name
/// @param options what the engine needs to know besides, as `collection.json` holds it: for a cluster
///     its hosts and so on; empty for the engine inside this process
/// @param settings how it is searched
public record EnginePlace(Path home, String collection, Map<String, String> options, EngineSettings settings) {
    public EnginePlace {
        options = java.util.Collections.unmodifiableMap(new TreeMap<>(options));
    }
}
