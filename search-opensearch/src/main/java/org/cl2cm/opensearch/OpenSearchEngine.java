package org.cl2cm.opensearch;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.cl2cm.data.DataException;
import org.cl2cm.search.CollectionInfo;
import org.cl2cm.search.CollectionStats;
import org.cl2cm.search.EngineSettings;
import org.cl2cm.search.Generation;
import org.cl2cm.search.Hit;
import org.cl2cm.search.IndexedItem;
import org.cl2cm.search.ItemStatus;
import org.cl2cm.search.ItemStatus.Outcome;
import org.cl2cm.search.RankFusion;
import org.cl2cm.search.SearchWords;
import org.cl2cm.search.UnitVector;
import org.cl2cm.search.VectorEngine;
import org.cl2cm.search.VectorItem;
import org.cl2cm.search.VectorQuery;
import org.jspecify.annotations.Nullable;

/// A collection in an index of a cluster: exact below a number of items, a graph (HNSW) above it. The
/// cluster chooses the nearest items; scores and their order are computed here from their vectors, so
/// that they are those of the engine inside this process.
final class OpenSearchEngine implements VectorEngine {
    private static final int MOST_CANDIDATES = 10_000;
    private static final int MOST_LANGUAGES = 1_000;
    /// The cluster takes 1,024 clauses in a query; a filter may have 500 of them.
    private static final int MOST_WORD_CLAUSES = 400;

    private static final long MOST_BYTES = 8 << 20;
    private static final int BYTES_OF_A_NUMBER = 12;
    private static final int BYTES_BESIDE = 2_000;
    private static final long FIRST_PAUSE = 20;
    private static final long LONGEST_PAUSE = 2_000;

    private final ClusterClient client;
    private final Generation generation;
    private final CollectionInfo info;
    private final EngineSettings settings;
    private final Optional<ClusterLock> lock;
    private final String index;
    private final int itemBytes;
    /// One engine asks the same copies of the shards again and again, so that it never sees less than
    /// it saw; other engines ask others.
    private final String preference = UUID.randomUUID().toString();

    private volatile Seen seen = new Seen(0, List.of());
    private volatile boolean written;

    /// What the last refresh saw.
    private record Seen(long items, List<String> languages) {}

    /// An item whose vector was compared.
    private record Candidate(float score, Answers.Source item) {
        Hit hit() {
            return new Hit(item.id(), score, item.stored());
        }
    }

    private OpenSearchEngine(
            ClusterClient client, Generation generation, EngineSettings settings, Optional<ClusterLock> lock) {
        this.client = client;
        this.generation = generation;
        this.info = generation.info();
        this.settings = settings;
        this.lock = lock;
        this.index = ClusterNames.index(info.name(), generation.number());
        this.itemBytes = BYTES_OF_A_NUMBER * info.dimension() + BYTES_BESIDE;
    }

    /// @param client closed with the engine, also when it cannot be opened
    /// @param lock of the writer, closed in the same way; empty for reading
    static OpenSearchEngine open(
            ClusterClient client, Generation generation, EngineSettings settings, Optional<ClusterLock> lock)
            throws IOException {
        OpenSearchEngine engine = new OpenSearchEngine(client, generation, settings, lock);
        try {
            engine.look();
            return engine;
        } catch (IOException | RuntimeException e) {
            engine.leave();
            throw e;
        }
    }

    @Override
    public CollectionInfo info() {
        return info;
    }

