package org.cl2cm.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.cl2cm.data.ProgressListener;
import org.cl2cm.search.ItemStatus.Outcome;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What every engine must do. A subclass says how to make and open its collections; all of them search
/// exactly at the sizes used here.
public abstract class VectorEngineContract {
    protected static final String MODEL = "model-a";

    /// Creates an empty collection and opens it for writing.
    protected abstract VectorEngine create(CollectionInfo info) throws IOException;

    protected final VectorEngine create(String name, int dimension) throws IOException {
        return create(CollectionInfo.of(name, dimension, MODEL));
    }

    protected abstract VectorEngine read(String name) throws IOException;

    protected abstract VectorEngine write(String name) throws IOException;

    @ParameterizedTest
    @CsvSource({"1,1", "7,3", "97,5", "1001,33", "503,130"})
    void exactSearchEqualsBruteForce(int count, int dimension) throws IOException {
        List<VectorItem> items = TestVectors.scattered(count, count, dimension);
        try (VectorEngine engine = create("odd", dimension)) {
            engine.upsert(items.subList(0, count / 2));
            engine.commit();
            engine.upsert(items.subList(count / 2, count));
            engine.refresh();
            Random random = new Random(99);
            for (int i = 0; i < 25; i++) {
                float[] query = TestVectors.near(random, new float[dimension], 1);
                for (int top : new int[] {1, 3, 10, count, count + 5}) {
                    List<Hit> hits = engine.search(new VectorQuery(MODEL, query, top));
                    assertThat(TestVectors.ids(hits)).isEqualTo(TestVectors.bruteForce(items, query, top));
                }
                Hit best = engine.search(new VectorQuery(MODEL, query, 1)).getFirst();
                double score =
                        TestVectors.dot(engine.get(best.id()).orElseThrow().vector(), query);
                assertThat((double) best.score()).isCloseTo(score, within(1e-5));
            }
        }
    }

    @Test
    void givesItemsById() throws IOException {
        List<VectorItem> items = TestVectors.scattered(5, 40, 3);
        try (VectorEngine engine = create("some", 3)) {
            engine.upsert(items);
            engine.refresh();
            List<String> wanted =
                    List.of(items.get(7).id(), "nowhere", items.get(31).id(), "");
            List<VectorItem> found = engine.getAll(wanted);
            assertThat(found)
                    .extracting(VectorItem::id)
                    .containsExactlyInAnyOrder(items.get(7).id(), items.get(31).id());
            for (VectorItem item : found) {
                assertThat(item.vector())
                        .containsExactly(engine.get(item.id()).orElseThrow().vector());
            }
            assertThat(engine.getAll(List.of())).isEmpty();
        }
    }

    private static final Map<String, FieldType> FIELDS = Map.of(
            "lang", FieldType.KEYWORD, "year", FieldType.NUMBER, "taken", FieldType.DATE, "title", FieldType.TEXT);

    private static Map<String, String> randomFields(Random random) {
        Map<String, String> fields = new HashMap<>(Map.of("other", "x"));
        String[] languages = {"de", "zh", "pt BR", "de\nzh", "中文"};
        String[] titles = {"Two dogs", "a dog, a cat", "CATS and dogs", "two", "A Two-Dog night\nsnow"};
        String[] dates = {"2023", "2024-02", "2024-02-29", "2024-02-29T23:59:59Z", "1969-12-31"};
        if (random.nextInt(4) > 0) {
            fields.put("lang", languages[random.nextInt(languages.length)]);
        }
        if (random.nextInt(4) > 0) {
            fields.put("year", random.nextInt(4) == 0 ? "-0.0" : String.valueOf(2018 + random.nextInt(6)));
        }
        if (random.nextInt(4) > 0) {
            fields.put("taken", dates[random.nextInt(dates.length)]);
        }
        if (random.nextInt(4) > 0) {
            fields.put("title", titles[random.nextInt(titles.length)]);
        }
        return fields;
    }

