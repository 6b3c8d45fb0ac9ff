package org.cl2cm.data.video;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.cl2cm.data.DataCheck;
import org.cl2cm.data.DataException;
import org.cl2cm.data.Finding;
import org.cl2cm.data.ImageFile;
import org.cl2cm.data.ProgressListener;
import org.cl2cm.data.scene.SceneFilm;
import org.cl2cm.data.scene.SceneOptions;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// Real videos: drawn scenes that move, written and read by ffmpeg.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FfmpegTest {
    private static final int FPS = 10;
    private static final FrameSampling TWO =
            new FrameSampling(2, 1000, ShotDetector.USUAL, Duration.ofSeconds(60), 1_000_000);

    @TempDir
    static Path folder = Path.of("");

    private Ffmpeg ffmpeg = new Ffmpeg(Path.of(""), Path.of(""));
    private List<SceneFilm> scenes = List.of();

    /// `film.mkv`: three scenes of two seconds each.
    @BeforeAll
    void film() throws IOException {
        Optional<Ffmpeg> present = Ffmpeg.present();
        if (present.isEmpty()) {
            System.out.println(
                    "NOT TESTED: videos, since ffmpeg is not here. Install it, e.g. apt-get install ffmpeg, or"
                            + " name it in " + Ffmpeg.VARIABLE);
        }
        Assumptions.assumeTrue(present.isPresent(), "no ffmpeg; install it");
        ffmpeg = present.get();
        scenes = SceneFilm.draw(new SceneOptions(3, 1, 0, 0, 64, 0, List.of()), 3);
        SceneFilm.write(ffmpeg, folder.resolve("film.mkv"), scenes, 0, 2, FPS);
    }

    private List<Frame> frames(Path file, FrameSampling sampling) throws IOException {
        List<Frame> frames = new ArrayList<>();
        try (FrameStream stream = ffmpeg.frames(file, sampling)) {
            for (Optional<Frame> frame = stream.next(); frame.isPresent(); frame = stream.next()) {
                frames.add(frame.get());
            }
        }
        return frames;
    }

    private void refuses(Path file, String... reasons) {
        assertThatThrownBy(() -> frames(file, TWO))
                .isInstanceOf(DataException.class)
                .hasMessageStartingWith(file + ": ")
                .hasMessageContainingAll(reasons);
    }

    private static double distance(BufferedImage a, BufferedImage b) {
        double sum = 0;
        for (int y = 0; y < a.getHeight(); y++) {
            for (int x = 0; x < a.getWidth(); x++) {
                for (int shift = 0; shift <= 16; shift += 8) {
                    sum += Math.abs((a.getRGB(x, y) >> shift & 255) - (b.getRGB(x, y) >> shift & 255));
                }
            }
        }
        return sum / (3.0 * a.getWidth() * a.getHeight());
    }

    @Test
    void framesLieInTheMiddleOfEqualParts() throws IOException {
        List<Frame> frames = frames(folder.resolve("film.mkv"), TWO);
        assertThat(frames.stream().map(Frame::time))
                .containsExactly(0.25, 0.75, 1.25, 1.75, 2.25, 2.75, 3.25, 3.75, 4.25, 4.75, 5.25, 5.75);
        for (Frame frame : frames) {
            // What was drawn at that time, as far as a lossy format keeps it; other scenes are far away.
            int number = (int) (frame.time() * FPS);
            for (int scene = 0; scene < 3; scene++) {
                BufferedImage drawn = scenes.get(scene).frame(0, number % (2 * FPS) / (2.0 * FPS));
                if (number / (2 * FPS) == scene) {
                    assertThat(distance(frame.image(), drawn))
                            .as("at %s", frame.time())
                            .isLessThan(9);
                } else {
                    assertThat(distance(frame.image(), drawn))
                            .as("at %s", frame.time())
                            .isGreaterThan(20);
                }
            }
        }
    }

    @Test
    void longVideosAreThinnedAndShortOnesHaveAFrame() throws IOException {
        FrameSampling five = new FrameSampling(2, 5, 0.35, Duration.ofSeconds(60), 1_000_000);
        assertThat(frames(folder.resolve("film.mkv"), five).stream().map(Frame::time))
                .containsExactly(0.6, 1.8, 3.0, 4.2, 5.4);
        Path blink = folder.resolve("blink.mp4");
        SceneFilm.write(ffmpeg, blink, scenes.subList(0, 1), 0, 0.2, FPS);
        assertThat(frames(blink, TWO)).hasSize(1);
        assertThat(frames(blink, TWO).getFirst().time()).isBetween(0.0, 0.2);
    }

    @Test
    void shotsBeginWhereScenesDo() throws IOException {
        for (double fps : new double[] {2, 5}) {
            ShotDetector detector = new ShotDetector(ShotDetector.USUAL);
            List<Double> begins = new ArrayList<>();
            for (Frame frame : frames(
                    folder.resolve("film.mkv"), new FrameSampling(fps, 1000, 0.35, Duration.ofSeconds(60), 5000))) {
                if (detector.begins(frame.image())) {
                    begins.add(frame.time());
                }
            }
            assertThat(begins).as("at %s frames a second", fps).hasSize(3);
            assertThat(begins.get(1)).isCloseTo(2 + 0.5 / fps, within(0.001));
            assertThat(begins.get(2)).isCloseTo(4 + 0.5 / fps, within(0.001));
        }
    }

    @Test
    void aStillIsTheFrameOfItsTime() throws IOException {
        Path film = folder.resolve("film.mkv");
        BufferedImage still = ffmpeg.still(film, 3, 5000, Duration.ofSeconds(20));
        assertThat(distance(still, scenes.get(1).frame(0, 0.5))).isLessThan(9);
        assertThat(distance(Still.read(film, 5), scenes.get(2).frame(0, 0.5))).isLessThan(9);
        assertThatThrownBy(() -> ffmpeg.still(film, 60, 5000, Duration.ofSeconds(20)))
                .hasMessageContaining("has no frame at 60.0 s");
        assertThatThrownBy(() -> ffmpeg.still(film, 1, 4095, Duration.ofSeconds(20)))
                .hasMessageContaining("64 x 64 pixels are more than the bound of 4095");
    }

    @Test
    void aTurnedVideoIsUpright() throws Exception {
        String[] flat = {
            "-y", "-f", "lavfi", "-i", "testsrc=size=64x32:rate=5:duration=1", "-pix_fmt", "yuv420p", "flat.mp4"
        };
        assertThat(run(flat)).isEmpty();
        // The option of ffmpeg 6 and later, and that of before.
        if (!run("-y", "-display_rotation", "90", "-i", "flat.mp4", "-c", "copy", "turned.mp4")
                .isEmpty()) {
            assertThat(run("-y", "-i", "flat.mp4", "-c", "copy", "-metadata:s:v:0", "rotate=90", "turned.mp4"))
                    .isEmpty();
        }
        BufferedImage image =
                frames(folder.resolve("turned.mp4"), TWO).getFirst().image();
        assertThat(image.getWidth()).isEqualTo(32);
        assertThat(image.getHeight()).isEqualTo(64);
    }

    /// @return what the program complained of; empty when it went well
    private String run(String... options) throws Exception {
        List<String> command = new ArrayList<>(List.of(ffmpeg.ffmpeg().toString(), "-v", "error", "-nostdin"));
        command.addAll(List.of(options));
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return process.waitFor() == 0 ? "" : said;
    }

    @Test
    void damagedFilesAreRefusedWithTheReason() throws Exception {
        byte[] film = Files.readAllBytes(folder.resolve("film.mkv"));
        Path cut = Files.write(folder.resolve("cut.mkv"), Arrays.copyOf(film, film.length / 3));
        refuses(cut, "breaks off after", "of the 6.0 seconds that its header tells");
        SceneFilm.write(ffmpeg, folder.resolve("whole.mp4"), scenes, 0, 2, FPS);
        byte[] whole = Files.readAllBytes(folder.resolve("whole.mp4"));
        refuses(
                Files.write(folder.resolve("cut.mp4"), Arrays.copyOf(whole, whole.length / 2)),
                "no video that can be read: ");
        Arrays.fill(whole, 0, whole.length, (byte) 'x');
        refuses(Files.write(folder.resolve("garbage.mp4"), whole), "no video that can be read: ");
        refuses(Files.writeString(folder.resolve("text.mp4"), "no video at all\n"), "no video that can be read: ");
        refuses(Files.createFile(folder.resolve("empty.mp4")), "the file is empty");
        refuses(folder.resolve("nowhere.mp4"), "no such file");
    }

    @Test
    void aHeaderThatPromisesTenHoursIsNotBelieved() throws Exception {
        byte[] film = Files.readAllBytes(folder.resolve("film.mkv"));
        String text = new String(film, StandardCharsets.ISO_8859_1);
        assertThat(text).contains("00:00:06.0");
        Path long1 = Files.write(
                folder.resolve("ten-hours.mkv"),
                text.replace("00:00:06.0", "10:00:00.0").getBytes(StandardCharsets.ISO_8859_1));
        assertThat(ffmpeg.probe(long1, 5000).seconds()).isEqualTo(36_000);
        refuses(long1, "breaks off after", "of the 36000.0 seconds");
    }

    @Test
    void soundAloneIsNoVideo() throws Exception {
        run("-y", "-f", "lavfi", "-i", "sine=duration=1", "sound.mp4");
        refuses(folder.resolve("sound.mp4"), "holds sound and no video");
        run("-y", "-i", "film.mkv", "-frames:v", "1", "cover.png");
        run(
                "-y",
                "-i",
                "sound.mp4",
                "-i",
                "cover.png",
                "-map",
                "0",
                "-map",
                "1",
                "-c:a",
                "copy",
                "-c:v",
                "png",
                "-disposition:v:0",
                "attached_pic",
                "covered.m4a");
        Files.copy(folder.resolve("covered.m4a"), folder.resolve("covered.mp4"));
        refuses(folder.resolve("covered.mp4"), "holds sound and no video");
    }

    @Test
    void aPlaylistCannotReachOtherFiles() throws IOException {
        String list = "#EXTM3U\n#EXT-X-TARGETDURATION:6\n#EXTINF:6,\nfile://" + folder.resolve("film.mkv")
                + "\n#EXT-X-ENDLIST\n";
        refuses(Files.writeString(folder.resolve("list.mp4"), list), "no video that can be read: ");
        refuses(
                Files.writeString(folder.resolve("concat.mp4"), "ffconcat version 1.0\nfile film.mkv\n"),
                "no video that can be read: ");
    }

    @Test
    void namesOfFilesAreNeverOptionsOrAddresses() throws IOException {
        for (String name : List.of("-version.mkv", "http:x.mkv", "a b'\"$(x).mkv", "%03d.mkv")) {
            Path odd = folder.resolve(name);
            Files.copy(folder.resolve("film.mkv"), odd);
            assertThat(frames(odd, TWO)).as(name).hasSize(12);
        }
    }

    @Test
    void theDataCheckLooksIntoVideos() throws IOException {
        Files.writeString(folder.resolve("words.mp4"), "words");
        Path manifest = Files.writeString(folder.resolve("manifest.jsonl"), """
                {"id": "a", "media": "film.mkv", "captions": {"en": ["one"]}}
                {"id": "b", "media": "words.mp4", "captions": {"en": ["two"]}}
                """);
        List<Finding> findings = DataCheck.run(manifest, true, ProgressListener.NONE);
        assertThat(findings)
                .singleElement()
                .satisfies(finding -> assertThat(finding.message()).contains("words.mp4: no video that can be read"));
        assertThat(ImageFile.hasName(Path.of("film.mkv"))).isFalse();
        assertThat(VideoFile.hasName(Path.of("FILM.MKV"))).isTrue();
    }
}