    @Override
    public List<ItemStatus> upsert(List<VectorItem> items) throws IOException {
        writer();
        ItemStatus[] statuses = new ItemStatus[items.size()];
        List<BulkWriter.Operation> operations = new ArrayList<>();
        List<Integer> places = new ArrayList<>();
        for (int i = 0; i < statuses.length; i++) {
            VectorItem item = items.get(i);
            try {
                operations.add(new BulkWriter.Operation(item.id(), ItemLines.store(IndexedItem.of(item, info))));
                places.add(i);
            } catch (IllegalArgumentException e) {
                statuses[i] = new ItemStatus(item.id(), Outcome.REFUSED, String.valueOf(e.getMessage()));
            }
        }
        written = written || !operations.isEmpty();
        List<Answers.Done> done = new BulkWriter(client, index).send(operations);
        for (int i = 0; i < done.size(); i++) {
            String id = operations.get(i).id();
            statuses[places.get(i)] = done.get(i).status() < 300
                    ? new ItemStatus(id, Outcome.STORED)
                    : new ItemStatus(id, Outcome.REFUSED, reason(done.get(i)));
        }
        return List.of(statuses);
    }

    private static String reason(Answers.Done done) {
        Answers.@Nullable Failure failure = done.error();
        return "the cluster answers " + done.status()
                + (failure == null ? "" : ": " + failure.type() + ": " + failure.reason());
    }

    @Override
    public List<ItemStatus> delete(List<String> ids) throws IOException {
        writer();
        List<BulkWriter.Operation> operations = new ArrayList<>();
        for (String id : ids) {
            if (isPossible(id)) {
                operations.add(new BulkWriter.Operation(id, ItemLines.remove(id)));
            }
        }
        written = written || !operations.isEmpty();
        var done = new BulkWriter(client, index).send(operations).iterator();
        List<ItemStatus> statuses = new ArrayList<>(ids.size());
        for (String id : ids) {
            if (!isPossible(id)) {
                statuses.add(new ItemStatus(id, Outcome.MISSING));
                continue;
            }
            Answers.Done one = done.next();
            if (one.status() >= 300 && one.status() != 404) {
                throw new DataException(
                        "collection \"" + info.name() + "\": item \"" + id + "\" cannot be removed: " + reason(one));
            }
            statuses.add(new ItemStatus(id, one.status() == 404 ? Outcome.MISSING : Outcome.DELETED));
        }
        return statuses;
    }

    /// An item of any other id cannot have been stored.
    private static boolean isPossible(String id) {
        return !id.isEmpty() && ItemLines.wellFormed(id).equals(id);
    }

    @Override
    public List<Hit> search(VectorQuery query) throws IOException {
        info.checkModel(query.model());
        float[] vector = UnitVector.of(query.vector(), info.dimension());
        Optional<Map<String, Object>> filter = query.filter().map(FilterClauses::of);
        Seen now = seen;
        // A filter leaves no more than there are.
        long among = filter.isPresent() && now.items >= settings.exactBelow() ? count(filter.get()) : now.items;
        if (query.words().isPresent()) {
            // Fusion looks deeper into both lists than the results that are asked for.
            int depth = Math.max(query.top(), EngineSettings.FEWEST_CANDIDATES);
            List<String> nearest = ids(nearest(vector, depth, among, filter), depth, "query_then_fetch");
            List<String> fused = RankFusion.fused(
                    List.of(nearest, byWords(query.words().get(), now.languages, depth, filter)), query.top());
            return compared(vector, fetched(fused)).stream().map(Candidate::hit).toList();
        }
        int wanted = query.top() + IndexSchema.MARGIN;
        Map<String, Object> nearest = nearest(vector, wanted, among, filter);
        List<Answers.Source> items = (long) wanted * itemBytes <= MOST_BYTES
                ? sources(found(nearest, wanted, true, "query_then_fetch"))
                : fetched(ids(nearest, wanted, "query_then_fetch"));
        return compared(vector, items).stream()
                .sorted(Comparator.comparingDouble((Candidate candidate) -> -candidate.score)
                        .thenComparing(candidate -> candidate.item.id()))
                .limit(query.top())
                .map(Candidate::hit)
                .toList();
    }

    private List<Candidate> compared(float[] query, List<Answers.Source> items) {
        return items.stream()
                .map(item -> new Candidate(UnitVector.cosine(query, item.vector()), item))
                .toList();
    }

