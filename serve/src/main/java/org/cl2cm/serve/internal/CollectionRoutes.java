package org.cl2cm.serve.internal;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.cl2cm.search.CollectionInfo;
import org.cl2cm.search.CollectionStats;
import org.cl2cm.search.VectorEngine;

/// `GET /v1/collections` and `GET /v1/collections/{collection}`.
final class CollectionRoutes {
    private final ServedCollections collections;

    CollectionRoutes(ServedCollections collections) {
        this.collections = collections;
    }

    Answer list(Exchange exchange) throws IOException {
        List<Map<String, Object>> all = collections.each(collection -> collection.read(CollectionRoutes::described));
        return Answer.json(Map.of("collections", all));
    }

    Answer info(Exchange exchange) throws IOException {
        return collections.use(
                exchange.variable("collection"),
                collection -> Answer.json(collection.read(CollectionRoutes::described)));
    }

    private static Map<String, Object> described(VectorEngine engine) throws IOException {
        CollectionInfo info = engine.info();
        CollectionStats stats = engine.stats();
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("name", info.name());
        all.put("dimension", info.dimension());
        all.put("model", info.model());
        all.put("text_queries", info.modelFolder().isPresent());
        all.put("engine", info.engine());
        all.put("created", info.created().toString());
        Map<String, String> fields = new LinkedHashMap<>();
        info.fields().forEach((field, type) -> fields.put(field, small(type)));
        all.put("fields", fields);
        Map<String, Object> size = new LinkedHashMap<>();
        size.put("items", stats.items());
        size.put("deleted", stats.deleted());
        size.put("segments", stats.segments());
        size.put("bytes", stats.bytes());
        size.put("method", small(stats.method()));
        size.put("generation", stats.generation());
        all.put("stats", size);
        return all;
    }

    private static String small(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
