package org.cl2cm.search.internal;

import java.io.IOException;
import java.util.ServiceLoader;
import java.util.TreeMap;
import org.cl2cm.data.DataException;
import org.cl2cm.search.CollectionInfo;
import org.cl2cm.search.EnginePlace;
import org.cl2cm.search.EngineProvider;
import org.cl2cm.search.GenerationStore;

/// The engines there are. Safe for use by many threads.
public final class Engines {
    private final LuceneProvider lucene = new LuceneProvider();
    /// By name; filled when another engine than Lucene is asked for.
    private final TreeMap<String, EngineProvider> found = new TreeMap<>();

    /// Opens a store of the engine `name`.
    ///
    /// @throws DataException when there is no such engine, naming those there are
    public GenerationStore open(String name, EnginePlace place) throws IOException {
        return name.equals(CollectionInfo.LUCENE)
                ? lucene.open(place)
                : other(name).open(place);
    }

    private synchronized EngineProvider other(String name) throws IOException {
        if (found.isEmpty()) {
            found.put(lucene.name(), lucene);
            ServiceLoader.load(EngineProvider.class).forEach(provider -> found.put(provider.name(), provider));
        }
        EngineProvider provider = found.get(name);
        if (provider == null) {
            throw new DataException(
                    "there is no engine \"" + name + "\"; there are: " + String.join(", ", found.keySet()));
        }
        return provider;
    }
}
