package org.cl2cm.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.cl2cm.data.FeatureStore;
import org.cl2cm.data.FeatureWriter;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Two small models, one collection, and what happens when the second takes the place of the first.
class IndexSwapCommandTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    /// Trained once; each test has a copy.
    @TempDir
    private static Path trained;

    @TempDir
    private Path folder;

    private TinyWorld world;

    @BeforeAll
    static void models() throws IOException {
        TinyWorld world = new TinyWorld(trained);
        for (String seed : List.of("1", "2")) {
            Said said = Said.by((Object[])
                    world.train(trained.resolve("run" + seed), "seed=" + seed, "train.epochs=40", "train.rate=0.01"));
            assertThat(said.exit()).as(said.err()).isEqualTo(ExitCode.DONE);
        }
    }

    @BeforeEach
    void collection() throws IOException {
        world = new TinyWorld(folder);
        for (int run = 1; run <= 2; run++) {
            Files.createDirectories(model(run));
            try (var files =
                    Files.newDirectoryStream(trained.resolve("run" + run).resolve("model"))) {
                for (Path file : files) {
                    Files.copy(file, model(run).resolve(file.getFileName()));
                }
            }
        }
        Said created = index("create", "--manifest", world.manifest(), "--split", "val", "--model", model(1));
        assertThat(created.exit()).as(created.err()).isEqualTo(ExitCode.DONE);
    }

    private Path model(int run) {
        return folder.resolve("run" + run).resolve("model");
    }

    /// `index VERB photos ...`, with the features of the world where a model is named.
    private Said index(String verb, Object... options) {
        List<String> arguments = new ArrayList<>(List.of("index", verb, "photos"));
        Stream.of(options).map(String::valueOf).forEach(arguments::add);
        if (arguments.contains("--model") && !arguments.contains("--features")) {
            arguments.addAll(List.of("--features", world.features().toString()));
        }
        arguments.addAll(List.of("--collections", folder.resolve("c").toString()));
        return Said.by(arguments.toArray());
    }

    private JsonNode stats() throws IOException {
        return JSON.readTree(index("stats", "--format", "json").out());
    }

    private Said search(String... options) {
        return Said.by(Stream.concat(
                        Stream.of("search", "photos", "a red dog", "--top", "3", "--collections", folder + "/c"),
                        Stream.of(options))
                .toArray());
    }

    @Test
    void anotherModelTakesThePlaceAndCanBeTakenBack() throws IOException {
        String before = search().out();
        JsonNode live = stats();
        assertThat(live.path("generation").asInt()).isEqualTo(1);

        Said swapped = index("swap", "--model", model(2));
        assertThat(swapped.exit()).as(swapped.err()).isEqualTo(ExitCode.DONE);
        assertThat(swapped.err()).contains("generation 2 is live, 24 items", "index rollback photos");
        JsonNode now = stats();
        assertThat(now.path("model")).isNotEqualTo(live.path("model"));
        assertThat(now.path("previous")).isEqualTo(live.path("model"));
        assertThat(now.path("items").asInt()).isEqualTo(24);
        // The collection names its model, so words find it without being told.
        assertThat(search().out()).isNotEqualTo(before).hasLineCount(3);
        assertThat(search("--model", model(1).toString()).err()).contains("but model");

        Said back = index("rollback");
        assertThat(back.err()).contains("generation 1 is live");
        assertThat(search().out()).isEqualTo(before);
    }

    @Test
    void aCompatibleModelSearchesWhatTheOldOneEncoded() throws IOException {
        Path newer = trained.resolve("run2").resolve("model");
        List<Object> train = new ArrayList<>(List.of((Object[])
                new TinyWorld(trained).train(trained.resolve("run2"), "seed=2", "train.epochs=40", "train.rate=0.01")));
        train.addAll(List.of("--resume", "auto", "--compatible-with", model(1)));
        Said trained = Said.by(train.toArray());
        assertThat(trained.exit()).as(trained.err()).isEqualTo(ExitCode.DONE);
        assertThat(trained.err())
                .contains("compatible with model " + stats().path("model").asText());

        Said found = search("--model", newer.toString());
        assertThat(found.exit()).as(found.err()).isEqualTo(ExitCode.DONE);
        assertThat(found.out()).contains("item72");
        // New items go into the old space too.
        Said added = index("add", "--manifest", world.manifest(), "--split", "train", "--model", newer);
        assertThat(added.exit()).as(added.err()).isEqualTo(ExitCode.DONE);
        assertThat(stats().path("items").asInt()).isEqualTo(96);

        Said worth = Said.by(
                "evaluate",
                "upgrade",
                model(1),
                newer,
                "--manifest",
                world.manifest(),
                "--features",
                world.features(),
                "--split",
                "val");
        assertThat(worth.exit()).as(worth.err()).isEqualTo(ExitCode.DONE);
        assertThat(worth.out())
                .contains("new, carried  mixed", "new, carried  old")
                .hasLineCount(9);
    }

    @Test
    void scoresSayHowLikelyAResultIsTheOneThatWasMeant() throws IOException {
        JsonNode hits = JSON.readTree(search("--format", "json").out()).at("/results/0/hits");
        double first = hits.get(0).get("probability").asDouble();
        assertThat(first)
                .isBetween(0.0, 1.0)
                .isGreaterThanOrEqualTo(hits.get(2).get("probability").asDouble());
        assertThat(hits.get(0).get("background").asBoolean()).isEqualTo(first < 0.01);
        assertThat(search().out()).containsPattern("\\d%  item");

        String least = String.valueOf((first + hits.get(2).get("probability").asDouble()) / 2);
        assertThat(search("--min-score", least).out().lines().count()).isBetween(1L, 2L);
        assertThat(search("--min-score", "1").out()).startsWith("no results");
        assertThat(search("--lang", "fr").err()).contains("--lang fr", "en, xx");
        assertThat(search("--lang", "xx").exit()).isEqualTo(ExitCode.DONE);
        assertThat(Said.by("search", "photos", "--like", "item72", "--min-score", "0.1", "--collections", folder + "/c")
                        .err())
                .contains("queries of words");

        // A model of an earlier version is not calibrated.
        Path file = model(1).resolve("cl2cm.json");
        ObjectNode description = (ObjectNode) JSON.readTree(file.toFile());
        assertThat(description.at("/calibration/en/queries").asInt()).isPositive();
        description.remove("calibration");
        JSON.writeValue(file.toFile(), description);
        assertThat(search("--min-score", "0.1").err()).contains("model calibrate");
        assertThat(search().out()).doesNotContain("%");

        Said scores = Said.by(
                "evaluate",
                "scores",
                model(1),
                "--manifest",
                world.manifest(),
                "--features",
                world.features(),
                "--split",
                "val");
        assertThat(scores.err()).contains("not calibrated", "model calibrate");
        Said calibrated =
                Said.by("model", "calibrate", model(1), "--manifest", world.manifest(), "--features", world.features());
        assertThat(calibrated.exit()).as(calibrated.err()).isEqualTo(ExitCode.DONE);
        assertThat(calibrated.out()).contains("en: slope", "xx: slope", "24 queries over 24 images");
        assertThat(search().out()).contains("%");
        assertThat(search("--min-score", "0").exit()).isEqualTo(ExitCode.DONE);
        scores = Said.by(
                "evaluate",
                "scores",
                model(1),
                "--manifest",
                world.manifest(),
                "--features",
                world.features(),
                "--split",
                "val",
                "--language",
                "en",
                "--topic",
                "dog");
        assertThat(scores.out()).contains("en: 4 queries over 24 images", "kept without", "found");
    }

    @Test
    void bothAreComparedOnQueriesAndGatesKeepTheLiveOne() throws IOException {
        Path queries = Files.writeString(folder.resolve("asked.jsonl"), """
                {"text": "a red dog", "relevant": ["item72"]}
                {"text": "xblue xcat"}
                """);
        Said dry = index("swap", "--model", model(2), "--queries", queries, "--dry-run", "--format", "json");
        assertThat(dry.exit()).as(dry.err()).isEqualTo(ExitCode.DONE);
        JsonNode compared = JSON.readTree(dry.out());
        assertThat(compared.path("queries").asInt()).isEqualTo(2);
        assertThat(compared.path("overlap").asDouble()).isBetween(0.0, 1.0);
        assertThat(compared.path("recallLive").isNumber()).isTrue();
        assertThat(compared.path("each").get(1).has("recallLive")).isFalse();
        assertThat(stats().path("generation").asInt()).isEqualTo(1);

        Said kept = index("swap", "--model", model(2), "--queries", queries, "--min-overlap", "1.01");
        assertThat(kept.exit()).isEqualTo(ExitCode.FAILED);
        assertThat(kept.err()).contains("--min-overlap 1.01", "the live generation stays");
        Said lost = index("swap", "--model", model(2), "--queries", queries, "--max-loss", "-1.01");
        assertThat(lost.err()).contains("--max-loss -1.01", "the live generation stays");
        assertThat(stats().path("generation").asInt()).isEqualTo(1);

        Files.writeString(queries, "{\"text\": \"a\"}\n{\"txt\": \"b\"}\n");
        assertThat(index("swap", "--model", model(2), "--queries", queries).err())
                .contains("asked.jsonl:2", "\"text\"");
    }

    @Test
    void anItemWithoutFeaturesKeepsTheLiveGenerationUnlessAllowed() throws IOException {
        Path fewer = folder.resolve("fewer.npy");
        try (FeatureStore all = FeatureStore.open(world.features())) {
            List<String> ids =
                    all.ids().stream().filter(id -> !id.equals("item72")).toList();
            List<float[]> rows = new ArrayList<>();
            for (String id : ids) {
                rows.add(all.get(id));
            }
            FeatureWriter.write(fewer, ids, rows);
        }
        Said kept = index("swap", "--model", model(2), "--features", fewer);
        assertThat(kept.exit()).isEqualTo(ExitCode.FAILED);
        assertThat(kept.err()).contains("1 items", "item72", "--allow-missing");
        assertThat(stats().path("generation").asInt()).isEqualTo(1);

        Said swapped = index("swap", "--model", model(2), "--features", fewer, "--allow-missing");
        assertThat(swapped.exit()).isEqualTo(ExitCode.PARTLY_DONE);
        assertThat(stats().path("items").asInt()).isEqualTo(23);
    }

    @Test
    void fieldsCanBeDeclaredLater() {
        assertThat(search("--filter", "split=val").err()).contains("split");
        Said swapped = index("swap", "--field", "split:keyword");
        assertThat(swapped.exit()).as(swapped.err()).isEqualTo(ExitCode.DONE);
        assertThat(search("--filter", "split=val").out()).hasLineCount(3);
        assertThat(index("swap").exit()).isEqualTo(ExitCode.USAGE);
    }

    @Test
    void aCollectionIsCheckedCompactedCopiedAndRestored() throws IOException {
        assertThat(index("delete", "item72", "item73").exit()).isEqualTo(ExitCode.DONE);
        assertThat(index("compact").exit()).isEqualTo(ExitCode.DONE);
        assertThat(stats().path("deleted").asInt()).isZero();
        assertThat(index("check").err()).contains("photos: whole");
        Path copy = folder.resolve("copy");
        assertThat(index("snapshot", copy).exit()).isEqualTo(ExitCode.DONE);
        assertThat(index("snapshot", copy).err()).contains("is there already");
        String at = folder.resolve("c").toString();
        assertThat(Said.by("index", "restore", copy, "again", "--collections", at)
                        .exit())
                .isEqualTo(ExitCode.DONE);
        assertThat(Said.by("index", "list", "--collections", at).out()).isEqualTo("again\nphotos\n");
        assertThat(Said.by("index", "check", "again", "--collections", at).err())
                .contains("again: whole");
    }
}