    /// @param among how many items are to be searched
    private CollectionStats.Method method(long among) {
        return among < settings.exactBelow() ? CollectionStats.Method.EXACT : CollectionStats.Method.GRAPH;
    }

    /// The question for the nearest items, all compared in full precision: every one that the filter
    /// leaves, or the best of the graph of each shard.
    private Map<String, Object> nearest(float[] vector, int depth, long among, Optional<Map<String, Object>> filter) {
        Map<String, Object> compared;
        if (method(among) == CollectionStats.Method.EXACT) {
            compared = filter.map(only -> Map.<String, Object>of("bool", Map.of("filter", List.of(only))))
                    .orElse(Map.of("match_all", Map.of()));
        } else {
            Map<String, Object> graph = new LinkedHashMap<>();
            graph.put("vector", vector);
            graph.put("k", Math.min(MOST_CANDIDATES, settings.candidates(depth)));
            filter.ifPresent(only -> graph.put("filter", only));
            compared = Map.of("knn", Map.of(IndexSchema.VECTOR, graph));
        }
        Map<String, Object> script = Map.of(
                "lang",
                "knn",
                "source",
                "knn_score",
                "params",
                Map.of("field", IndexSchema.VECTOR, "query_value", vector, "space_type", "innerproduct"));
        return Map.of("script_score", Map.of("query", compared, "script", script));
    }

    /// Ids of the items whose captions suit `words` best by BM25.
    private List<String> byWords(String words, List<String> languages, int depth, Optional<Map<String, Object>> filter)
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
        // A word is as rare as it is in the whole collection, not in one shard.
        return ids(Map.of("bool", bool), depth, "dfs_query_then_fetch");
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

    private static List<Answers.Source> sources(List<Answers.Found> found) throws IOException {
        List<Answers.Source> sources = new ArrayList<>(found.size());
        for (Answers.Found one : found) {
            sources.add(source(one.source()));
        }
        return sources;
    }

    static Answers.Source source(Answers.@Nullable Source source) throws DataException {
        if (source == null) {
            throw new DataException("the cluster gives an item without its _source, which cl2cm needs");
        }
        return source;
    }