    private static Filter randomFilter(Random random, int depth) {
        String[] leaves = {
            "lang=de",
            "lang='pt BR'",
            "lang IN (zh, 中文)",
            "lang!=de",
            "lang EXISTS",
            "year=0",
            "year>=2020",
            "year<2020",
            "year IN (2018, 2021)",
            "year EXISTS",
            "taken=2024",
            "taken>2024-02",
            "taken<=1969",
            "taken>=2024-02-29",
            "title~dogs",
            "title~'dog two'",
            "title~SNOW",
            "title EXISTS",
            "lang=nobody"
        };
        Filter leaf = Filter.parse(leaves[random.nextInt(leaves.length)], FIELDS);
        if (depth == 0) {
            return leaf;
        }
        Filter other = randomFilter(random, depth - 1);
        return switch (random.nextInt(4)) {
            case 0 -> new Filter.And(List.of(leaf, other));
            case 1 -> new Filter.Or(List.of(leaf, other));
            case 2 -> new Filter.Not(other);
            default -> leaf;
        };
    }

    @Test
    void aFilteredSearchEqualsBruteForceOverWhatMatches() throws IOException {
        Random random = new Random(7);
        List<VectorItem> items = TestVectors.scattered(5, 400, 9).stream()
                .map(item -> new VectorItem(item.id(), item.vector(), randomFields(random)))
                .toList();
        try (VectorEngine engine =
                create(CollectionInfo.of("filtered", 9, MODEL).withFields(FIELDS))) {
            engine.upsert(items.subList(0, 150));
            engine.commit();
            engine.upsert(items.subList(150, 400));
            // A deleted item is found by no filter.
            engine.delete(List.of(items.getLast().id()));
            engine.refresh();
            List<VectorItem> left = items.subList(0, 399);
            int found = 0;
            for (int i = 0; i < 300; i++) {
                Filter filter = randomFilter(random, i % 4);
                float[] query = TestVectors.near(random, new float[9], 1);
                List<VectorItem> matching = left.stream()
                        .filter(item -> Matching.matches(filter, item.fields()))
                        .toList();
                List<Hit> hits = engine.search(new VectorQuery(MODEL, query, 20).among(Optional.of(filter)));
                assertThat(TestVectors.ids(hits))
                        .as(filter.toString())
                        .isEqualTo(TestVectors.bruteForce(matching, query, 20));
                found += hits.isEmpty() ? 0 : 1;
            }
            assertThat(found).as("most filters match something").isBetween(150, 299);
        }
    }

    @Test
    void aValueThatDoesNotSuitItsFieldRefusesTheItemAlone() throws IOException {
        try (VectorEngine engine = create(CollectionInfo.of("typed", 2, MODEL).withFields(FIELDS))) {
            float[] vector = {1, 0};
            List<ItemStatus> statuses = engine.upsert(List.of(
                    new VectorItem("a", vector, Map.of("year", "2020")),
                    new VectorItem("b", vector, Map.of("year", "MMXX")),
                    new VectorItem("c", vector, Map.of("taken", "soon")),
                    new VectorItem("d", vector, Map.of("lang", "x".repeat(9_000)))));
            assertThat(statuses)
                    .extracting(ItemStatus::outcome)
                    .containsExactly(Outcome.STORED, Outcome.REFUSED, Outcome.REFUSED, Outcome.REFUSED);
            assertThat(statuses.get(1).reason()).contains("\"year\"", "\"MMXX\" is no number");
            assertThat(statuses.get(2).reason()).contains("\"taken\"", "\"soon\" is no date");
            assertThat(statuses.get(3).reason()).contains("\"lang\"", "9000 bytes");
        }
    }

    private static VectorItem captioned(String id, double degrees, String language, String captions) {
        double radians = Math.toRadians(degrees);
        return new VectorItem(
                id,
                new float[] {(float) Math.cos(radians), (float) Math.sin(radians)},
                Map.of(VectorItem.CAPTION + language, captions));
    }

