package org.cl2cm.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.cl2cm.data.FeatureStore;
import org.cl2cm.fixture.FilmWorld;
import org.cl2cm.fixture.PictureWorld;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// Videos from end to end: encoded, learnt from, cut into moments, found in another language.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class VideoSearchTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    static Path folder = Path.of("");

    private FilmWorld world = new FilmWorld(Path.of(""), List.of());
    private Path model = Path.of("");

    @BeforeAll
    void world() throws IOException {
        Assumptions.assumeTrue(FilmWorld.isPossible(), "no ffmpeg; install it");
        world = FilmWorld.create(folder, ".mp4");
        Said said = Said.by(
                "encode", world.manifest(), "--encoder", "pixels:16", "--fps", "4", "--to", folder.resolve("features"));
        assertThat(said.exit()).as(said.err()).isEqualTo(ExitCode.DONE);
        model = world.train("run", folder.resolve("features"));
    }

    private static Said by(Object... words) {
        return Said.by(Stream.concat(Stream.of(words), Stream.of("--collections", folder.resolve("c")))
                .toArray());
    }

    private static Said done(Object... words) {
        Said said = by(words);
        assertThat(said.exit()).as(said.out() + said.err()).isEqualTo(ExitCode.DONE);
        return said;
    }

    private Said create(String name, String... more) {
        List<Object> words = new ArrayList<>(List.of(
                "index",
                "create",
                name,
                "--manifest",
                world.manifest(),
                "--split",
                "test",
                "--model",
                model,
                "--features",
                folder.resolve("features")));
        words.addAll(List.of(more));
        return done(words.toArray());
    }

    private static JsonNode hits(Object... words) throws IOException {
        List<Object> all = new ArrayList<>(List.of("search"));
        all.addAll(List.of(words));
        all.addAll(List.of("--format", "json"));
        return JSON.readTree(done(all.toArray()).out()).at("/results/0/hits");
    }

    /// Which share of the true span of a scene and of the span of a hit they have in common.
    private static double overlap(JsonNode hit, int scene) {
        double start = scene % FilmWorld.SCENES_A_FILM * FilmWorld.SECONDS_A_SCENE;
        double end = start + FilmWorld.SECONDS_A_SCENE;
        double from = hit.get("start").asDouble();
        double to = hit.get("end").asDouble();
        double common = Math.max(0, Math.min(end, to) - Math.max(start, from));
        return common / (Math.max(end, to) - Math.min(start, from));
    }

    /// How many of the German captions find their film and the span of their scene.
    private int found(String collection, double least) throws IOException {
        List<Object> words = new ArrayList<>(List.of("search", collection, "--format", "json"));
        for (int scene = 0; scene < world.scenes().size(); scene++) {
            words.add(world.german(scene));
        }
        JsonNode results = JSON.readTree(done(words.toArray()).out()).get("results");
        int found = 0;
        for (int scene = 0; scene < world.scenes().size(); scene++) {
            JsonNode hit = results.get(scene).at("/hits/0");
            boolean film = hit.get("video").asText().equals("film" + scene / FilmWorld.SCENES_A_FILM);
            found += film && overlap(hit, scene) >= least ? 1 : 0;
        }
        return found;
    }

    @Test
    void aCaptionInAnotherLanguageFindsTheFilmAndTheSpan() throws IOException {
        assertThat(create("shots").out()).isEqualTo("shots: 4 items stored, 0 refused; videos as their moments\n");
        assertThat(found("shots", 0.9)).as("of 12").isGreaterThanOrEqualTo(10);
        JsonNode all = hits("shots", world.german(0), "--top", "100");
        assertThat(all).as("the best moment of each film").hasSize(FilmWorld.FILMS);
        JsonNode each = hits("shots", world.german(0), "--top", "100", "--moments", "0");
        assertThat(each).hasSize(world.scenes().size());
        assertThat(each.get(0).get("id").asText()).isEqualTo("film0@0-2");
        assertThat(each.get(0).get("media").asText())
                .isEqualTo(world.films().resolve("film0.mp4").toString());
        assertThat(hits("shots", world.german(0), "--filter", "video=film1 AND start>=2", "--moments", "0"))
                .hasSize(2);

        String table =
                done("search", "shots", world.german(4), "--moments", "2").out();
        assertThat(table)
                .contains(
                        "film1@2-4",
                        "  0:02–0:04  ",
                        world.films().resolve("film1.mp4").toString());

        Path sheet = folder.resolve("sheet.png");
        done("search", "shots", world.german(0), "--sheet", sheet);
        BufferedImage drawn = ImageIO.read(sheet.toFile());
        // The first tile shows the ground of the scene, and not the grey of a picture that is missing.
        int ground = world.scenes().getFirst().frame(200, 0.5).getRGB(1, 1) & 255;
        int shown = drawn.getRGB(12 + 5, 12 + 34 + 5) & 255;
        assertThat(Math.abs(shown - ground)).isLessThan(25);
    }

    @Test
    void windowsFindTheSpanToo() throws IOException {
        create("windows", "--cut", "2/1");
        assertThat(found("windows", 0.9)).isGreaterThanOrEqualTo(9);
        create("films", "--cut", "whole");
        JsonNode film = hits("films", world.german(7)).get(0);
        assertThat(film.get("start").asDouble()).isZero();
        assertThat(film.get("end").asDouble()).isEqualTo(6);
        // Another cut in the same collection replaces the moments of before.
        done(
                "index",
                "add",
                "films",
                "--manifest",
                world.manifest(),
                "--split",
                "test",
                "--model",
                model,
                "--features",
                folder.resolve("features"),
                "--cut",
                "3");
        assertThat(hits("films", "ein", "--moments", "0", "--top", "100")).hasSize(8);
        assertThat(by(
                                "index",
                                "create",
                                "odd",
                                "--manifest",
                                world.manifest(),
                                "--model",
                                model,
                                "--features",
                                folder.resolve("features"),
                                "--cut",
                                "scenes")
                        .err())
                .contains("--cut \"scenes\": write shots, whole, or windows");
    }

    @Test
    void aFolderOfFilmsIsFollowedVideoByVideo() throws IOException {
        Path films = Files.createDirectories(folder.resolve("archive"));
        for (int i = 0; i < 3; i++) {
            Files.copy(world.films().resolve("film" + i + ".mp4"), films.resolve("film" + i + ".mp4"));
        }
        Files.copy(folder.resolve("images/s9-0.png"), films.resolve("photo.png"));
        Object[] sync = {"index", "sync", "archive", films, "--model", model, "--fps", "4"};
        assertThat(done(sync).out()).isEqualTo("archive: 4 added, 0 changed, 0 removed, 0 the same\n");
        assertThat(done(sync).out()).isEqualTo("archive: 0 added, 0 changed, 0 removed, 4 the same\n");
        assertThat(hits("archive", world.german(4)).get(0).get("id").asText()).isEqualTo("film1@2-4");
        assertThat(hits("archive", "ein", "--moments", "0", "--top", "100")).hasSize(10);

        Files.copy(films.resolve("film0.mp4"), films.resolve("film2.mp4"), StandardCopyOption.REPLACE_EXISTING);
        Files.delete(films.resolve("film1.mp4"));
        Files.writeString(films.resolve("words.mp4"), "no video");
        Said said = by(sync);
        assertThat(said.exit()).isEqualTo(ExitCode.PARTLY_DONE);
        assertThat(said.out()).isEqualTo("archive: 0 added, 1 changed, 1 removed, 2 the same\n");
        assertThat(said.err()).contains("words.mp4: no video that can be read");
        Files.delete(films.resolve("words.mp4"));
        assertThat(hits("archive", "ein", "--moments", "0", "--top", "100")).hasSize(7);

        // Another cut is another content of every film, and leaves no moment of before.
        Object[] windows =
                Stream.concat(Stream.of(sync), Stream.of("--cut", "1")).toArray();
        assertThat(done(windows).out()).isEqualTo("archive: 0 added, 2 changed, 0 removed, 1 the same\n");
        assertThat(hits("archive", "ein", "--moments", "0", "--top", "100")).hasSize(13);
    }

    @Test
    void aModelOfImagesSearchesVideosByTheMeanOfTheirFrames() throws IOException {
        PictureWorld.write(folder.resolve("pictures"));
        Path images = folder.resolve("pictures/features");
        assertThat(Said.by("encode", folder.resolve("pictures/images"), "--encoder", "pixels:16", "--to", images)
                        .exit())
                .isEqualTo(ExitCode.DONE);
        Path plain = PictureWorld.train(folder.resolve("pictures"), "run", images);
        done(
                "index",
                "create",
                "plain",
                "--manifest",
                world.manifest(),
                "--split",
                "test",
                "--model",
                plain,
                "--features",
                folder.resolve("features"));
        JsonNode hit = hits("plain", "--like", "film2@2-4", "--moments", "0").get(0);
        assertThat(hit.get("id").asText()).isEqualTo("film2@2-4");
        assertThat(hit.get("score").asDouble()).isGreaterThan(0.9999);
    }

    @Test
    void evaluationSeesVideosAndPictures() throws IOException {
        Said said = Said.by(
                "evaluate",
                "model",
                model,
                "--manifest",
                world.manifest(),
                "--features",
                folder.resolve("features"),
                "--split",
                "val",
                "--format",
                "json");
        assertThat(said.exit()).as(said.err()).isEqualTo(ExitCode.DONE);
        assertThat(Said.by("model", "show", model).out()).contains("of a video at most 4 frames, 1 temporal layers");
    }

    @Test
    void whatIsNoVideoIsNamedAndTheRestEncoded() throws IOException {
        Path films = Files.createDirectories(folder.resolve("bad"));
        Files.copy(world.films().resolve("film0.mp4"), films.resolve("a.mp4"));
        byte[] whole = Files.readAllBytes(films.resolve("a.mp4"));
        Files.write(films.resolve("cut.mp4"), Arrays.copyOf(whole, whole.length / 2));
        Files.writeString(films.resolve("words.mp4"), "no video");
        Files.createFile(films.resolve("empty.mp4"));
        Said said = Said.by("encode", films, "--encoder", "pixels:16", "--to", folder.resolve("bad-features"));
        assertThat(said.exit()).isEqualTo(ExitCode.PARTLY_DONE);
        assertThat(said.err()).contains("3 of 4 images and videos failed");
        assertThat(Files.readString(folder.resolve("bad-features/errors.jsonl")))
                .contains("\"cut\"", "\"empty\"", "the file is empty", "\"words\"", "no video that can be read");
        try (FeatureStore store = FeatureStore.open(folder.resolve("bad-features"))) {
            assertThat(store.rows("a")).hasSize(6);
        }
        assertThat(Said.by("encode", films, "--encoder", "pixels:16", "--fps", "0", "--to", films)
                        .exit())
                .isEqualTo(ExitCode.USAGE);
        assertThat(Said.by("encode", films, "--encoder", "pixels:16", "--frames", "0", "--to", films)
                        .exit())
                .isEqualTo(ExitCode.USAGE);
    }

    @Test
    void withoutFfmpegOneLineSaysWhatToInstall() throws Exception {
        List<String> command = Said.java(Cl2cm.class);
        command.addAll(List.of(
                "encode",
                world.films().toString(),
                "--encoder",
                "pixels:16",
                "--to",
                folder.resolve("never").toString()));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("CL2CM_FFMPEG", "/nowhere/ffmpeg");
        Process process = builder.redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        assertThat(process.waitFor()).isEqualTo(ExitCode.FAILED);
        assertThat(said.lines().filter(line -> line.startsWith("cl2cm: ")))
                .containsExactly(
                        "cl2cm: videos need the programs ffmpeg and ffprobe, and they are not here: install them"
                                + " (Debian: apt-get install ffmpeg), or name ffmpeg in CL2CM_FFMPEG");
        assertThat(folder.resolve("never")).doesNotExist();
    }
}
