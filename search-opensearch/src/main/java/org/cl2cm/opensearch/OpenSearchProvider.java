package org.cl2cm.opensearch;

import java.io.IOException;
import java.util.function.Function;
import org.cl2cm.search.EnginePlace;
import org.cl2cm.search.EngineProvider;
import org.cl2cm.search.GenerationStore;
import org.jspecify.annotations.Nullable;

/// The engine `opensearch`: collections on a cluster. Its options are those of [ClusterOptions].
public final class OpenSearchProvider implements EngineProvider {
    /// Its name.
    public static final String NAME = "opensearch";

    private final Connections connections;

    /// Found by [java.util.ServiceLoader].
    public OpenSearchProvider() {
        this(System::getenv);
    }

    OpenSearchProvider(Function<String, @Nullable String> environment) {
        this.connections = new Connections(environment);
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public GenerationStore open(EnginePlace place) throws IOException {
        ClusterOptions options = ClusterOptions.of(place.options());
        return new ClusterStore(
                new ClusterClient(connections.to(options.access()), place.collection()), options, place.settings());
    }
}
