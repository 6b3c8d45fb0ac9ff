package org.cl2cm.opensearch;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.cl2cm.search.CollectionInfo;
import org.cl2cm.search.FieldType;
import org.cl2cm.search.Generation;
import org.cl2cm.search.VectorQuery;

/// How an index is made on the cluster.
///
/// A document has `id`; `vector`, of length 1; `stored`, the fields as they were given, not indexed;
/// `words.<language>`, the captions' words as [org.cl2cm.search.SearchWords] cuts them, separated by
/// spaces, so that no analyzer of the cluster is needed and both engines have the same words;
/// `languages`, those of them that the item has; `meta.<field>`, the values of declared fields; `has`,
/// which of these there are.
final class IndexSchema {
    static final String ID = "id";
    static final String VECTOR = "vector";
    static final String STORED = "stored";
    static final String WORDS = "words";
    static final String LANGUAGES = "languages";
    static final String META = "meta";
    static final String HAS = "has";

    /// In `_meta`: what the generation is.
    static final String OURS = "cl2cm";

    /// Results that are asked for besides, since the cluster rounds scores.
    static final int MARGIN = 8;

    private static final int NEIGHBOURS = 16;
    private static final int BEAM_WIDTH = 200;
    private static final int MOST_FIELDS = 2_000;

    private IndexSchema() {}

    /// The body of the request that creates the index.
    static Map<String, Object> of(String index, Generation generation, ClusterOptions options) {
        // Nothing is seen before it is committed: only a commit refreshes.
        Map<String, Object> settings = Map.of(
                "knn",
                true,
                "number_of_shards",
                options.shards(),
                "number_of_replicas",
                options.replicas(),
                "refresh_interval",
                "-1",
                "max_result_window",
                VectorQuery.MOST + MARGIN,
                "mapping.total_fields.limit",
                MOST_FIELDS);
        return Map.of(
                "settings", Map.of("index", settings),
                "aliases", Map.of(ClusterNames.writing(index), Map.of()),
                "mappings", mappings(generation, options));
    }

    private static Map<String, Object> mappings(Generation generation, ClusterOptions options) {
        Map<String, Object> properties = new LinkedHashMap<>();
        properties.put(ID, Map.of("type", "keyword"));
        properties.put(VECTOR, vector(generation.info(), options));
        properties.put(STORED, Map.of("type", "object", "enabled", false));
        properties.put(WORDS, Map.of("type", "object", "dynamic", true));
        properties.put(LANGUAGES, Map.of("type", "keyword"));
        properties.put(HAS, Map.of("type", "keyword", "doc_values", false));
        Map<String, Object> declared = new LinkedHashMap<>();
        generation.info().fields().forEach((name, type) -> declared.put(ClusterNames.field(name), type(type)));
        properties.put(META, Map.of("type", "object", "dynamic", "strict", "properties", declared));
        Map<String, Object> word = Map.of("type", "text", "analyzer", "whitespace", "index_options", "freqs");
        return Map.of(
                "dynamic",
                "strict",
                "_meta",
                Map.of(OURS, generation.described()),
                "dynamic_templates",
                List.of(Map.of(
                        WORDS, Map.of("path_match", WORDS + ".*", "match_mapping_type", "string", "mapping", word))),
                "properties",
                properties);
    }

    private static Map<String, Object> vector(CollectionInfo info, ClusterOptions options) {
        Map<String, Object> parameters = new LinkedHashMap<>();
        parameters.put("m", NEIGHBOURS);
        parameters.put("ef_construction", BEAM_WIDTH);
        if (options.int8()) {
            parameters.put("encoder", Map.of("name", "sq"));
        }
        return Map.of(
                "type", "knn_vector",
                "dimension", info.dimension(),
                "method",
                        Map.of(
                                "name", "hnsw",
                                "engine", "lucene",
                                "space_type", "innerproduct",
                                "parameters", parameters));
    }

    private static Map<String, Object> type(FieldType type) {
        return switch (type) {
            case KEYWORD, TEXT -> Map.of("type", "keyword", "doc_values", false);
            case NUMBER -> Map.of("type", "double", "doc_values", false);
            case DATE -> Map.of("type", "long", "doc_values", false);
        };
    }
}