    /// The items of some ids, in their order; those that are gone are left out.
    private List<Answers.Source> fetched(List<String> ids) throws IOException {
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

    private List<Answers.Document> documents(List<String> ids) throws IOException {
        long start = System.nanoTime();
        for (int attempt = 0; ; attempt++) {
            List<Answers.Document> documents = client.ask(
                            new ClusterClient.Ask(
                                    "POST",
                                    "/" + index + "/_mget",
                                    Map.of("realtime", "false", "preference", preference),
                                    Map.of(
                                            "ids",
                                            ids.stream()
                                                    .map(ClusterNames::document)
                                                    .toList())),
                            Answers.Documents.class,
                            ClusterClient.READING)
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

    @Override
    public Optional<VectorItem> get(String id) throws IOException {
        if (!isPossible(id)) {
            return Optional.empty();
        }
        return fetched(List.of(id)).stream()
                .findFirst()
                .map(item -> new VectorItem(item.id(), item.vector(), item.stored()));
    }

    @Override
    public void forEach(ItemVisitor visitor) throws IOException {
        new ItemPages(client, index, itemBytes).forEach(visitor);
    }

    @Override
    public long size() {
        return seen.items;
    }

    @Override
    public CollectionStats stats() throws IOException {
        JsonNode all = client.json(
                        new ClusterClient.Ask("GET", "/" + index + "/_stats/docs,store,segments"),
                        ClusterClient.READING)
                .path("_all");
        long items = seen.items;
        return new CollectionStats(
                items,
                all.path("primaries").path("docs").path("deleted").asLong(),
                all.path("primaries").path("segments").path("count").asInt(),
                all.path("total").path("store").path("size_in_bytes").asLong(),
                method(items),
                generation.number());
    }

    private long count(Map<String, Object> filter) throws IOException {
        return total(ask(
                Map.of("query", Map.of("bool", Map.of("filter", List.of(filter))), "size", 0, "track_total_hits", true),
                "query_then_fetch"));
    }

    private static long total(Answers.Search answer) {
        Answers.@Nullable Total total = answer.hits().total();
        return total == null ? 0 : total.value();
    }

    /// One question whose answer the cluster remembers while nothing changes.
    private void look() throws IOException {
        Answers.Search answer = ask(
                Map.of(
                        "size",
                        0,
                        "track_total_hits",
                        true,
                        "aggs",
                        Map.of(
                                IndexSchema.LANGUAGES,
                                Map.of("terms", Map.of("field", IndexSchema.LANGUAGES, "size", MOST_LANGUAGES)))),
                "query_then_fetch");
        List<String> languages =
                answer.aggregations() == null || answer.aggregations().languages() == null
                        ? List.of()
                        : answer.aggregations().languages().buckets().stream()
                                .map(Answers.Bucket::key)
                                .sorted()
                                .toList();
        seen = new Seen(total(answer), languages);
    }

    @Override
    public void refresh() throws IOException {
        if (lock.isPresent()) {
            show();
        }
        look();
    }

    /// Makes what was written visible, to everybody: the cluster has no other way.
    private void show() throws IOException {
        if (!written) {
            return;
        }
        written = false;
        try {
            long start = System.nanoTime();
            for (int attempt = 0; ; attempt++) {
                JsonNode shards = client.json(
                                new ClusterClient.Ask("POST", "/" + index + "/_refresh"), ClusterClient.WRITING)
                        .path("_shards");
                if (shards.path("failed").asInt() == 0) {
                    return;
                }
                client.pause(
                        attempt,
                        start,
                        ClusterClient.WRITING,
                        new IOException("a commit is not visible: " + shards.path("failures")));
            }
        } catch (IOException | RuntimeException e) {
            written = true;
            throw e;
        }
    }

    @Override
    public void commit() throws IOException {
        writer();
        show();
    }

    @Override
    public void compact(int segments) throws IOException {
        writer();
        merge(Map.of("max_num_segments", String.valueOf(segments)));
        merge(Map.of("only_expunge_deletes", "true"));
        written = true;
        refresh();
    }

    /// Merging takes longer than a connection lasts, so it is a task that is asked for again.
    private void merge(Map<String, String> how) throws IOException {
        Map<String, String> parameters = new HashMap<>(how);
        parameters.put("wait_for_completion", "false");
        String task = client.json(
                        new ClusterClient.Ask("POST", "/" + index + "/_forcemerge", parameters, null),
                        ClusterClient.WRITING)
                .path("task")
                .asText();
        for (long pause = FIRST_PAUSE; ; pause = Math.min(LONGEST_PAUSE, 2 * pause)) {
            JsonNode state = client.json(new ClusterClient.Ask("GET", "/_tasks/" + task), ClusterClient.WRITING);
            if (state.path("completed").asBoolean()) {
                JsonNode error = state.path("error");
                if (!error.isMissingNode()) {
                    throw new DataException("collection \"" + info.name() + "\": index " + index + " cannot be merged: "
                            + error.path("reason").asText(""));
                }
                return;
            }
            sleep(pause);
        }
    }

    private static void sleep(long milliseconds) throws IOException {
        try {
            Thread.sleep(milliseconds);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while the cluster merges");
        }
    }

    /// @throws UnsupportedOperationException when the collection was opened for reading
    private void writer() throws IOException {
        lock.orElseThrow(() ->
                        new UnsupportedOperationException("collection \"" + info.name() + "\" was opened for reading"))
                .check();
    }

    @Override
    public void close() throws IOException {
        try {
            show();
        } finally {
            leave();
        }
    }

    private void leave() throws IOException {
        lock.ifPresent(ClusterLock::close);
        client.close();
    }
}
