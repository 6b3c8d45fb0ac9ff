package org.cl2cm.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.cl2cm.data.Manifest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataTranslateCommandTest {
    private static final String UPPER = "program:tr a-z A-Z";

    @TempDir
    Path folder;

    private Path manifest = Path.of("");

    @BeforeEach
    void writeManifest() throws IOException {
        manifest = folder.resolve("manifest.jsonl");
        Files.writeString(manifest, """
                {"id": "a", "split": "train", "captions": {"en": ["a red dog", "two\\ncats"]}}
                {"id": "b", "split": "val", "captions": {"en": ["a poison bird"], "de": ["ein Vogel", "zwei"]}}
                {"id": "c", "split": "train", "captions": {"en": ["a cow"]}}
                """);
    }

    private Said translate(Object... arguments) {
        List<Object> all = new ArrayList<>(List.of("data", "translate"));
        all.addAll(Arrays.asList(arguments));
        all.addAll(List.of("--cache", folder.resolve("cache")));
        return Said.by(all.toArray());
    }

    private List<String> sideCar(String key) throws IOException {
        return Files.readAllLines(folder.resolve("translations").resolve(key + ".jsonl"));
    }

    @Test
    void writesASideCarThatIsReadAtOnceAndCanBeTranslatedBack() throws IOException {
        Said said = translate(manifest, "--to", "xx", "--with", UPPER, "--split", "train");
        assertThat(said.exit()).as(said.err()).isEqualTo(ExitCode.DONE);
        assertThat(said.out()).contains("xx.tr.jsonl: 3 captions, 3 translated (0 of them before), 0 failed");
        assertThat(translate(manifest, "--to", "xx", "--with", UPPER).out())
                .contains("4 captions, 4 translated (3 of them before)");
        assertThat(sideCar("xx.tr"))
                .containsExactly(
                        "{\"id\":\"a\",\"xx\":[\"A RED DOG\",\"TWO CATS\"]}",
                        "{\"id\":\"b\",\"xx\":[\"A POISON BIRD\"]}",
                        "{\"id\":\"c\",\"xx\":[\"A COW\"]}");
        Said stats = Said.by("data", "stats", manifest);
        assertThat(stats.out()).containsPattern("train +xx.tr +machine +2/2 +3 ");

        Said back = translate(manifest, "--from", "xx.tr", "--to", "en", "--with", "program:tr A-Z a-z");
        assertThat(back.exit()).as(back.err()).isEqualTo(ExitCode.DONE);
        assertThat(sideCar("en.tr-from-xx.tr"))
                .containsExactly(
                        "{\"id\":\"a\",\"en\":[\"a red dog\",\"two cats\"]}",
                        "{\"id\":\"b\",\"en\":[\"a poison bird\"]}",
                        "{\"id\":\"c\",\"en\":[\"a cow\"]}");
        assertThat(Manifest.readWithTranslations(manifest)
                        .find("a")
                        .orElseThrow()
                        .translations("en.tr-from-xx.tr"))
                .containsExactly("a red dog", "two cats");
        assertThat(Said.by("data", "check", manifest).out()).contains("0 errors");
    }

    @Test
    void aCaptionThatFailsIsNullAndNamed() throws IOException {
        Said said = translate(manifest, "--to", "xx", "--with", "program:sed /poison/q7", "--name", "mine");
        assertThat(said.exit()).isEqualTo(ExitCode.PARTLY_DONE);
        assertThat(said.err())
                .contains("mine: 1 captions failed, the first is \"b\"[0]: \"sed /poison/q7\" ended with code 7")
                .contains("reports/xx.mine.errors.jsonl names them");
        assertThat(sideCar("xx.mine")).contains("{\"id\":\"b\",\"xx\":[null]}");
        JsonNode error = new ObjectMapper()
                .readTree(Files.readString(folder.resolve("translations/reports/xx.mine.errors.jsonl")));
        assertThat(error.path("id").asText()).isEqualTo("b");
        assertThat(error.path("text").asText()).isEqualTo("a poison bird");

        Said stopped = translate(
                manifest, "--to", "xx", "--with", "program:sed /poison/q7", "--name", "mine", "--max-errors", "0");
        assertThat(stopped.exit()).isEqualTo(ExitCode.FAILED);
        assertThat(stopped.err()).contains("mine: 1 captions failed, more than --max-errors 0 allows", "goes on");
    }

    @Test
    void whatLooksWrongIsShownWorstFirst() throws IOException {
        Said said = translate(manifest, "--to", "es", "--with", "program:cat", "--format", "json", "--show", "1");
        JsonNode json = new ObjectMapper().readTree(said.out());
        assertThat(json.path("captions").asInt()).isEqualTo(4);
        assertThat(json.path("suspicious").asInt()).isEqualTo(4);
        assertThat(json.path("signs").path("untranslated words").asInt()).isEqualTo(4);
        assertThat(json.path("worst")).hasSize(1);
        assertThat(json.path("worst").get(0).path("id").asText()).isEqualTo("a");
        try (Stream<String> lines = Files.lines(folder.resolve("translations/reports/es.cat.suspicious.jsonl"))) {
            assertThat(lines).hasSize(4);
        }
        Said review = Said.by("data", "review", manifest, "es.cat", "--split", "val");
        assertThat(review.exit()).isEqualTo(ExitCode.DONE);
        assertThat(review.out())
                .contains("es.cat: 1 translations", "1.00  \"b\"[0]  untranslated words", "1 suspicious");
        assertThat(Said.by("data", "review", manifest, "es.none").err()).contains("no translations \"es.none\"");
    }

    @Test
    void textsWithoutImagesBecomeParallelText() throws IOException {
        Path text = Files.writeString(folder.resolve("captions.txt"), "a dog\n\na cat\n");
        assertThat(translate(text, "--to", "xx", "--with", UPPER).exit()).isEqualTo(ExitCode.DONE);
        Path parallel = folder.resolve("captions.xx.tr.jsonl");
        assertThat(Files.readAllLines(parallel))
                .containsExactly(
                        "{\"id\":\"1\",\"en\":[\"a dog\"],\"xx\":[\"A DOG\"]}",
                        "{\"id\":\"3\",\"en\":[\"a cat\"],\"xx\":[\"A CAT\"]}");
        Path german = folder.resolve("de-xx.jsonl");
        assertThat(translate(manifest, "--from", "de", "--to", "xx", "--with", UPPER)
                        .err())
                .contains("\"b\" has 2 texts to translate and 1 English captions", "--out FILE");
        assertThat(translate(manifest, "--from", "de", "--to", "xx", "--with", UPPER, "--out", german)
                        .exit())
                .isEqualTo(ExitCode.DONE);
        assertThat(Files.readAllLines(german))
                .containsExactly("{\"id\":\"b\",\"de\":[\"ein Vogel\",\"zwei\"],\"xx\":[\"EIN VOGEL\",\"ZWEI\"]}");
    }

    @Test
    void wrongUseIsSaidBeforeAnythingIsDone() throws IOException {
        for (List<String> wrong : List.of(
                List.of("--to", "xx", "--with", "babelfish"),
                List.of("--to", "xx", "--with", "apy:"),
                List.of("--to", "xx", "--with", "apy:ftp://host"),
                List.of("--to", "xx", "--with", "libretranslate:http://localhost:1", "--rate", "often"),
                List.of("--to", "xx", "--with", "program:sed 's/a"),
                List.of("--to", "xx", "--with", UPPER, "--batch", "0"),
                List.of("--to", "xx", "--with", UPPER, "--limit", "0"),
                List.of("--to", "xx", "--with", UPPER, "--time-out", "0"),
                List.of("--to", "xx", "--with", UPPER, "--name", "../x"),
                List.of("--to", "../x", "--with", UPPER),
                List.of("--to", "en", "--with", UPPER),
                List.of("--with", UPPER))) {
            List<Object> arguments = new ArrayList<>(List.of(manifest));
            arguments.addAll(wrong);
            assertThat(translate(arguments.toArray()).exit()).as("%s", wrong).isEqualTo(ExitCode.USAGE);
        }
        Said onnx = translate(manifest, "--to", "xx", "--with", "onnx:" + folder.resolve("none"));
        assertThat(onnx.exit()).isEqualTo(ExitCode.FAILED);
        assertThat(onnx.err()).contains(folder.resolve("none") + ": no such folder");
        Said nobody =
                translate(manifest, "--to", "xx", "--with", "libretranslate:http://localhost:1", "--retries", "0");
        assertThat(nobody.exit()).isEqualTo(ExitCode.FAILED);
        assertThat(nobody.err()).contains("libretranslate: http://localhost:1/translate cannot be reached");
        assertThat(folder.resolve("translations")).doesNotExist();
    }

    /// The two sides of a training: translations, and what is left of the captions after a round trip.
    @Test
    void trainingFindsWhatWasTranslated() throws IOException {
        Path home = Files.createDirectory(folder.resolve("world"));
        TinyWorld world = new TinyWorld(home);
        String words = "program:sed -E 's/^a (.*) (.*)$/x\\1 x\\2/'";
        Said there = translate(world.manifest(), "--to", "xx", "--with", words, "--split", "train");
        assertThat(there.exit()).as(there.err()).isEqualTo(ExitCode.DONE);
        assertThat(Files.readString(home.resolve("translations/xx.sed.jsonl")))
                .startsWith("{\"id\":\"item0\",\"xx\":[\"xred xdog\"]}");
        String back = "program:sed -E 's/^x(.*) x(.*)$/a \\1 \\2/'";
        assertThat(translate(world.manifest(), "--from", "xx.sed", "--to", "en", "--with", back, "--name", "back")
                        .exit())
                .isEqualTo(ExitCode.DONE);
        Path run = folder.resolve("run");
        Said trained = Said.by((Object[]) world.train(run, "data.translations=[xx.sed, en.back]", "train.epochs=1"));
        assertThat(trained.exit()).as(trained.err()).isEqualTo(ExitCode.DONE);
        assertThat(run.resolve("model")).isDirectory();
    }

    /// The process is killed twice in the middle of its work; what it had done is not done again, and
    /// the result is that of a run that nobody disturbed.
    @Test
    void goesOnAfterBeingKilled() throws Exception {
        StringBuilder lines = new StringBuilder();
        StringBuilder expected = new StringBuilder();
        for (int i = 0; i < 80; i++) {
            lines.append("{\"id\": \"i" + i + "\", \"captions\": {\"en\": [\"caption " + i + "\"]}}\n");
            expected.append("{\"id\":\"i" + i + "\",\"xx\":[\"CAPTION " + i + "\"]}\n");
        }
        Files.writeString(manifest, lines);
        Path log = folder.resolve("log");
        Path script =
                Files.writeString(folder.resolve("slow"), "#!/bin/sh\nsleep 0.01\ntr a-z A-Z | tee -a " + log + "\n");
        assertThat(script.toFile().setExecutable(true)).isTrue();
        List<String> command = Said.java(Cl2cm.class);
        command.addAll(List.of("data", "translate", manifest.toString(), "--to", "xx", "--with", "program:" + script));
        command.addAll(
                List.of("--batch", "2", "--cache", folder.resolve("cache").toString()));
        long before = 0;
        for (int i = 0; i < 2; i++) {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(folder.resolve("out").toFile())
                    .start();
            long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
            while (lines(log) < before + 12 && process.isAlive() && System.nanoTime() < end) {
                Thread.sleep(5);
            }
            assertThat(process.isAlive())
                    .as(Files.readString(folder.resolve("out")))
                    .isTrue();
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly().waitFor();
            assertThat(folder.resolve("translations")).doesNotExist();
            before = lines(log);
        }
        Said said = translate(manifest, "--to", "xx", "--with", "program:" + script, "--batch", "50");
        assertThat(said.exit()).as(said.err()).isEqualTo(ExitCode.DONE);
        assertThat(Files.readString(folder.resolve("translations/xx.slow.jsonl")))
                .isEqualTo(expected.toString());
        // A kill costs the batch that was under way.
        assertThat(lines(log)).isBetween(80L, 84L);
        JsonNode made =
                new ObjectMapper().readTree(Files.readString(folder.resolve("translations/reports/xx.slow.json")));
        assertThat(made.path("kept").asLong()).isBetween(before - 4, before);
    }

    private static long lines(Path file) throws IOException {
        if (!Files.exists(file)) {
            return 0;
        }
        try (Stream<String> lines = Files.lines(file)) {
            return lines.count();
        }
    }
}
