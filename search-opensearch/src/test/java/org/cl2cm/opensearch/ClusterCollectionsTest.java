package org.cl2cm.opensearch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.cl2cm.data.DataException;
import org.cl2cm.data.ProgressListener;
import org.cl2cm.fixture.cluster.OnACluster;
import org.cl2cm.fixture.cluster.TestCluster;
import org.cl2cm.search.CollectionInfo;
import org.cl2cm.search.CollectionLockedException;
import org.cl2cm.search.CollectionStats;
import org.cl2cm.search.Collections;
import org.cl2cm.search.EngineSettings;
import org.cl2cm.search.FieldType;
import org.cl2cm.search.Filter;
import org.cl2cm.search.NextGeneration;
import org.cl2cm.search.TestVectors;
import org.cl2cm.search.VectorEngine;
import org.cl2cm.search.VectorItem;
import org.cl2cm.search.VectorQuery;
import org.cl2cm.search.VectorSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Generations, locks, copies and a second machine, on a cluster.
@OnACluster
class ClusterCollectionsTest {
    private static final String OLD = "model-a";
    private static final String NEW = "model-b";
    private static final int DIMENSION = 8;
    private static final int NEW_DIMENSION = 12;

    private final TestCluster cluster;

    @TempDir
    private Path folder;

    private Collections collections;
    private List<VectorItem> items;

    ClusterCollectionsTest(TestCluster cluster) {
        this.cluster = cluster;
    }

    @BeforeEach
    void collection() throws IOException {
        collections = Collections.in(folder.resolve("here"));
        items = TestVectors.scattered(1, 300, DIMENSION);
        CollectionInfo info = CollectionInfo.of("photos", DIMENSION, OLD)
                .withEngine(OpenSearchProvider.NAME)
                .withPlaces(Optional.of("/models/a"), Optional.of("/pictures"));
        try (VectorEngine engine = collections.create(info, cluster.options("lease", "15"))) {
            engine.upsert(items);
        }
    }

    @AfterEach
    void remove() throws IOException, InterruptedException {
        cluster.clear();
    }

    private static CollectionInfo next() {
        return CollectionInfo.of("photos", NEW_DIMENSION, NEW).withEngine(OpenSearchProvider.NAME);
    }

    private static float[] renewed(VectorItem item) {
        return TestVectors.scattered(item.id().hashCode(), 1, NEW_DIMENSION)
                .getFirst()
                .vector();
    }

    private static final VectorSource RENEWED =
            some -> some.stream().map(item -> Optional.of(renewed(item))).toList();

    private static VectorItem item(String id, int seed) {
        return new VectorItem(
                id, TestVectors.scattered(seed, 1, DIMENSION).getFirst().vector(), Map.of("seed", "" + seed));
    }

    private static List<VectorItem> all(VectorEngine engine) throws IOException {
        List<VectorItem> all = new ArrayList<>();
        engine.forEach(all::add);
        return all;
    }

    @Test
    void aCollectionIsDroppedWithAllGenerationsAndFromItsMachines() throws IOException {
        try (NextGeneration next = collections.next(next())) {
            next.copy(RENEWED, ProgressListener.NONE);
            next.goLive(RENEWED);
        }
        Collections elsewhere = Collections.in(folder.resolve("elsewhere"));
        elsewhere.attach("photos", OpenSearchProvider.NAME, cluster.options(), Optional.empty(), Optional.empty());
        try (VectorEngine _ = elsewhere.write("photos")) {
            assertThatThrownBy(() -> collections.drop("photos")).isInstanceOf(CollectionLockedException.class);
        }
        try (VectorEngine still = collections.read("photos")) {
            assertThat(still.size()).isEqualTo(300);
        }
        collections.drop("photos");
        assertThat(collections.names()).isEmpty();
        assertThatThrownBy(() -> elsewhere.read("photos")).hasMessageContaining("holds no collection \"photos\"");
        // The other machine still knows its name, and forgets it in the same way.
        elsewhere.drop("photos");
        assertThat(elsewhere.names()).isEmpty();
        try (VectorEngine again = collections.create(
                CollectionInfo.of("photos", DIMENSION, OLD).withEngine(OpenSearchProvider.NAME), cluster.options())) {
            assertThat(again.size()).isZero();
        }
    }

