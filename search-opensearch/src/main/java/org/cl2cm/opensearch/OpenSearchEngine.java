package org.cl2cm.opensearch;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
import org.cl2cm.search.UnitVector;
import org.cl2cm.search.VectorEngine;
import org.cl2cm.search.VectorItem;
import org.cl2cm.search.VectorQuery;
import org.jspecify.annotations.Nullable;

/// A collection in an index of a cluster: exact below a number of items, a graph (HNSW) above it. The
/// cluster chooses the nearest items; scores and their order are computed here from their vectors, so
/// that they are those of the engine inside this process.
final class OpenSearchEngine implements VectorEngine {
    private static final int BYTES_OF_A_NUMBER = 12;
    private static final int BYTES_BESIDE = 2_000;

    private final ClusterClient client;
    private final Generation generation;
    private final CollectionInfo info;
    private final EngineSettings settings;
    private final Optional<ClusterLock> lock;
    private final String index;
    private final int itemBytes;
    private final IndexQuestions questions;

    /// What the last refresh saw.
    private volatile IndexQuestions.Seen seen = new IndexQuestions.Seen(0, List.of());
    private volatile boolean written;

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
        this.questions = new IndexQuestions(client, index, itemBytes);
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
        List<Answers.Done> done = send(operations);
        for (int i = 0; i < done.size(); i++) {
            String id = operations.get(i).id();
            statuses[places.get(i)] = done.get(i).status() < 300
                    ? new ItemStatus(id, Outcome.STORED)
                    : new ItemStatus(id, Outcome.REFUSED, reason(done.get(i)));
        }
        return List.of(statuses);
    }

    private List<Answers.Done> send(List<BulkWriter.Operation> operations) throws IOException {
        try {
            return new BulkWriter(client, index).send(operations);
        } finally {
            // Not before: what another thread makes visible meanwhile may be without it.
            if (!operations.isEmpty()) {
                written = true;
            }
        }
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
        var done = send(operations).iterator();
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
        IndexQuestions.Seen now = seen;
        // A filter leaves no more than there are.
        long among = filter.isPresent() && now.items() >= settings.exactBelow()
                ? questions.count(filter.get())
                : now.items();
        if (query.words().isPresent()) {
            // Fusion looks deeper into both lists than the results that are asked for.
            int depth = Math.max(query.top(), EngineSettings.FEWEST_CANDIDATES);
            List<String> nearest = questions.ids(nearest(vector, depth, among, filter), depth);
            List<String> fused = RankFusion.fused(
                    List.of(nearest, questions.byWords(query.words().get(), now.languages(), depth, filter)),
                    query.top());
            return compared(vector, questions.items(fused)).stream()
                    .map(Candidate::hit)
                    .toList();
        }
        int wanted = query.top() + IndexSchema.MARGIN;
        List<Answers.Source> items = questions.items(nearest(vector, wanted, among, filter), wanted);
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

    private Map<String, Object> nearest(float[] vector, int depth, long among, Optional<Map<String, Object>> filter) {
        return method(among) == CollectionStats.Method.EXACT
                ? IndexQuestions.nearestOfAll(vector, filter)
                : IndexQuestions.nearestOfGraph(vector, settings.candidates(depth), filter);
    }

    @Override
    public Optional<VectorItem> get(String id) throws IOException {
        return getAll(List.of(id)).stream().findFirst();
    }

    @Override
    public List<VectorItem> getAll(List<String> ids) throws IOException {
        List<String> possible =
                ids.stream().filter(OpenSearchEngine::isPossible).toList();
        if (possible.isEmpty()) {
            return List.of();
        }
        return questions.items(possible).stream()
                .map(item -> new VectorItem(item.id(), item.vector(), item.stored()))
                .toList();
    }

    @Override
    public void forEach(ItemVisitor visitor) throws IOException {
        new ItemPages(client, index, itemBytes).forEach(visitor);
    }

    @Override
    public long size() {
        return seen.items();
    }

    @Override
    public CollectionStats stats() throws IOException {
        JsonNode all = client.json(
                        new ClusterClient.Ask("GET", "/" + index + "/_stats/docs,store,segments"),
                        ClusterClient.READING)
                .path("_all");
        long items = seen.items();
        return new CollectionStats(
                items,
                all.path("primaries").path("docs").path("deleted").asLong(),
                all.path("primaries").path("segments").path("count").asInt(),
                all.path("total").path("store").path("size_in_bytes").asLong(),
                method(items),
                generation.number());
    }

    private void look() throws IOException {
        seen = questions.seen();
    }

    @Override
    public void refresh() throws IOException {
        if (lock.isPresent()) {
            show();
        }
        look();
    }

    /// Makes what was written visible, to everybody: the cluster has no other way. Whoever comes while
    /// another thread does so waits for it.
    private synchronized void show() throws IOException {
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
        SegmentMerge merge = new SegmentMerge(client, info.name(), index);
        merge.run(Map.of("max_num_segments", String.valueOf(segments)));
        merge.run(Map.of("only_expunge_deletes", "true"));
        written = true;
        refresh();
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
