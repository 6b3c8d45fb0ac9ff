package org.cl2cm.model.vision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.cl2cm.data.FeatureStore;
import org.cl2cm.data.ProgressListener;
import org.cl2cm.data.VideoFrames;
import org.cl2cm.data.scene.SceneFilm;
import org.cl2cm.data.scene.SceneOptions;
import org.cl2cm.data.video.Ffmpeg;
import org.cl2cm.data.video.FrameSampling;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Pictures and videos of one folder become features.
class VideoExtractionTest {
    private static final FrameSampling FOUR = new FrameSampling(4, 100, 0.35, Duration.ofSeconds(60), 1_000_000);
    private static final FeatureExtraction.Settings SETTINGS = new FeatureExtraction.Settings(2, 2, 2, -1, false);

    @TempDir
    Path folder;

    private Path media = Path.of("");

    /// Pictures a and d, films b and e of two scenes, a film c that is cut off.
    @BeforeEach
    void media() throws IOException {
        Optional<Ffmpeg> ffmpeg = Ffmpeg.present();
        if (ffmpeg.isEmpty()) {
            System.out.println(
                    "NOT TESTED: features of videos, since ffmpeg is not here. Install it, e.g. apt-get install"
                            + " ffmpeg, or name it in " + Ffmpeg.VARIABLE);
        }
        Assumptions.assumeTrue(ffmpeg.isPresent(), "no ffmpeg; install it");
        media = Files.createDirectories(folder.resolve("media"));
        List<SceneFilm> scenes = SceneFilm.draw(new SceneOptions(3, 1, 0, 0, 32, 0, List.of()), 4);
        ImageIO.write(scenes.get(0).frame(0, 0), "png", media.resolve("a.png").toFile());
        SceneFilm.write(ffmpeg.get(), media.resolve("b.mkv"), scenes.subList(0, 2), 1, 1, 8);
        byte[] whole = Files.readAllBytes(media.resolve("b.mkv"));
        Files.write(media.resolve("c.mkv"), Arrays.copyOf(whole, 300));
        ImageIO.write(scenes.get(1).frame(0, 0), "png", media.resolve("d.png").toFile());
        SceneFilm.write(ffmpeg.get(), media.resolve("e.mp4"), scenes.subList(2, 4), 2, 1, 8);
    }

    private FeatureExtraction.Report run(FeatureExtraction.Settings settings, FrameSampling sampling, Path to)
            throws IOException {
        try (ImageEncoder encoder = new PixelEncoder(16)) {
            return new FeatureExtraction(encoder, ImageList.open(media), settings, sampling, ProgressListener.NONE)
                    .run(to);
        }
    }

    private static Map<String, String> content(Path folder) throws IOException {
        Map<String, String> content = new TreeMap<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                content.put(
                        file.getFileName().toString(),
                        new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1));
            }
        }
        return content;
    }

    @Test
    void framesBecomeRowsAndWhatIsDamagedIsNamed() throws IOException {
        Path to = folder.resolve("features");
        assertThat(run(SETTINGS, FOUR, to)).isEqualTo(new FeatureExtraction.Report(5, 4, 1, 0));
        assertThat(Files.readAllLines(to.resolve("errors.jsonl")))
                .singleElement()
                .satisfies(line -> assertThat(line)
                        .startsWith("{\"id\":\"c\",\"file\":\"c.mkv\",\"reason\":\"")
                        .doesNotContain(media.toString()));
        assertThat(VideoFrames.read(to.resolve("video2frames.txt")).keySet()).containsExactly("b", "e");
        try (FeatureStore store = FeatureStore.open(to);
                PixelEncoder encoder = new PixelEncoder(16)) {
            assertThat(store.ids())
                    .startsWith("a", "b@0.125", "b@0.375")
                    .endsWith("e@1.625", "e@1.875")
                    .hasSize(18);
            assertThat(store.video("b").orElseThrow().shots()).containsExactly(0.0, 1.0);
            assertThat(store.video("e").orElseThrow().seconds()).isCloseTo(2, within(0.01));
            assertThat(store.rows("b@1-2")).containsExactly(5, 6, 7, 8);
            // The same code prepares a frame and a picture; this one is shown until just before 0.375.
            BufferedImage frame = Ffmpeg.find().still(media.resolve("b.mkv"), 0.25, 5000, Duration.ofSeconds(20));
            assertThat(store.get("b@0.375")).containsExactly(encoder.encode(List.of(frame)));
        }
    }

    @Test
    void goesOnByPartitionAndEndsWithTheSameBytes() throws IOException {
        Path whole = folder.resolve("whole");
        run(SETTINGS, FOUR, whole);
        Path half = folder.resolve("half");
        run(SETTINGS, FOUR, half);
        // As a kill would leave it: one partition with its list and without its array.
        Files.delete(half.resolve("part-00000.npy"));
        Files.delete(half.resolve("video2frames.txt"));
        assertThat(run(new FeatureExtraction.Settings(2, 1, 1, -1, false), FOUR, half)
                        .kept())
                .isEqualTo(3);
        assertThat(content(half)).isEqualTo(content(whole));

        Files.writeString(half.resolve("part-00000.videos.jsonl"), "");
        assertThatThrownBy(() -> run(SETTINGS, FOUR, half)).hasMessageContaining("the folder was changed");
    }

    @Test
    void otherFramesAreAnotherPlan() throws IOException {
        Path to = folder.resolve("features");
        run(SETTINGS, FOUR, to);
        FrameSampling two = new FrameSampling(2, 100, 0.35, Duration.ofSeconds(60), 1_000_000);
        assertThatThrownBy(() -> run(SETTINGS, two, to)).hasMessageContaining("other frames of the videos");
        assertThat(run(SETTINGS, FOUR.within(Duration.ofSeconds(5), 1_000_000), to)
                        .kept())
                .as("limits are not part of the plan")
                .isEqualTo(5);
        assertThat(run(new FeatureExtraction.Settings(2, 2, 2, -1, true), two, to)
                        .kept())
                .isZero();
        assertThat(content(to).keySet())
                .containsExactly(
                        "encode.json",
                        "errors.jsonl",
                        "part-00000.ids.txt",
                        "part-00000.npy",
                        "part-00000.videos.jsonl",
                        "part-00001.ids.txt",
                        "part-00001.npy",
                        "part-00002.ids.txt",
                        "part-00002.npy",
                        "part-00002.videos.jsonl",
                        "video2frames.txt");
    }
}