    @Test
    void theNextGenerationTakesThePlaceOfTheLiveOneAndCanBeTakenBack() throws Exception {
        try (VectorEngine before = collections.read("photos")) {
            try (NextGeneration next = collections.next(next())) {
                assertThat(next.copy(RENEWED, ProgressListener.NONE)).isEqualTo(300);
                assertThat(collections.info("photos").model()).isEqualTo(OLD);
                try (VectorEngine writer = collections.write("photos")) {
                    writer.upsert(List.of(item("new", 1)));
                    writer.delete(List.of("item-0004"));
                    assertThatThrownBy(() -> next.goLive(RENEWED)).isInstanceOf(CollectionLockedException.class);
                }
                next.goLive(RENEWED);
            }
            // Who had it open goes on with what it had.
            assertThat(TestVectors.ids(
                            before.search(new VectorQuery(OLD, items.get(7).vector(), 1))))
                    .containsExactly("item-0007");
        }
        assertThat(collections.generation("photos")).isEqualTo(2);
        assertThat(collections.previous("photos")).map(CollectionInfo::model).contains(OLD);
        try (VectorEngine after = collections.read("photos")) {
            assertThat(after.info().dimension()).isEqualTo(NEW_DIMENSION);
            assertThat(after.size()).isEqualTo(300);
            assertThat(after.get("new")).isPresent();
            assertThat(after.get("item-0004")).isEmpty();
            assertThat(after.get("item-0007").orElseThrow().vector()).isEqualTo(renewed(items.get(7)));
            assertThatThrownBy(
                            () -> after.search(new VectorQuery(OLD, items.get(7).vector(), 1)))
                    .hasMessageContaining(OLD)
                    .hasMessageContaining(NEW);
        }
        assertThat(cluster.indexes()).containsExactly("cl2cm-photos-0001", "cl2cm-photos-0002");

        assertThat(collections.rollback("photos").model()).isEqualTo(OLD);
        try (VectorEngine back = collections.read("photos")) {
            assertThat(all(back)).hasSize(300);
        }
        assertThat(collections.rollback("photos").model()).isEqualTo(NEW);

        collections.compact("photos", 1, true);
        assertThat(cluster.indexes()).containsExactly("cl2cm-photos-0002");
        assertThatThrownBy(() -> collections.rollback("photos")).hasMessageContaining("no generation before");
        assertThat(collections.check("photos", ProgressListener.NONE)).isEmpty();
    }

    @Test
    void aSecondMachineSearchesAndSeesTheFirstOnesSwap() throws Exception {
        Collections there = Collections.in(folder.resolve("there"));
        CollectionInfo info = there.attach(
                "photos", OpenSearchProvider.NAME, cluster.options(), Optional.of("/mnt/a"), Optional.empty());
        assertThat(info.modelFolder()).contains("/mnt/a");
        assertThat(info.mediaRoot()).contains("/pictures");
        assertThat(there.info("photos")).isEqualTo(info);
        try (VectorEngine reader = there.read("photos")) {
            assertThat(reader.info()).isEqualTo(info);
            assertThat(reader.size()).isEqualTo(300);
            try (NextGeneration next = collections.next(next())) {
                assertThatThrownBy(() -> there.next(next()))
                        .isInstanceOf(DataException.class)
                        .hasMessageContaining("another generation");
                next.goLive(RENEWED);
            }
            assertThat(reader.search(new VectorQuery(OLD, items.get(7).vector(), 1)))
                    .hasSize(1);
        }
        assertThat(there.generation("photos")).isEqualTo(2);
        assertThat(there.info("photos").model()).isEqualTo(NEW);
        assertThat(there.info("photos").modelFolder())
                .as("the model of the next generation is another one")
                .isEmpty();
        assertThat(there.rollback("photos").modelFolder()).contains("/mnt/a");
        assertThat(collections.info("photos").modelFolder()).contains("/models/a");
    }

