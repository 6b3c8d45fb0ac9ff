package org.cl2cm.opensearch;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.cl2cm.data.DataException;
import org.cl2cm.search.CollectionInfo;
import org.cl2cm.search.CollectionLockedException;
import org.cl2cm.search.EngineSettings;
import org.cl2cm.search.Generation;
import org.cl2cm.search.GenerationStore;
import org.cl2cm.search.Generations;
import org.cl2cm.search.VectorEngine;

/// The indexes of one collection on a cluster. What a generation is stands in its index's `_meta`;
/// which one is live, and which one was before, two aliases say, which are moved by one request.
final class ClusterStore implements GenerationStore {
    private static final int ATTEMPTS = 5;

    private final ClusterClient client;
    private final ClusterOptions options;
    private final EngineSettings settings;
    private final String collection;

    /// @param client closed with this
    ClusterStore(ClusterClient client, ClusterOptions options, EngineSettings settings) {
        this.client = client;
        this.options = options;
        this.settings = settings;
        this.collection = client.collection();
    }

    /// One index of the collection, as the cluster describes it.
    private record Index(String name, boolean isLive, boolean isPrevious, JsonNode meta) {}

    /// All of its indexes, by generation.
    private Map<Integer, Index> indexes() throws IOException {
        JsonNode answer = client.json(
                new ClusterClient.Ask(
                        "GET",
                        "/" + ClusterNames.live(collection) + "-*",
                        Map.of("expand_wildcards", "all", "allow_no_indices", "true"),
                        null),
                ClusterClient.READING);
        Map<Integer, Index> indexes = new TreeMap<>();
        for (var entry : answer.properties()) {
            String name = entry.getKey();
            JsonNode aliases = entry.getValue().path("aliases");
            ClusterNames.generation(collection, name)
                    .ifPresent(number -> indexes.put(
                            number,
                            new Index(
                                    name,
                                    aliases.has(ClusterNames.live(collection)),
                                    aliases.has(ClusterNames.previous(collection)),
                                    entry.getValue().path("mappings").path("_meta"))));
        }
        return indexes;
    }

    @Override
    public Generations current(Optional<Generations> written) throws IOException {
        Optional<Generation> live = Optional.empty();
        Optional<Generation> previous = Optional.empty();
        for (Index index : indexes().values()) {
            if (index.isLive) {
                live = Optional.of(here(generation(index), written));
            } else if (index.isPrevious) {
                previous = Optional.of(here(generation(index), written));
            }
        }
        if (live.isEmpty()) {
            throw new DataException("the cluster at " + client.hosts() + " holds no collection \"" + collection
                    + "\": no index has the alias " + ClusterNames.live(collection)
                    + "; is it another cluster, or was the collection removed?");
        }
        return new Generations(live.get(), previous);
    }

    private Generation generation(Index index) throws DataException {
        try {
            Map<String, Object> keys =
                    Json.MAPPER.convertValue(index.meta.path(IndexSchema.OURS), new TypeReference<>() {});
            if (keys == null) {
                throw new IllegalArgumentException("its _meta has no \"" + IndexSchema.OURS + "\"");
            }
            return Generation.of(keys);
        } catch (IllegalArgumentException e) {
            throw new DataException(
                    "index " + index.name + " of the cluster at " + client.hosts() + " is none of cl2cm: "
                            + e.getMessage(),
                    e);
        }
    }

    /// The model and the media may lie elsewhere on this machine than on the one that made the
    /// generation.
    private static Generation here(Generation generation, Optional<Generations> written) {
        if (written.isEmpty()) {
            return generation;
        }
        CollectionInfo info = generation.info();
        Optional<String> model = Optional.empty();
        List<Generation> known = new ArrayList<>(List.of(written.get().live()));
        written.get().previous().ifPresent(known::add);
        for (Generation other : known) {
            if (model.isEmpty() && other.info().model().equals(info.model())) {
                model = other.info().modelFolder();
            }
        }
        return new Generation(
                info.withPlaces(
                        model.or(info::modelFolder),
                        written.get().live().info().mediaRoot().or(info::mediaRoot)),
                generation.number());
    }

    @Override
    public VectorEngine create(Generation generation) throws IOException {
        checkCluster();
        String name = ClusterNames.index(collection, generation.number());
        Map<Integer, Index> there = indexes();
        for (Index index : there.values()) {
            if (index.isLive && (generation.number() == 1 || index.name.equals(name))) {
                throw new DataException("the cluster at " + client.hosts() + " holds a collection \"" + collection
                        + "\" already (index " + index.name
                        + "); \"index attach\" makes it known to this machine, another name makes another one");
            }
        }
        if (there.containsKey(generation.number())) {
            delete(name);
        }
        ClusterLock lock = ClusterLock.take(client, name, options.lease());
        try {
            client.json(
                    new ClusterClient.Ask("PUT", "/" + name, IndexSchema.of(name, generation, options)),
                    ClusterClient.WRITING);
        } catch (ClusterException e) {
            // An earlier attempt of the same request may have gone well without an answer.
            if (!e.type().equals("resource_already_exists_exception")) {
                lock.close();
                throw e;
            }
        } catch (IOException | RuntimeException e) {
            lock.close();
            throw e;
        }
        return open(generation, Optional.of(lock));
    }

