package org.cl2cm.opensearch;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.cl2cm.data.DataException;
import org.cl2cm.search.SearchWords;
import org.jspecify.annotations.Nullable;

/// What is asked of one index. Its copies may lie on many nodes: an answer from a part of the shards is
/// never taken for the whole. Safe for use by many threads.
final class IndexQuestions {
    private static final int MOST_CANDIDATES = 10_000;
    private static final int MOST_LANGUAGES = 1_000;
    /// The cluster takes 1,024 clauses in a query; a filter may have 500 of them.
    private static final int MOST_WORD_CLAUSES = 400;

    private static final long MOST_BYTES = 8 << 20;
    private static final String USUAL = "query_then_fetch";
    /// A word is as rare as it is in the whole collection, not in one shard.
    private static final String WORDS_OF_ALL_SHARDS = "dfs_query_then_fetch";

    private final ClusterClient client;
    private final String index;
    private final int itemBytes;
    /// The same copies of the shards are asked again and again, so that one engine never sees less than
    /// it saw; other engines ask others.
    private final String preference = UUID.randomUUID().toString();

    /// @param itemBytes of an item in an answer, roughly
    IndexQuestions(ClusterClient client, String index, int itemBytes) {
        this.client = client;
        this.index = index;
        this.itemBytes = itemBytes;
    }

    /// What there is.
    ///
    /// @param languages of captions, sorted
    record Seen(long items, List<String> languages) {}

    /// The question for the nearest items among all that the filter leaves.
    static Map<String, Object> nearestOfAll(float[] vector, Optional<Map<String, Object>> filter) {
        return compared(
                vector,
                filter.map(only -> Map.<String, Object>of("bool", Map.of("filter", List.of(only))))
                        .orElse(Map.of("match_all", Map.of())));
    }

    /// The question for the nearest items among the candidates that the graph of each shard gives.
    static Map<String, Object> nearestOfGraph(float[] vector, int candidates, Optional<Map<String, Object>> filter) {
        Map<String, Object> graph = new LinkedHashMap<>();
        graph.put("vector", vector);
        graph.put("k", Math.min(MOST_CANDIDATES, candidates));
        filter.ifPresent(only -> graph.put("filter", only));
        return compared(vector, Map.of("knn", Map.of(IndexSchema.VECTOR, graph)));
    }

    /// What `query` finds, by its vector in full precision.
    private static Map<String, Object> compared(float[] vector, Map<String, Object> query) {
        Map<String, Object> script = Map.of(
                "lang",
                "knn",
                "source",
                "knn_score",
                "params",
                Map.of("field", IndexSchema.VECTOR, "query_value", vector, "space_type", "innerproduct"));
        return Map.of("script_score", Map.of("query", query, "script", script));
    }

    /// Ids of the items whose captions suit `words` best by BM25, best first.
    List<String> byWords(String words, List<String> languages, int size, Optional<Map<String, Object>> filter)
            throws IOException {
        List<Map<String, Object>> each = new ArrayList<>();
        for (String language : languages) {
            String field = IndexSchema.WORDS + "." + ClusterNames.field(language);
            List<Map<String, Map<String, String>>> terms = SearchWords.ofQuery(language, words).stream()
                    .limit(Math.max(1, MOST_WORD_CLAUSES / languages.size()))
                    .map(word -> Map.of("term", Map.of(field, ItemLines.wellFormed(word))))
                    .toList();
            if (!terms.isEmpty()) {
                each.add(Map.of("bool", Map.of("should", terms)));
            }
        }
        if (each.isEmpty()) {
            return List.of();
        }
        Map<String, Object> bool = new LinkedHashMap<>();
        bool.put("must", List.of(Map.of("dis_max", Map.of("queries", each, "tie_breaker", SearchWords.TIE))));
        filter.ifPresent(only -> bool.put("filter", List.of(only)));
        return ids(Map.of("bool", bool), size, WORDS_OF_ALL_SHARDS);
    }

    /// Ids of what `query` finds, best first, ties by id.
    List<String> ids(Map<String, Object> query, int size) throws IOException {
        return ids(query, size, USUAL);
    }