    @Test
    void aWriterOnAnotherMachineIsToldWhoHoldsTheLock() throws Exception {
        Collections there = Collections.in(folder.resolve("there"));
        there.attach("photos", OpenSearchProvider.NAME, cluster.options(), Optional.empty(), Optional.empty());
        try (VectorEngine writer = collections.write("photos", OLD)) {
            assertThatThrownBy(() -> there.write("photos"))
                    .isInstanceOf(CollectionLockedException.class)
                    .hasMessageContaining("\"photos\"")
                    .hasMessageContaining("process " + ProcessHandle.current().pid());
            assertThat(writer.upsert(List.of(item("a", 1))).getFirst().isRefused())
                    .isFalse();
        }
        there.write("photos").close();
    }

    @Test
    void aWriterWhoseLockWentToAnotherWritesNoMore() throws Exception {
        try (VectorEngine writer = collections.write("photos")) {
            String path = "/cl2cm.locks/_doc/cl2cm-photos-0001";
            cluster.request("PUT", path, "{\"token\": \"another\", \"renewed\": " + System.currentTimeMillis() + "}");
            long start = System.nanoTime();
            assertThatThrownBy(() -> {
                        // The lease is 15 s, and is renewed five times in it.
                        while (System.nanoTime() - start < 30_000_000_000L) {
                            writer.upsert(List.of(item("a", 1)));
                            Thread.sleep(100);
                        }
                    })
                    .isInstanceOf(CollectionLockedException.class)
                    .hasMessageContaining("lost");
            cluster.request("DELETE", path, null);
        }
    }

    @Test
    void aSnapshotIsACollectionOfThisMachineAndGoesBackToACluster() throws Exception {
        Path snapshot = folder.resolve("snapshot");
        collections.snapshot("photos", snapshot);
        assertThat(collections.restore(snapshot, "local").engine()).isEqualTo(CollectionInfo.LUCENE);
        collections.restore(snapshot, "again", OpenSearchProvider.NAME, cluster.options("shards", "1"));
        for (String name : List.of("local", "again")) {
            assertThat(collections.check(name, ProgressListener.NONE)).isEmpty();
            try (VectorEngine engine = collections.read(name)) {
                assertThat(engine.size()).isEqualTo(300);
                assertThat(engine.info().mediaRoot()).contains("/pictures");
                assertThat(engine.get("item-0007").orElseThrow().vector())
                        .isEqualTo(items.get(7).vector());
                assertThat(engine.get("item-0007").orElseThrow().fields())
                        .isEqualTo(items.get(7).fields());
            }
        }
    }

    /// As the how-to says.
    @Test
    void aCollectionComesBackFromASnapshotOfTheCluster() throws Exception {
        try (NextGeneration next = collections.next(next())) {
            next.goLive(RENEWED);
        }
        String repository = "{\"type\": \"fs\", \"settings\": {\"location\": \"" + cluster.backups() + "\"}}";
        assertThat(cluster.request("PUT", "/_snapshot/backup", repository)
                        .path("acknowledged")
                        .asBoolean())
                .isTrue();
        String what = "{\"indices\": \"cl2cm-photos-*\", \"include_global_state\": false}";
        assertThat(cluster.request("PUT", "/_snapshot/backup/monday?wait_for_completion=true", what)
                        .path("snapshot")
                        .path("state")
                        .asText())
                .isEqualTo("SUCCESS");
        cluster.request("DELETE", "/cl2cm-photos-0001,cl2cm-photos-0002", null);
        assertThatThrownBy(() -> collections.read("photos")).hasMessageContaining("holds no collection");
        String restored = "{\"indices\": \"cl2cm-photos-*\", \"include_aliases\": true}";
        cluster.request("POST", "/_snapshot/backup/monday/_restore?wait_for_completion=true", restored);
        try (VectorEngine engine = collections.read("photos")) {
            assertThat(engine.info().model()).isEqualTo(NEW);
            assertThat(engine.size()).isEqualTo(300);
        }
        assertThat(collections.rollback("photos").model()).isEqualTo(OLD);
    }

