package org.cl2cm.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.cl2cm.data.DataException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LuceneEngineTest extends VectorEngineContract {
    @TempDir
    Path folder = Path.of("");

    @Override
    protected VectorEngine create(CollectionInfo info) throws IOException {
        return Collections.in(folder).create(info);
    }

    @Override
    protected VectorEngine read(String name) throws IOException {
        return Collections.in(folder).read(name);
    }

    @Override
    protected VectorEngine write(String name) throws IOException {
        return Collections.in(folder).write(name, MODEL);
    }

    @Test
    void theGraphFindsNearlyWhatBruteForceFinds() throws IOException {
        Collections collections = Collections.in(folder).with(new EngineSettings(1000, 4));
        List<VectorItem> items = TestVectors.clustered(11, 20_000, 64, 200);
        try (VectorEngine engine = collections.create(CollectionInfo.of("large", 64, MODEL))) {
            for (int i = 0; i < items.size(); i += 1000) {
                engine.upsert(items.subList(i, i + 1000));
            }
            engine.commit();
            engine.refresh();
            assertThat(engine.stats().method()).isEqualTo(CollectionStats.Method.GRAPH);
            List<String> gone = new ArrayList<>();
            for (int i = 0; i < items.size(); i += 10) {
                gone.add(items.get(i).id());
            }
            engine.delete(gone);
            engine.refresh();
            List<VectorItem> left = new ArrayList<>(items);
            Set<String> deleted = new HashSet<>(gone);
            left.removeIf(item -> deleted.contains(item.id()));

            Random random = new Random(12);
            int found = 0;
            int queries = 200;
            for (int i = 0; i < queries; i++) {
                float[] query = TestVectors.near(
                        random, items.get(random.nextInt(items.size())).vector(), 0.1);
                List<Hit> hits = engine.search(new VectorQuery(MODEL, query, 10));
                List<String> truth = TestVectors.bruteForce(left, query, 10);
                assertThat(hits).hasSize(10);
                assertThat(TestVectors.ids(hits)).doesNotContainAnyElementsOf(deleted);
                assertThat(hits).isSortedAccordingTo((a, b) -> Float.compare(b.score(), a.score()));
                found += (int)
                        TestVectors.ids(hits).stream().filter(truth::contains).count();
            }
            double recall = found / (10.0 * queries);
            System.err.println("recall@10 of the graph against brute force: " + recall);
            assertThat(recall).isGreaterThanOrEqualTo(0.95);
        }
    }

    /// From nothing left to nearly everything left: as many results as match, and those of brute force.
    @Test
    void aFilterCostsNoRecall() throws IOException {
        Collections collections = Collections.in(folder).with(new EngineSettings(1000, 4));
        List<VectorItem> items = TestVectors.clustered(21, 12_000, 32, 100);
        try (VectorEngine engine = collections.create(
                CollectionInfo.of("filtered-graph", 32, MODEL).withFields(Map.of("number", FieldType.NUMBER)))) {
            for (int i = 0; i < items.size(); i += 1000) {
                engine.upsert(items.subList(i, i + 1000));
            }
            engine.commit();
            engine.refresh();
            Random random = new Random(22);
            for (int below : new int[] {0, 1, 5, 12, 120, 999, 1001, 3000, 11_000}) {
                Filter filter = Filter.parse("number<" + below, engine.info().fields());
                List<VectorItem> matching = items.subList(0, below);
                int wanted = Math.min(10, below);
                int found = 0;
                int queries = 40;
                for (int i = 0; i < queries; i++) {
                    // Most queries lie far from what matches.
                    float[] query = TestVectors.near(
                            random, items.get(random.nextInt(items.size())).vector(), 0.1);
                    List<String> ids = TestVectors.ids(
                            engine.search(new VectorQuery(MODEL, query, 10).among(Optional.of(filter))));
                    assertThat(ids).as("below " + below).hasSize(wanted);
                    List<String> truth = TestVectors.bruteForce(matching, query, 10);
                    found += (int) ids.stream().filter(truth::contains).count();
                    if (below < 1000) {
                        assertThat(ids).isEqualTo(truth);
                    }
                }
                assertThat(found).as("below " + below).isGreaterThanOrEqualTo((int) (0.95 * wanted * queries));
            }
        }
    }

    @Test
    void graphAndScanGiveAnItemTheSameScore() throws IOException {
        List<VectorItem> items = TestVectors.clustered(3, 3000, 32, 30);
        try (VectorEngine engine = create("both", 32)) {
            engine.upsert(items);
        }
        try (VectorEngine exact = Collections.in(folder).read("both");
                VectorEngine graph =
                        Collections.in(folder).with(new EngineSettings(0, 4)).read("both")) {
            assertThat(exact.stats().method()).isEqualTo(CollectionStats.Method.EXACT);
            assertThat(graph.stats().method()).isEqualTo(CollectionStats.Method.GRAPH);
            VectorQuery query = new VectorQuery(MODEL, items.get(5).vector(), 5);
            assertThat(graph.search(query)).isEqualTo(exact.search(query));
        }
    }

    @Test
    void takesMoreDimensionsThanLuceneDoesByDefault() throws IOException {
        List<VectorItem> items = TestVectors.scattered(8, 50, 2048);
        try (VectorEngine engine = create("wide", 2048)) {
            assertThat(engine.upsert(items)).noneMatch(ItemStatus::isRefused);
        }
        try (VectorEngine engine = read("wide")) {
            float[] query = items.get(7).vector();
            assertThat(TestVectors.ids(engine.search(new VectorQuery(MODEL, query, 10))))
                    .isEqualTo(TestVectors.bruteForce(items, query, 10));
        }
    }

    @Test
    void aSecondWriterIsToldWhoHoldsTheLock() throws IOException {
        try (VectorEngine first = create("locked", 2)) {
            assertThatThrownBy(() -> write("locked"))
                    .isInstanceOf(CollectionLockedException.class)
                    .hasMessageContaining("locked")
                    .hasMessageContaining("being written")
                    .hasMessageContaining("write.lock");
            assertThat(first.upsert(List.of(new VectorItem("a", new float[] {1, 0}, Map.of()))))
                    .noneMatch(ItemStatus::isRefused);
        }
        write("locked").close();
    }

    @Test
    void anotherModelsCollectionIsNotOpenedForWriting() throws IOException {
        create("mine", 2).close();
        assertThatThrownBy(() -> Collections.in(folder).write("mine", "model-b"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("model-a")
                .hasMessageContaining("model-b");
    }

    @Test
    void aSwappedCollectionFileIsNoticed() throws IOException {
        create("swapped", 2).close();
        Path file = folder.resolve("swapped/collection.json");
        Files.writeString(file, Files.readString(file).replace("model-a", "model-b"));
        assertThatThrownBy(() -> read("swapped"))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("generation-0001")
                .hasMessageContaining("model-a")
                .hasMessageContaining("model-b");
    }

    @Test
    void damageIsNamed() throws IOException {
        try (VectorEngine engine = create("damaged", 2)) {
            engine.upsert(List.of(new VectorItem("a", new float[] {1, 0}, Map.of())));
        }
        Path index = folder.resolve("damaged/generation-0001");
        try (var files = Files.newDirectoryStream(index, "segments_*")) {
            for (Path segments : files) {
                Files.write(segments, new byte[] {1, 2, 3}, StandardOpenOption.TRUNCATE_EXISTING);
            }
        }
        assertThatThrownBy(() -> read("damaged"))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("generation-0001")
                .hasMessageContaining("damaged");
        Path file = folder.resolve("damaged/collection.json");
        Files.writeString(file, "{\"format\": 1}");
        assertThatThrownBy(() -> read("damaged")).hasMessageContaining(file + ": key \"name\" is missing");
    }

    @Test
    void namesOfCollectionsCannotLeaveTheFolder() throws IOException {
        Collections collections = Collections.in(folder);
        for (String name : List.of("..", "../x", "a/b", "", ".hidden", "a\\b", "x".repeat(65))) {
            assertThatThrownBy(() -> collections.info(name))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("no name for a collection");
        }
        create("照片-2026.v1", 2).close();
        assertThat(collections.names()).containsExactly("照片-2026.v1");
        assertThatThrownBy(() -> create("照片-2026.v1", 2)).hasMessageContaining("already");
        assertThatThrownBy(() -> read("other")).hasMessageContaining("照片-2026.v1");
    }

    @Test
    void anAbandonedCreationIsNoCollectionAndCanBeRepeated() throws IOException {
        try (VectorEngine engine = create("half", 2)) {
            engine.upsert(List.of(new VectorItem("old", new float[] {1, 0}, Map.of())));
        }
        Files.delete(folder.resolve("half/collection.json"));
        assertThat(Collections.in(folder).names()).isEmpty();
        try (VectorEngine engine = create("half", 3)) {
            assertThat(engine.stats().items()).isZero();
        }
    }

    @Test
    void tenThousandQueriesKeepMemoryFlat() throws IOException {
        List<VectorItem> items = TestVectors.clustered(21, 2000, 32, 20);
        try (VectorEngine engine = create("memory", 32)) {
            engine.upsert(items);
        }
        try (VectorEngine exact = read("memory");
                VectorEngine graph =
                        Collections.in(folder).with(new EngineSettings(0, 4)).read("memory")) {
            Random random = new Random(22);
            search(List.of(exact, graph), random, 1000);
            long before = heapInUse();
            search(List.of(exact, graph), random, 10_000);
            long growth = heapInUse() - before;
            System.err.println("heap after 10,000 queries: " + growth / 1024 + " KiB more than before");
            assertThat(growth).isLessThan(2L << 20);
        }
    }

    private static void search(List<VectorEngine> engines, Random random, int count) throws IOException {
        for (int i = 0; i < count; i++) {
            float[] query = TestVectors.near(random, new float[32], 1);
            VectorEngine engine = engines.get(i % engines.size());
            assertThat(engine.search(new VectorQuery(MODEL, query, 10))).hasSize(10);
        }
    }

    private static long heapInUse() {
        Runtime runtime = Runtime.getRuntime();
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return runtime.totalMemory() - runtime.freeMemory();
    }
}
