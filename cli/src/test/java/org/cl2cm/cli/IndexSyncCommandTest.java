package org.cl2cm.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.cl2cm.data.FeatureStore;
import org.cl2cm.data.FeatureWriter;
import org.cl2cm.fixture.PictureWorld;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IndexSyncCommandTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private Path folder;

    private Path pictures;
    private Path features;
    private Path model;

    @BeforeEach
    void model() throws IOException {
        PictureWorld.write(folder);
        pictures = folder.resolve("images");
        features = folder.resolve("features");
        Said encoded = Said.by(
                "encode",
                folder.resolve("manifest.jsonl"),
                "--encoder",
                "pixels:16",
                "--threads",
                "1",
                "--to",
                features);
        assertThat(encoded.exit()).as(encoded.err()).isEqualTo(ExitCode.DONE);
        model = PictureWorld.train(folder, "run", features, "vision.pixels=16", "vision.channels=16");
    }

    private Object[] command(Object... options) {
        return Stream.concat(
                        Stream.of("index", "sync", "photos", "--collections", folder.resolve("c")), Stream.of(options))
                .toArray();
    }

    private Said sync(Object... options) {
        return Said.by(command(options));
    }

    private JsonNode synced(int exit, Object... options) throws IOException {
        Said said = Said.by(Stream.concat(Stream.of(command(options)), Stream.of("--format", "json"))
                .toArray());
        assertThat(said.exit()).as(said.err()).isEqualTo(exit);
        return JSON.readTree(said.out());
    }

    private static List<String> ids(JsonNode done, String key) {
        List<String> ids = new ArrayList<>();
        done.get(key).forEach(id -> ids.add(id.asText()));
        return ids;
    }

    private JsonNode found(String picture) throws IOException {
        Said said = Said.by(
                "search",
                "photos",
                "--collections",
                folder.resolve("c"),
                "--image",
                pictures.resolve(picture),
                "--format",
                "json");
        assertThat(said.exit()).as(said.err()).isEqualTo(ExitCode.DONE);
        return JSON.readTree(said.out()).at("/results/0/hits/0");
    }

    @Test
    void aFolderBecomesACollectionAndStaysEqualToIt() throws IOException {
        JsonNode planned = synced(ExitCode.DONE, pictures, "--model", model, "--dry-run");
        assertThat(ids(planned, "added")).hasSize(PictureWorld.PICTURES);
        assertThat(Said.by("index", "list", "--collections", folder.resolve("c"))
                        .out())
                .isEmpty();

        JsonNode first = synced(ExitCode.DONE, pictures, "--model", model);
        assertThat(ids(first, "added")).hasSize(PictureWorld.PICTURES);
        assertThat(found("p3.png").get("id").asText()).isEqualTo("p3");
        assertThat(found("p3.png").get("score").asDouble()).isGreaterThan(0.9999);

        JsonNode again = synced(ExitCode.DONE, pictures);
        assertThat(again.get("same").asInt()).isEqualTo(PictureWorld.PICTURES);
        assertThat(ids(again, "added")).isEmpty();

        Files.copy(pictures.resolve("p0.png"), pictures.resolve("new.png"));
        Files.copy(pictures.resolve("p1.png"), pictures.resolve("p2.png"), StandardCopyOption.REPLACE_EXISTING);
        Files.delete(pictures.resolve("p4.png"));
        Files.writeString(pictures.resolve("p5.txt"), "a square in blue\n");
        JsonNode dry = synced(ExitCode.DONE, pictures, "--dry-run");
        JsonNode done = synced(ExitCode.DONE, pictures);
        for (JsonNode each : List.of(dry, done)) {
            assertThat(ids(each, "added")).containsExactly("new");
            assertThat(ids(each, "changed")).containsExactlyInAnyOrder("p2", "p5");
            assertThat(ids(each, "gone")).containsExactly("p4");
            assertThat(each.get("same").asInt()).isEqualTo(PictureWorld.PICTURES - 3);
        }
        // Two pictures are the same now.
        assertThat(found("p2.png").get("id").asText()).isIn("p1", "p2");
        assertThat(found("p2.png").get("score").asDouble()).isGreaterThan(0.9999);
        assertThat(synced(ExitCode.DONE, pictures).get("same").asInt()).isEqualTo(PictureWorld.PICTURES);
    }

    @Test
    void aDamagedPictureIsRefusedAndWhatWasThereIsKept() throws IOException {
        synced(ExitCode.DONE, pictures, "--model", model);
        Path p3 = Files.copy(pictures.resolve("p3.png"), folder.resolve("p3.png"));
        Files.writeString(pictures.resolve("p3.png"), "not a picture");
        Files.writeString(pictures.resolve("odd.jpg"), "neither");

        Said said = sync(pictures);
        assertThat(said.exit()).isEqualTo(ExitCode.PARTLY_DONE);
        assertThat(said.out()).isEqualTo("photos: 0 added, 0 changed, 0 removed, 23 the same\n");
        assertThat(Files.readAllLines(folder.resolve("c/photos/refused.jsonl")))
                .hasSize(2)
                .allMatch(line -> line.contains("not a JPEG, PNG"));
        Files.copy(p3, pictures.resolve("p3.png"), StandardCopyOption.REPLACE_EXISTING);
        assertThat(found("p3.png").get("id").asText()).isEqualTo("p3");
    }

    @Test
    void anEmptyOrWrongFolderRemovesNothing() throws IOException {
        synced(ExitCode.DONE, pictures, "--model", model);
        Path empty = Files.createDirectories(folder.resolve("empty"));
        assertThat(sync(empty).err()).contains("holds no image");
        Files.copy(pictures.resolve("p0.png"), empty.resolve("other.png"));
        Said wrong = sync(empty);
        assertThat(wrong.exit()).isEqualTo(ExitCode.FAILED);
        assertThat(wrong.err()).contains("24 of 24 items would be removed", "nothing was done", "--max-gone 1");
        assertThat(synced(ExitCode.DONE, pictures).get("same").asInt()).isEqualTo(24);
        assertThat(ids(synced(ExitCode.DONE, empty, "--max-gone", "1"), "gone")).hasSize(24);
    }

    @Test
    void aManifestWithFeaturesIsSyncedByWhatItHolds() throws IOException {
        Object[] options = {
            "--manifest", folder.resolve("manifest.jsonl"), "--model", model, "--features", folder.resolve("f.npy")
        };
        List<String> ids;
        List<float[]> rows = new ArrayList<>();
        try (FeatureStore store = FeatureStore.open(features)) {
            ids = store.ids();
            for (String id : ids) {
                rows.add(store.get(id));
            }
        }
        FeatureWriter.write(folder.resolve("f.npy"), ids, rows);
        synced(ExitCode.DONE, options);
        rows.get(ids.indexOf("p7"))[0] += 1;
        FeatureWriter.write(folder.resolve("f.npy"), ids, rows);
        assertThat(ids(synced(ExitCode.DONE, options), "changed")).containsExactly("p7");

        // Without features an item cannot be made, and is not gone either.
        FeatureWriter.write(folder.resolve("f.npy"), ids.subList(0, 20), rows.subList(0, 20));
        JsonNode fewer = synced(ExitCode.PARTLY_DONE, options);
        assertThat(ids(fewer, "gone")).isEmpty();
        assertThat(fewer.get("same").asInt()).isEqualTo(20);

        assertThat(sync(pictures, "--manifest", folder.resolve("manifest.jsonl"))
                        .exit())
                .isEqualTo(ExitCode.USAGE);
        assertThat(sync().exit()).isEqualTo(ExitCode.USAGE);
    }

    @Test
    void whatIsCreatedOrAddedIsKnownToSync() throws IOException {
        Object[] source = {"--manifest", folder.resolve("manifest.jsonl"), "--model", model, "--features", features};
        Said created = Said.by(Stream.concat(
                        Stream.of("index", "create", "photos", "--collections", folder.resolve("c")), Stream.of(source))
                .toArray());
        assertThat(created.exit()).as(created.err()).isEqualTo(ExitCode.DONE);
        assertThat(synced(ExitCode.DONE, source).get("same").asInt()).isEqualTo(PictureWorld.PICTURES);
    }

    @Test
    void goesOnAfterKills() throws Exception {
        Random random = new Random(5);
        for (int i = 0; i < 200; i++) {
            Files.copy(
                    pictures.resolve("p" + random.nextInt(PictureWorld.PICTURES) + ".png"),
                    pictures.resolve("copy" + i + ".png"));
        }
        List<String> command = Said.java(Cl2cm.class, "--enable-native-access=ALL-UNNAMED");
        Stream.of(command(pictures, "--model", model)).map(String::valueOf).forEach(command::add);
        for (int kill = 0; kill < 4; kill++) {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(folder.resolve("child.txt").toFile())
                    .start();
            // Anywhere between the start of the JVM and its end.
            process.waitFor(700 + random.nextInt(2_500), TimeUnit.MILLISECONDS);
            process.toHandle().destroyForcibly();
            process.waitFor();
        }
        JsonNode done = synced(ExitCode.DONE, pictures, "--model", model);
        assertThat(ids(done, "added").size() + done.get("same").asInt()).isEqualTo(224);
        assertThat(Said.by("index", "check", "photos", "--collections", folder.resolve("c"))
                        .err())
                .contains("whole");
        assertThat(synced(ExitCode.DONE, pictures).get("same").asInt()).isEqualTo(224);
    }
}