    private List<String> ids(Map<String, Object> query, int size, String type) throws IOException {
        List<String> ids = new ArrayList<>();
        for (Answers.Found found : found(query, size, false, type)) {
            List<Object> sort = found.sort();
            if (sort != null) {
                ids.add(String.valueOf(sort.get(1)));
            }
        }
        return ids;
    }

    /// What `query` finds, best first, ties by id: at once, or ids first where one answer would be too
    /// large.
    List<Answers.Source> items(Map<String, Object> query, int size) throws IOException {
        if ((long) size * itemBytes > MOST_BYTES) {
            return items(ids(query, size));
        }
        List<Answers.Source> items = new ArrayList<>();
        for (Answers.Found found : found(query, size, true, USUAL)) {
            items.add(source(found.source()));
        }
        return items;
    }

    /// The items of some ids, in their order; those that are gone are left out.
    List<Answers.Source> items(List<String> ids) throws IOException {
        int batch = (int) Math.max(1, MOST_BYTES / itemBytes);
        List<Answers.Source> items = new ArrayList<>(ids.size());
        for (int from = 0; from < ids.size(); from += batch) {
            List<String> some = ids.subList(from, Math.min(ids.size(), from + batch));
            for (Answers.Document document : documents(some)) {
                if (document.found()) {
                    items.add(source(document.source()));
                }
            }
        }
        return items;
    }

    static Answers.Source source(Answers.@Nullable Source source) throws DataException {
        if (source == null) {
            throw new DataException("the cluster gives an item without its _source, which cl2cm needs");
        }
        return source;
    }

    private List<Answers.Document> documents(List<String> ids) throws IOException {
        ClusterClient.Ask wanted = new ClusterClient.Ask(
                "POST",
                "/" + index + "/_mget",
                Map.of("realtime", "false", "preference", preference),
                Map.of("ids", ids.stream().map(ClusterNames::document).toList()));
        long start = System.nanoTime();
        for (int attempt = 0; ; attempt++) {
            List<Answers.Document> documents = client.ask(wanted, Answers.Documents.class, ClusterClient.READING)
                    .docs();
            Optional<Answers.Document> failed = documents.stream()
                    .filter(document -> document.error() != null)
                    .findFirst();
            if (failed.isEmpty()) {
                return documents;
            }
            // The copy that was asked has just gone; the next answer comes from another.
            client.pause(
                    attempt,
                    start,
                    ClusterClient.READING,
                    new IOException(String.valueOf(failed.get().error())));
        }
    }

    /// How many items a filter leaves.
    long count(Map<String, Object> filter) throws IOException {
        return total(ask(
                Map.of("query", Map.of("bool", Map.of("filter", List.of(filter))), "size", 0, "track_total_hits", true),
                USUAL));
    }

    /// What there is now. The cluster remembers the answer while nothing changes.
    Seen seen() throws IOException {
        Map<String, Object> languages = Map.of("field", IndexSchema.LANGUAGES, "size", MOST_LANGUAGES);
        Answers.Search answer = ask(
                Map.of(
                        "size",
                        0,
                        "track_total_hits",
                        true,
                        "aggs",
                        Map.of(IndexSchema.LANGUAGES, Map.of("terms", languages))),
                USUAL);
        return new Seen(
                total(answer),
                answer.aggregations() == null || answer.aggregations().languages() == null
                        ? List.of()
                        : answer.aggregations().languages().buckets().stream()
                                .map(Answers.Bucket::key)
                                .sorted()
                                .toList());
    }

    private static long total(Answers.Search answer) {
        Answers.@Nullable Total total = answer.hits().total();
        return total == null ? 0 : total.value();
    }

    private List<Answers.Found> found(Map<String, Object> query, int size, boolean withSource, String type)
            throws IOException {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("query", query);
        body.put("size", size);
        body.put("_source", withSource);
        body.put("track_total_hits", false);
        body.put("sort", List.of(Map.of("_score", "desc"), Map.of(IndexSchema.ID, "asc")));
        return ask(body, type).hits().hits();
    }

    private Answers.Search ask(Map<String, Object> body, String type) throws IOException {
        return client.ask(
                new ClusterClient.Ask(
                        "POST",
                        "/" + index + "/_search",
                        Map.of(
                                "preference", preference,
                                "search_type", type,
                                "allow_partial_search_results", "false"),
                        body),
                Answers.Search.class,
                ClusterClient.READING);
    }
}
