package org.cl2cm.search.internal;

import java.io.IOException;
import org.cl2cm.data.DataException;
import org.cl2cm.search.CollectionInfo;
import org.cl2cm.search.EnginePlace;
import org.cl2cm.search.EngineProvider;
import org.cl2cm.search.GenerationStore;

/// The engine inside this process.
final class LuceneProvider implements EngineProvider {
    @Override
    public String name() {
        return CollectionInfo.LUCENE;
    }

    @Override
    public GenerationStore open(EnginePlace place) throws IOException {
        if (!place.options().isEmpty()) {
            throw new DataException("the engine lucene takes no options, but was given: "
                    + String.join(", ", place.options().keySet()));
        }
        return new LuceneStore(place.home(), place.settings());
    }
}