    /// Reciprocal ranks by hand: the vectors say a b c d e, the words say e c (the more of the word,
    /// the better).
    @Test
    void wordsAndVectorsAreFusedByReciprocalRank() throws IOException {
        List<VectorItem> items = List.of(
                captioned("a", 1, "en", "one two three four"),
                captioned("b", 2, "en", "one two three four"),
                captioned("c", 3, "en", "zebra two three four"),
                captioned("d", 4, "en", "one two three four"),
                captioned("e", 5, "en", "zebra zebra three four"));
        VectorQuery query = new VectorQuery(MODEL, new float[] {1, 0}, 10);
        try (VectorEngine engine =
                create(CollectionInfo.of("hybrid", 2, MODEL).withFields(Map.of("caption", FieldType.TEXT)))) {
            engine.upsert(items);
            engine.refresh();
            assertThat(TestVectors.ids(engine.search(query))).containsExactly("a", "b", "c", "d", "e");
            List<Hit> hits = engine.search(query.withWords("Zebras!"));
            // c: 1/63 + 1/62, e: 1/65 + 1/61, a: 1/61, b: 1/62, d: 1/64
            assertThat(TestVectors.ids(hits)).containsExactly("c", "e", "a", "b", "d");
            assertThat((double) hits.getFirst().score()).isCloseTo(Math.cos(Math.toRadians(3)), within(1e-6));
            assertThat(TestVectors.ids(engine.search(query.withWords("nobody says this"))))
                    .as("no caption, no change")
                    .containsExactly("a", "b", "c", "d", "e");
            assertThat(TestVectors.ids(engine.search(query.withWords(" ?! ")))).hasSize(5);
            assertThat(TestVectors.ids(engine.search(new VectorQuery(MODEL, new float[] {1, 0}, 1).withWords("zebra"))))
                    .containsExactly("c");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "en, a dog runs on the beach, running dogs",
        "de, ein Hund springt ins Wasser, Hunde",
        "fr, des chevaux blancs, cheval",
        "zh, 一只小狗在跑, 小狗",
        "ja, 犬が海辺を走っている, 海辺",
        "ar, كلب يقفز في الماء, الكلب",
        "pt-BR, dois cachorros correndo, cachorro",
        "xx, an unknown tongue, TONGUE",
    })
    void captionsAreSearchedByTheAnalyzerOfTheirLanguage(String language, String caption, String words)
            throws IOException {
        try (VectorEngine engine = create("words", 2)) {
            engine.upsert(List.of(
                    captioned("near", 1, language, "?"),
                    captioned("nearer", 0, language, "12345"),
                    captioned("said", 80, language, "?\n" + caption)));
            engine.refresh();
            List<Hit> hits = engine.search(new VectorQuery(MODEL, new float[] {1, 0}, 10).withWords(words));
            assertThat(hits.getFirst().id()).isEqualTo("said");
        }
    }

    @Test
    void aFilterHoldsForWordsToo() throws IOException {
        try (VectorEngine engine =
                create(CollectionInfo.of("both", 2, MODEL).withFields(Map.of("lang", FieldType.KEYWORD)))) {
            engine.upsert(List.of(
                    new VectorItem("in", new float[] {1, 0}, Map.of("caption.en", "zebra", "lang", "en")),
                    new VectorItem("out", new float[] {1, 0}, Map.of("caption.en", "zebra", "lang", "de"))));
            engine.refresh();
            Filter filter = Filter.parse("lang=en", engine.info().fields());
            VectorQuery query = new VectorQuery(MODEL, new float[] {1, 0}, 10)
                    .among(Optional.of(filter))
                    .withWords("zebra");
            assertThat(TestVectors.ids(engine.search(query))).containsExactly("in");
        }
    }

    @Test
    void givesEveryLiveItemOnce() throws IOException {
        List<VectorItem> items = TestVectors.scattered(3, 57, 4);
        try (VectorEngine engine = create("each", 4)) {
            engine.upsert(items.subList(0, 30));
            engine.commit();
            engine.upsert(items.subList(20, 57));
            engine.delete(List.of(items.getFirst().id()));
            engine.refresh();
            Map<String, float[]> seen = new HashMap<>();
            engine.forEach(item ->
                    assertThat(seen.put(item.id(), item.vector())).as(item.id()).isNull());
            assertThat(seen.keySet())
                    .containsExactlyInAnyOrderElementsOf(
                            items.subList(1, 57).stream().map(VectorItem::id).toList());
            assertThat(seen.get(items.get(5).id()))
                    .isEqualTo(engine.get(items.get(5).id()).orElseThrow().vector());
        }
    }

