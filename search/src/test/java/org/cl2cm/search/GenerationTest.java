package org.cl2cm.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.cl2cm.data.DataException;
import org.cl2cm.data.ProgressListener;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GenerationTest {
    private static final String OLD = "model-a";
    private static final String NEW = "model-b";
    private static final int DIMENSION = 8;
    private static final int NEW_DIMENSION = 12;

    @TempDir
    private Path folder;

    private Collections collections;
    private List<VectorItem> items;

    @BeforeEach
    void collection() throws IOException {
        collections = Collections.in(folder);
        items = TestVectors.scattered(1, 600, DIMENSION);
        try (VectorEngine engine = collections.create(CollectionInfo.of("photos", DIMENSION, OLD))) {
            engine.upsert(items);
        }
    }

    private static CollectionInfo info() {
        return CollectionInfo.of("photos", NEW_DIMENSION, NEW);
    }

    /// What the new model would say of an item: nothing of the old one, but the same whenever asked.
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
    void aCollectionIsDroppedWithAllGenerations() throws IOException {
        try (NextGeneration next = collections.next(info())) {
            next.copy(RENEWED, ProgressListener.NONE);
            next.goLive(RENEWED);
        }
        try (VectorEngine writer = collections.write("photos")) {
            assertThatThrownBy(() -> collections.drop("photos"))
                    .isInstanceOf(CollectionLockedException.class)
                    .hasMessageContaining("photos");
            assertThat(writer.size()).isEqualTo(600);
        }
        try (NextGeneration _ = collections.next(info())) {
            assertThatThrownBy(() -> collections.drop("photos")).hasMessageContaining("is being made");
        }
        assertThat(collections.names()).containsExactly("photos");
        float[] vector = renewed(items.get(7));
        try (VectorEngine before = collections.read("photos")) {
            collections.drop("photos");
            assertThat(collections.folder("photos")).doesNotExist();
            assertThat(collections.names()).isEmpty();
            // Who had it open goes on with what it had.
            assertThat(TestVectors.ids(before.search(new VectorQuery(NEW, vector, 1))))
                    .containsExactly(items.get(7).id());
        }
        assertThatThrownBy(() -> collections.drop("photos"))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("no collection \"photos\"");
        try (VectorEngine again = collections.create(CollectionInfo.of("photos", DIMENSION, OLD))) {
            assertThat(again.size()).isZero();
        }
        // What a kill has left half gone goes as well.
        try (var files = Files.walk(collections.folder("photos").resolve("generation-0001"))) {
            Files.delete(files.filter(file -> file.getFileName().toString().startsWith("segments"))
                    .findFirst()
                    .orElseThrow());
        }
        collections.drop("photos");
        assertThat(collections.folder("photos")).doesNotExist();
    }

    @Test
    void theNextGenerationTakesThePlaceOfTheLiveOneAndCanBeTakenBack() throws IOException {
        try (VectorEngine before = collections.read("photos")) {
            try (NextGeneration next = collections.next(info())) {
                assertThat(next.copy(RENEWED, ProgressListener.NONE)).isEqualTo(600);
                assertThat(collections.info("photos").model()).isEqualTo(OLD);
                next.goLive(RENEWED);
            }
            // Who had it open goes on with what it had.
            assertThat(before.search(new VectorQuery(OLD, items.get(7).vector(), 1))
                            .getFirst()
                            .id())
                    .isEqualTo("item-0007");
            assertThat(before.stats().generation()).isEqualTo(1);
        }
        assertThat(collections.generation("photos")).isEqualTo(2);
        assertThat(collections.previous("photos")).map(CollectionInfo::model).contains(OLD);
        try (VectorEngine after = collections.read("photos")) {
            assertThat(after.info().dimension()).isEqualTo(NEW_DIMENSION);
            assertThat(after.stats().items()).isEqualTo(600);
            VectorItem found = after.get("item-0007").orElseThrow();
            assertThat(found.vector()).isEqualTo(renewed(items.get(7)));
            assertThat(found.fields()).isEqualTo(items.get(7).fields());
            assertThatThrownBy(
                            () -> after.search(new VectorQuery(OLD, items.get(7).vector(), 1)))
                    .hasMessageContaining(OLD)
                    .hasMessageContaining(NEW);
        }

        assertThat(collections.rollback("photos").model()).isEqualTo(OLD);
        try (VectorEngine back = collections.read("photos")) {
            assertThat(back.info().dimension()).isEqualTo(DIMENSION);
            assertThat(all(back)).hasSize(600);
        }
        assertThat(collections.rollback("photos").model()).isEqualTo(NEW);
    }

    @Test
    void whatIsWrittenWhileItIsMadeIsInItToo() throws IOException {
        try (NextGeneration next = collections.next(info())) {
            next.copy(RENEWED, ProgressListener.NONE);
            try (VectorEngine writer = collections.write("photos")) {
                writer.upsert(List.of(item("new", 1), item("item-0003", 2)));
                writer.delete(List.of("item-0004"));
                assertThatThrownBy(() -> next.goLive(RENEWED)).hasMessageContaining("being written by someone else");
            }
            assertThat(collections.generation("photos")).isEqualTo(1);
            next.goLive(RENEWED);
        }
        try (VectorEngine after = collections.read("photos")) {
            assertThat(after.get("new")).isPresent();
            assertThat(after.get("item-0003").orElseThrow().fields()).containsEntry("seed", "2");
            assertThat(after.get("item-0004")).isEmpty();
            assertThat(all(after)).hasSize(600);
        }
    }

    @Test
    void onlyWhatChangedIsAskedForAgain() throws IOException {
        Map<String, Integer> asked = new HashMap<>();
        VectorSource counting = some -> {
            some.forEach(item -> asked.merge(item.id(), 1, Integer::sum));
            return RENEWED.of(some);
        };
        try (NextGeneration next = collections.next(info())) {
            next.copy(counting, ProgressListener.NONE);
            try (VectorEngine writer = collections.write("photos")) {
                writer.upsert(List.of(item("item-0003", 2), items.get(5)));
            }
            assertThat(next.copy(counting, ProgressListener.NONE)).isEqualTo(1);
            assertThat(next.copy(counting, ProgressListener.NONE)).isZero();
        }
        assertThat(asked).hasSize(600).containsEntry("item-0003", 2);
        assertThat(asked.values()).filteredOn(times -> times > 1).hasSize(1);
    }

    @Test
    void itemsWithoutAVectorAreLeftOutAndNamed() throws IOException {
        VectorSource most = some -> some.stream()
                .map(item -> item.id().endsWith("9")
                        ? Optional.<float[]>empty()
                        : Optional.of(item.id().endsWith("08") ? new float[] {Float.NaN} : renewed(item)))
                .toList();
        try (NextGeneration next = collections.next(info())) {
            next.copy(most, ProgressListener.NONE);
            assertThat(next.left()).hasSize(60 + 6).containsEntry("item-0009", "there is no vector of this id");
            assertThat(next.left().get("item-0008")).contains("12");
            assertThat(next.engine().stats().items()).isEqualTo(600 - 66);
            // What was missing may be there the next time.
            try (VectorEngine writer = collections.write("photos")) {
                writer.upsert(List.of(item("item-0009", 4)));
            }
            next.copy(RENEWED, ProgressListener.NONE);
            assertThat(next.left()).hasSize(65).doesNotContainKey("item-0009");
        }
    }

    @Test
    void otherFieldsCanBeDeclaredForTheSameVectors() throws IOException {
        Filter filter = Filter.parse("number >= 590", Map.of("number", FieldType.NUMBER));
        try (NextGeneration next = collections.next(
                CollectionInfo.of("photos", DIMENSION, OLD).withFields(Map.of("number", FieldType.NUMBER)))) {
            next.goLive(VectorSource.same());
        }
        try (VectorEngine engine = collections.read("photos")) {
            VectorQuery query = new VectorQuery(OLD, items.getFirst().vector(), 20).among(Optional.of(filter));
            assertThat(engine.search(query)).hasSize(10);
        }
    }

    @Test
    void twoAreNeverMadeAtOnce() throws IOException {
        try (NextGeneration first = collections.next(info())) {
            assertThatThrownBy(() -> collections.next(info()))
                    .isInstanceOf(DataException.class)
                    .hasMessageContaining("another generation");
            assertThatThrownBy(() -> collections.rollback("photos")).hasMessageContaining("another generation");
            first.goLive(RENEWED);
        }
        collections.next(info()).close();
    }

    @Test
    void onlyTheLiveAndThePreviousGenerationAreKept() throws IOException {
        for (int i = 0; i < 3; i++) {
            try (NextGeneration next = collections.next(info())) {
                next.goLive(RENEWED);
            }
        }
        assertThat(generations()).containsExactlyInAnyOrder("generation-0003", "generation-0004");

        collections.compact("photos", 1, true);

        assertThat(generations()).containsExactly("generation-0004");
        assertThat(collections.previous("photos")).isEmpty();
        assertThatThrownBy(() -> collections.rollback("photos")).hasMessageContaining("no generation before");
        try (VectorEngine engine = collections.read("photos")) {
            assertThat(engine.stats().segments()).isEqualTo(1);
            assertThat(all(engine)).hasSize(600);
        }
    }

    private List<String> generations() throws IOException {
        try (var children = Files.list(folder.resolve("photos"))) {
            return children.map(path -> path.getFileName().toString())
                    .filter(name -> name.startsWith("generation-"))
                    .toList();
        }
    }

    @Test
    void compactingGivesBackTheSpaceOfWhatIsGone() throws IOException {
        try (VectorEngine writer = collections.write("photos")) {
            writer.delete(items.subList(0, 400).stream().map(VectorItem::id).toList());
            writer.commit();
            long before = writer.stats().bytes();
            writer.compact(1);
            CollectionStats stats = writer.stats();
            assertThat(stats.deleted()).isZero();
            assertThat(stats.items()).isEqualTo(200);
            assertThat(writer.size()).isEqualTo(200);
            assertThat(stats.bytes()).isLessThan(before);
        }
    }

    @Test
    void bothGenerationsAreCompared() throws IOException {
        try (NextGeneration next = collections.next(info())) {
            next.copy(RENEWED, ProgressListener.NONE);
            VectorItem seven = items.get(7);
            // The first query finds item 7 in both; the second asks the next generation for another item.
            GenerationComparison compared = GenerationComparison.of(
                    next.live(),
                    next.engine(),
                    List.of(
                            new GenerationComparison.Question("a", seven.vector(), renewed(seven), Set.of("item-0007")),
                            new GenerationComparison.Question(
                                    "b", seven.vector(), renewed(items.get(8)), Set.of("item-0007", "item-0008")),
                            new GenerationComparison.Question("c", seven.vector(), renewed(items.get(8)), Set.of())),
                    1);
            assertThat(compared.queries().get(0).overlap()).isEqualTo(1);
            assertThat(compared.queries().get(1).overlap()).isZero();
            assertThat(compared.overlap()).isEqualTo(1 / 3.0);
            assertThat(compared.liveRecall()).hasValue(1);
            assertThat(compared.nextRecall()).hasValue(1);
            assertThat(compared.queries().get(2).live()).isEmpty();
        }
    }

    @Test
    void aWholeIndexPassesItsCheckAndADamagedOneDoesNot() throws IOException {
        assertThat(collections.check("photos", ProgressListener.NONE)).isEmpty();
        Path index = folder.resolve("photos/generation-0001");
        Path largest;
        try (var files = Files.list(index)) {
            largest = files.max(Comparator.comparingLong(file -> file.toFile().length()))
                    .orElseThrow();
        }
        byte[] bytes = Files.readAllBytes(largest);
        bytes[bytes.length / 2] ^= 1;
        Files.write(largest, bytes);

        assertThat(collections.check("photos", ProgressListener.NONE))
                .isNotEmpty()
                .allMatch(finding -> finding.contains("generation-0001"));
    }

    @Test
    void aSnapshotTakenWhileSomeoneWritesIsACommitAndCanBeRestored() throws Exception {
        Thread writing;
        try (VectorEngine writer = collections.write("photos")) {
            AtomicBoolean stop = new AtomicBoolean();
            writing = Thread.ofPlatform().start(() -> {
                try {
                    for (int i = 0; !stop.get(); i++) {
                        // A commit holds ten items of one round, or none of it.
                        List<VectorItem> round = new ArrayList<>();
                        for (int j = 0; j < 10; j++) {
                            round.add(item("new-" + j, i * 10 + 1));
                        }
                        writer.upsert(round);
                        writer.commit();
                    }
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            for (int i = 0; i < 5; i++) {
                collections.snapshot("photos", folder.resolve("snapshots/" + i));
            }
            stop.set(true);
            writing.join();
        }
        for (int i = 0; i < 5; i++) {
            String name = "restored-" + i;
            assertThat(collections
                            .restore(folder.resolve("snapshots/" + i), name)
                            .name())
                    .isEqualTo(name);
            assertThat(collections.check(name, ProgressListener.NONE)).isEmpty();
            try (VectorEngine engine = collections.read(name)) {
                Set<String> rounds = new HashSet<>();
                for (VectorItem item : all(engine)) {
                    if (item.id().startsWith("new-")) {
                        rounds.add(String.valueOf(item.fields().get("seed")));
                    }
                }
                assertThat(rounds).hasSizeLessThanOrEqualTo(1);
                assertThat(engine.get("item-0000")).isPresent();
            }
        }
        assertThatThrownBy(() -> collections.restore(folder.resolve("snapshots/0"), "photos"))
                .hasMessageContaining("already");
        assertThatThrownBy(() -> collections.snapshot("photos", folder.resolve("snapshots/0")))
                .hasMessageContaining("is there already");
        assertThatThrownBy(() -> collections.restore(folder.resolve("nothing"), "other"))
                .hasMessageContaining("collection.json");
    }
}