    /// @throws DataException when it is no cluster of OpenSearch
    private void checkCluster() throws IOException {
        JsonNode version = client.json(new ClusterClient.Ask("GET", "/"), ClusterClient.READING)
                .path("version");
        String number = version.path("number").asText("?");
        if (!version.path("distribution").asText("").equals("opensearch")
                || number.matches("(1|2\\.([0-9]|1[0-5]))\\..*")) {
            throw new DataException("collection \"" + collection + "\": at " + client.hosts() + " runs "
                    + version.path("distribution").asText("something else") + " " + number
                    + "; OpenSearch 2.16 or later with its k-NN plugin is needed");
        }
    }

    @Override
    public VectorEngine write(Generation generation) throws IOException {
        String name = ClusterNames.index(collection, generation.number());
        return open(generation, Optional.of(ClusterLock.take(client, name, options.lease())));
    }

    @Override
    public VectorEngine read(Generation generation) throws IOException {
        return open(generation, Optional.empty());
    }

    private VectorEngine open(Generation generation, Optional<ClusterLock> lock) throws IOException {
        return OpenSearchEngine.open(client.again(), generation, settings, lock);
    }

    @Override
    public Closeable lock() throws IOException {
        try {
            return ClusterLock.take(client, ClusterNames.swap(collection), options.lease());
        } catch (CollectionLockedException e) {
            throw new DataException(
                    "collection \"" + collection
                            + "\": another generation of it is being made, or put in place; wait for it: "
                            + e.getMessage(),
                    e);
        }
    }

    @Override
    public void goLive(Generations generations) throws IOException {
        for (int attempt = 1; ; attempt++) {
            List<Map<String, Object>> actions = new ArrayList<>();
            int previous = generations.previous().map(Generation::number).orElse(0);
            indexes().forEach((number, index) -> {
                move(
                        actions,
                        index.name,
                        ClusterNames.live(collection),
                        index.isLive,
                        generations.live().number() == number);
                move(actions, index.name, ClusterNames.previous(collection), index.isPrevious, previous == number);
            });
            if (actions.isEmpty()) {
                return;
            }
            try {
                client.json(
                        new ClusterClient.Ask("POST", "/_aliases", Map.of("actions", actions)), ClusterClient.WRITING);
                return;
            } catch (ClusterException e) {
                // An earlier attempt of the same request may have gone well without an answer.
                if (e.status() != 404 || attempt == ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    private static void move(
            List<Map<String, Object>> actions, String index, String alias, boolean has, boolean shallHave) {
        if (has != shallHave) {
            actions.add(Map.of(shallHave ? "add" : "remove", Map.of("index", index, "alias", alias)));
        }
    }

    @Override
    public void clear(Generations kept) throws IOException {
        for (var index : indexes().entrySet()) {
            if (!kept.has(index.getKey())) {
                delete(index.getValue().name);
            }
        }
    }

    @Override
    public void drop() throws IOException {
        // The live one last: until it goes, the collection can be found and dropped again.
        List<String> names = indexes().values().stream()
                .sorted(Comparator.comparing(Index::isLive))
                .map(Index::name)
                .toList();
        List<ClusterLock> locks = new ArrayList<>();
        try {
            for (String name : names) {
                locks.add(ClusterLock.take(client, name, options.lease()));
            }
            for (String name : names) {
                delete(name);
            }
        } finally {
            locks.forEach(ClusterLock::close);
        }
    }

    private void delete(String index) throws IOException {
        client.json(
                new ClusterClient.Ask("DELETE", "/" + index, Map.of("ignore_unavailable", "true"), null),
                ClusterClient.WRITING);
    }

    @Override
    public List<String> faults(Generation generation) throws IOException {
        String name = ClusterNames.index(collection, generation.number());
        JsonNode health = client.json(
                new ClusterClient.Ask("GET", "/_cluster/health/" + name, Map.of("level", "shards"), null),
                ClusterClient.READING);
        List<String> faults = new ArrayList<>();
        for (var shard : health.path("indices").path(name).path("shards").properties()) {
            if (!shard.getValue().path("primary_active").asBoolean()) {
                faults.add("index " + name + ": shard " + shard.getKey()
                        + " has no copy in use; bring its nodes back, or restore it from a snapshot of the cluster");
            }
        }
        return faults;
    }

    @Override
    public Optional<Path> files(Generation generation) {
        return Optional.empty();
    }

    @Override
    public void close() throws IOException {
        client.close();
    }
}