    @Test
    void groupsWhatIsNearlyTheSame() throws IOException {
        List<VectorItem> items = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            // More than a first look for neighbours returns.
            items.add(captioned("many" + i, 0.001 * i, "en", ""));
        }
        items.addAll(List.of(
                captioned("a", 30, "en", ""),
                captioned("b", 31, "en", ""),
                captioned("c", 32, "en", ""),
                captioned("alone", 80, "en", ""),
                captioned("x", 90, "en", ""),
                captioned("w", 91.3, "en", "")));
        try (VectorEngine engine = create("duplicates", 2)) {
            engine.upsert(items);
            engine.refresh();
            List<List<String>> groups = Duplicates.groups(engine, Math.cos(Math.toRadians(1.5)), ProgressListener.NONE);
            assertThat(groups).hasSize(3);
            assertThat(groups.get(0)).hasSize(40);
            assertThat(groups.get(1)).as("a and c by way of b").containsExactly("a", "b", "c");
            assertThat(groups.get(2)).containsExactly("w", "x");
            assertThat(Duplicates.groups(engine, 1, ProgressListener.NONE))
                    .as("what float32 cannot tell apart")
                    .hasSize(1);
            assertThatThrownBy(() -> Duplicates.groups(engine, 1.1, ProgressListener.NONE))
                    .hasMessageContaining("1.1");
        }
    }

    @Test
    void declaredFieldsAreRemembered() throws IOException {
        CollectionInfo info = CollectionInfo.of("declared", 2, MODEL).withFields(FIELDS);
        try (VectorEngine engine = create(info)) {
            engine.upsert(List.of(new VectorItem("a", new float[] {1, 0}, Map.of("lang", "de\nzh"))));
        }
        try (VectorEngine engine = read("declared")) {
            assertThat(engine.info().fields()).isEqualTo(FIELDS);
            assertThat(engine.get("a").orElseThrow().fields()).containsEntry("lang", "de\nzh");
        }
        assertThatThrownBy(() -> info.withFields(Map.of("caption.en", FieldType.TEXT)))
                .hasMessageContaining("caption.en");
    }

    @Test
    void tiesAreOrderedById() throws IOException {
        float[] same = {3, 4};
        try (VectorEngine engine = create("ties", 2)) {
            for (String id : List.of("d", "b", "é", "a", "c", "日")) {
                engine.upsert(List.of(new VectorItem(id, same, Map.of())));
                engine.commit();
            }
            engine.refresh();
            assertThat(TestVectors.ids(engine.search(new VectorQuery(MODEL, same, 3))))
                    .containsExactly("a", "b", "c");
            assertThat(TestVectors.ids(engine.search(new VectorQuery(MODEL, same, 6))))
                    .containsExactly("a", "b", "c", "d", "é", "日");
        }
    }

    @Test
    void replacesAndDeletes() throws IOException {
        try (VectorEngine engine = create("changes", 2)) {
            engine.upsert(List.of(item("a", 1, 0), item("b", 0, 1)));
            engine.refresh();
            assertThat(engine.stats().items()).isEqualTo(2);
            List<ItemStatus> again =
                    engine.upsert(List.of(new VectorItem("a", new float[] {0, -1}, Map.of("media", "new.jpg"))));
            engine.refresh();
            assertThat(again).containsExactly(new ItemStatus("a", Outcome.STORED));
            assertThat(engine.stats().items()).isEqualTo(2);
            List<Hit> hits = engine.search(new VectorQuery(MODEL, new float[] {0, 1}, 5));
            assertThat(hits).containsExactly(new Hit("b", 1, Map.of()), new Hit("a", -1, Map.of("media", "new.jpg")));
            assertThat(engine.delete(List.of("b", "nobody")))
                    .containsExactly(new ItemStatus("b", Outcome.DELETED), new ItemStatus("nobody", Outcome.MISSING));
            engine.refresh();
            assertThat(TestVectors.ids(engine.search(new VectorQuery(MODEL, new float[] {0, 1}, 5))))
                    .containsExactly("a");
            assertThat(engine.get("b")).isEmpty();
        }
        try (VectorEngine engine = read("changes")) {
            assertThat(engine.stats().items()).isEqualTo(1);
        }
    }

    @Test
    void deleteSeesWhatWasJustAdded() throws IOException {
        try (VectorEngine engine = create("quick", 2)) {
            engine.upsert(List.of(item("a", 1, 0)));
            assertThat(engine.delete(List.of("a"))).containsExactly(new ItemStatus("a", Outcome.DELETED));
        }
        try (VectorEngine engine = read("quick")) {
            assertThat(engine.stats().items()).isZero();
        }
    }

    @Test
    void refusesBadItemsAndStoresTheRest() throws IOException {
        try (VectorEngine engine = create("bad", 2)) {
            List<ItemStatus> statuses = engine.upsert(List.of(
                    item("good", 1, 0),
                    new VectorItem("long", new float[] {1, 2, 3}, Map.of()),
                    item("nan", Float.NaN, 1),
                    item("infinite", 1, Float.POSITIVE_INFINITY),
                    item("zero", 0, 0),
                    item("", 1, 0),
                    item("\ud800", 1, 0),
                    item("x".repeat(VectorItem.LONGEST_ID + 1), 1, 0),
                    item("x".repeat(VectorItem.LONGEST_ID), 1, 0)));
            engine.refresh();
            assertThat(statuses.stream().map(ItemStatus::outcome))
                    .containsExactly(
                            Outcome.STORED,
                            Outcome.REFUSED,
                            Outcome.REFUSED,
                            Outcome.REFUSED,
                            Outcome.REFUSED,
                            Outcome.REFUSED,
                            Outcome.REFUSED,
                            Outcome.REFUSED,
                            Outcome.STORED);
            assertThat(statuses.get(1).reason()).contains("dimension 3", "2");
            assertThat(statuses.get(2).reason()).contains("NaN", "position 0");
            assertThat(statuses.get(4).reason()).contains("zeros");
            assertThat(engine.stats().items()).isEqualTo(2);
        }
    }

    @Test
    void aRefusedReplacementLeavesTheOldItem() throws IOException {
        try (VectorEngine engine = create("kept", 2)) {
            engine.upsert(List.of(item("a", 0, 1)));
            assertThat(engine.upsert(List.of(item("a", 0, 0))).getFirst().isRefused())
                    .isTrue();
            engine.refresh();
            assertThat(engine.get("a").orElseThrow().vector()).containsExactly(0, 1);
        }
    }

    @Test
    void vectorsAreBroughtToLengthOne() throws IOException {
        try (VectorEngine engine = create("length", 2)) {
            engine.upsert(List.of(item("a", 30, 40)));
            engine.refresh();
            assertThat(engine.get("a").orElseThrow().vector()).containsExactly(0.6f, 0.8f);
            List<Hit> hits = engine.search(new VectorQuery(MODEL, new float[] {300, 400}, 1));
            assertThat(hits.getFirst().score()).isCloseTo(1f, within(1e-6f));
        }
    }

    @Test
    void keepsUnicodeIdsAndFields() throws IOException {
        List<String> ids =
                List.of("小狗/跳.jpg", "كلب", "naïve", "nai\u0308ve", "🐕‍🦺", "a b\tc\n", "../../x", "\"'\\", "A", "a");
        try (VectorEngine engine = create("unicode", 3)) {
            for (int i = 0; i < ids.size(); i++) {
                engine.upsert(List.of(new VectorItem(
                        ids.get(i), new float[] {i, 1, 2}, Map.of("caption.zh", "一只狗 " + i, "caption.ar", "كلب"))));
            }
        }
        try (VectorEngine engine = read("unicode")) {
            assertThat(engine.stats().items()).isEqualTo(ids.size());
            for (int i = 0; i < ids.size(); i++) {
                assertThat(engine.get(ids.get(i)).orElseThrow().fields())
                        .isEqualTo(Map.of("caption.zh", "一只狗 " + i, "caption.ar", "كلب"));
            }
            assertThat(TestVectors.ids(engine.search(new VectorQuery(MODEL, new float[] {1, 1, 1}, 100))))
                    .containsExactlyInAnyOrderElementsOf(ids);
        }
    }

    @Test
    void refusesQueriesOfAnotherModel() throws IOException {
        try (VectorEngine engine = create("fingerprint", 2)) {
            engine.upsert(List.of(item("a", 1, 0)));
            engine.refresh();
            assertThatThrownBy(() -> engine.search(new VectorQuery("model-b", new float[] {1, 0}, 1)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("model-a")
                    .hasMessageContaining("model-b");
        }
    }

    @Test
    void refusesBadQueries() throws IOException {
        try (VectorEngine engine = create("queries", 2)) {
            for (float[] bad : List.of(new float[3], new float[2], new float[] {Float.NaN, 1})) {
                assertThatThrownBy(() -> engine.search(new VectorQuery(MODEL, bad, 1)))
                        .isInstanceOf(IllegalArgumentException.class);
            }
            assertThatThrownBy(() -> new VectorQuery(MODEL, new float[2], 0))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> new VectorQuery(MODEL, new float[2], VectorQuery.MOST + 1))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void anEmptyCollectionAnswersWithNothing() throws IOException {
        try (VectorEngine engine = create("empty", 2)) {
            assertThat(engine.search(new VectorQuery(MODEL, new float[] {1, 0}, 10)))
                    .isEmpty();
            assertThat(engine.stats().items()).isZero();
        }
    }

    @Test
    void readersSeeCommitsAfterTheirRefresh() throws IOException {
        try (VectorEngine writer = create("shared", 2);
                VectorEngine reader = read("shared")) {
            writer.upsert(List.of(item("a", 1, 0)));
            reader.refresh();
            assertThat(reader.stats().items()).isZero();
            writer.commit();
            assertThat(reader.stats().items()).isZero();
            reader.refresh();
            assertThat(reader.stats().items()).isEqualTo(1);
            assertThatThrownBy(() -> reader.upsert(List.of())).isInstanceOf(UnsupportedOperationException.class);
        }
    }

    @Test
    void searchesGoOnWhileOthersWrite() throws Exception {
        List<VectorItem> items = TestVectors.scattered(5, 1500, 8);
        AtomicBoolean done = new AtomicBoolean();
        try (VectorEngine writer = create("busy", 8);
                VectorEngine reader = read("busy");
                ExecutorService threads = Executors.newFixedThreadPool(2)) {
            List<Future<Long>> searches = new ArrayList<>();
            for (VectorEngine engine : List.of(writer, reader)) {
                searches.add(threads.submit(() -> {
                    long seen = 0;
                    while (!done.get()) {
                        engine.refresh();
                        long items0 = engine.stats().items();
                        int found = engine.search(
                                        new VectorQuery(MODEL, items.getFirst().vector(), 2000))
                                .size();
                        assertThat((long) found).isGreaterThanOrEqualTo(Math.max(seen, items0));
                        seen = found;
                    }
                    return seen;
                }));
            }
            for (int i = 0; i < items.size(); i += 100) {
                writer.upsert(items.subList(i, i + 100));
                writer.commit();
            }
            done.set(true);
            for (Future<Long> search : searches) {
                assertThat(search.get()).isLessThanOrEqualTo(1500);
            }
            reader.refresh();
            assertThat(reader.stats().items()).isEqualTo(1500);
        }
    }

    @Test
    void aCollectionGoesOnAfterItWasClosed() throws IOException {
        try (VectorEngine engine = create("again", 2)) {
            engine.upsert(List.of(item("a", 1, 0)));
        }
        try (VectorEngine engine = write("again")) {
            engine.upsert(List.of(item("b", 0, 1)));
        }
        try (VectorEngine engine = read("again")) {
            assertThat(TestVectors.ids(engine.search(new VectorQuery(MODEL, new float[] {1, 0}, 5))))
                    .containsExactly("a", "b");
        }
    }

    private static VectorItem item(String id, float x, float y) {
        return new VectorItem(id, new float[] {x, y}, Map.of());
    }
}