    /// From nothing left to nearly everything left, by the graph of vectors of one byte a number.
    @Test
    void aFilterCostsNoRecall() throws Exception {
        Collections graph = Collections.in(folder.resolve("here")).with(new EngineSettings(50, 4));
        List<VectorItem> many = TestVectors.clustered(21, 3_000, 32, 30);
        CollectionInfo info = CollectionInfo.of("graph", 32, OLD)
                .withEngine(OpenSearchProvider.NAME)
                .withFields(Map.of("number", FieldType.NUMBER));
        try (VectorEngine engine = graph.create(info, cluster.options())) {
            engine.upsert(many);
            engine.refresh();
            assertThat(engine.stats().method()).isEqualTo(CollectionStats.Method.GRAPH);
            int found = 0;
            int all = 0;
            for (int below : new int[] {0, 1, 12, 120, 1_500, 3_000}) {
                Filter filter = Filter.parse("number<" + below, info.fields());
                List<VectorItem> matching = many.subList(0, below);
                for (int i = 0; i < 10; i++) {
                    float[] query = many.get(300 * i).vector();
                    List<String> ids =
                            TestVectors.ids(engine.search(new VectorQuery(OLD, query, 10).among(Optional.of(filter))));
                    List<String> truth = TestVectors.bruteForce(matching, query, 10);
                    assertThat(ids).hasSameSizeAs(truth);
                    found += (int) ids.stream().filter(truth::contains).count();
                    all += truth.size();
                }
            }
            assertThat(found).isGreaterThanOrEqualTo((int) (0.99 * all));
        }
    }

    @Test
    void whatIsNotOnTheClusterIsNamed() throws Exception {
        String host = cluster.hosts().split(",", -1)[0];
        assertThatThrownBy(() -> collections.attach(
                        "nothing", OpenSearchProvider.NAME, cluster.options(), Optional.empty(), Optional.empty()))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("\"nothing\"")
                .hasMessageContaining(host);
        // Another machine that does not know the collection cannot make one of its name.
        Collections there = Collections.in(folder.resolve("there"));
        assertThatThrownBy(() -> there.create(next(), cluster.options()))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("\"photos\" already")
                .hasMessageContaining("index attach");
        assertThat(there.names()).isEmpty();
        assertThatThrownBy(() -> collections.write("photos", NEW))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(OLD)
                .hasMessageContaining(NEW);
        // The index goes while somebody has it open: nothing makes it anew.
        try (VectorEngine reader = collections.read("photos")) {
            VectorEngine writer = collections.write("photos");
            cluster.request("DELETE", "/cl2cm-photos-0001", null);
            assertThatThrownBy(() ->
                            reader.search(new VectorQuery(OLD, items.get(7).vector(), 1)))
                    .hasMessageContaining("\"photos\"")
                    .hasMessageContaining("not on the cluster");
            assertThatThrownBy(() -> {
                        if (writer.upsert(List.of(item("a", 1))).getFirst().isRefused()) {
                            throw new IOException("refused");
                        }
                    })
                    .isInstanceOf(IOException.class);
            assertThatThrownBy(writer::close).isInstanceOf(IOException.class);
        }
        assertThat(cluster.indexes()).isEmpty();
        assertThatThrownBy(() -> collections.read("photos"))
                .hasMessageContaining("\"photos\"")
                .hasMessageContaining(host);
    }

    @Test
    void anUnknownEngineIsNamedWithThoseThereAre() throws Exception {
        Path file = folder.resolve("here/photos/collection.json");
        Files.writeString(file, Files.readString(file).replace("\"opensearch\"", "\"opensesame\""));
        assertThatThrownBy(() -> collections.read("photos"))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("\"opensesame\"")
                .hasMessageContaining("lucene, opensearch");
    }
}
