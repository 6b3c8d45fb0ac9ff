package org.cl2cm.data.video;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.cl2cm.data.DataException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What happens when the programs misbehave; small scripts play them, so this runs everywhere.
class FakeFfmpegTest {
    private static final String PICTURE = "printf 'P6\\n2 1\\n255\\nabcdef'";
    private static final FrameSampling TEN = new FrameSampling(1, 10, 0.35, Duration.ofSeconds(20), 1_000_000);

    @TempDir
    Path folder;

    private Path film = Path.of("");

    @BeforeEach
    void film() throws IOException {
        film = Files.writeString(folder.resolve("film.mp4"), "something");
    }

    private Path script(String name, String body) throws IOException {
        Path file = Files.writeString(folder.resolve(name), "#!/bin/sh\n" + body + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
        return file;
    }

    private Ffmpeg programs(String duration, String decoder) throws IOException {
        return new Ffmpeg(
                script("ffmpeg", decoder),
                script(
                        "ffprobe",
                        "echo '{\"streams\": [{\"index\": 0, \"codec_type\": \"video\", \"width\": 2,"
                                + " \"height\": 1" + duration + "}], \"format\": {}}'"));
    }

    private static int count(FrameStream frames) throws IOException {
        int count = 0;
        for (Optional<Frame> frame = frames.next(); frame.isPresent(); frame = frames.next()) {
            count++;
        }
        return count;
    }

    private void refuses(Ffmpeg ffmpeg, FrameSampling sampling, String... reasons) {
        assertThatThrownBy(() -> {
                    try (FrameStream frames = ffmpeg.frames(film, sampling)) {
                        count(frames);
                    }
                })
                .isInstanceOf(DataException.class)
                .hasMessageStartingWith(film + ": ")
                .hasMessageContainingAll(reasons);
    }

    @Test
    void picturesAreReadAsTheyCome() throws IOException {
        Ffmpeg ffmpeg = programs(", \"duration\": \"3\"", PICTURE + "; sleep 0.2; " + PICTURE + "; " + PICTURE);
        try (FrameStream frames = ffmpeg.frames(film, TEN)) {
            Frame first = frames.next().orElseThrow();
            assertThat(first.image().getRGB(0, 0) & 0xffffff).isEqualTo(('a' << 16) | ('b' << 8) | 'c');
            assertThat(first.image().getRGB(1, 0) & 0xffffff).isEqualTo(('d' << 16) | ('e' << 8) | 'f');
            assertThat(first.time()).isEqualTo(0.5);
            assertThat(frames.next().orElseThrow().time()).isEqualTo(1.5);
            assertThat(frames.next().orElseThrow().time()).isEqualTo(2.5);
            assertThat(frames.next()).isEmpty();
            assertThat(frames.seconds()).isEqualTo(3);
        }
    }

    @Test
    void anEndlessStreamIsRefusedAndTheProgramEnded() throws Exception {
        Path pid = folder.resolve("pid");
        Ffmpeg ffmpeg = programs("", "echo $$ > " + pid + "; while true; do " + PICTURE + "; done");
        refuses(ffmpeg, TEN, "more than 10 frames", "does it ever end?");
        long process = Long.parseLong(Files.readString(pid).strip());
        for (int i = 0; i < 100 && ProcessHandle.of(process).isPresent(); i++) {
            Thread.sleep(50);
        }
        assertThat(ProcessHandle.of(process)).isEmpty();
    }

    @Test
    void aProgramThatHangsIsEndedByItsTimeLimit() throws IOException {
        FrameSampling short1 = TEN.within(Duration.ofSeconds(1), 1_000_000);
        refuses(
                programs("", PICTURE + "; exec sleep 100"),
                short1,
                "longer than the limit of 1 seconds",
                "1 frames came until then");
    }

    @Test
    void aLongerVideoThanItsHeaderSaysStopsAtTheMost() throws IOException {
        Ffmpeg ffmpeg = programs(", \"duration\": \"5\"", "while true; do " + PICTURE + "; done");
        try (FrameStream frames = ffmpeg.frames(film, TEN)) {
            assertThat(count(frames)).isEqualTo(10);
            assertThat(frames.seconds()).isEqualTo(9.501);
        }
    }

    @Test
    void whatTheProgramSaysIsKeptAndBounded() throws IOException {
        refuses(
                programs("", "yes 'something is odd' | head -c 1000000 >&2; echo 'the end' >&2; exit 3"),
                TEN,
                "holds no frame that can be decoded",
                "the end");
        refuses(
                programs("", PICTURE + "; echo '[h264 @ 0x1] it broke' >&2; exit 3"),
                TEN,
                "cannot be decoded: it broke");
    }

    @Test
    void anythingButPicturesIsRefused() throws IOException {
        refuses(programs("", "echo hello"), TEN, "no picture where one was expected");
        refuses(programs("", "printf 'P6\\n2 1\\n255\\nabc'"), TEN, "a picture breaks off");
        refuses(programs("", "printf 'P6\\n9999 9999\\n255\\n'"), TEN, "a picture of 9999 x 9999 pixels");
        refuses(programs("", "printf 'P6\\n99999999999 1\\n255\\n'"), TEN, "no picture where one was expected");
        refuses(programs(", \"duration\": \"60\"", PICTURE), TEN, "breaks off after 6.0 of the 60.0 seconds");
    }

    @Test
    void aHeaderThatMakesNoSenseIsRefused() throws IOException {
        Ffmpeg huge = new Ffmpeg(
                script("ffmpeg", PICTURE),
                script(
                        "ffprobe",
                        "echo '{\"streams\": [{\"index\": 0, \"codec_type\": \"video\","
                                + " \"width\": 100000, \"height\": 100000}]}'"));
        refuses(huge, TEN, "100000 x 100000 pixels are more than the bound of 1000000");
        refuses(
                new Ffmpeg(script("ffmpeg", PICTURE), script("ffprobe", "echo 'not json'")),
                TEN,
                "no video that can be read");
        refuses(
                new Ffmpeg(script("ffmpeg", PICTURE), script("ffprobe", "echo 'moov atom not found' >&2; exit 1")),
                TEN,
                "no video that can be read: moov atom not found");
        assertThatThrownBy(() -> new Ffmpeg(folder.resolve("none"), folder.resolve("none")).probe(film, 1))
                .hasMessageContaining("cannot be started");
    }

    @Test
    void pipesFoldersAndEmptyFilesAreRefusedUnopened() throws Exception {
        Ffmpeg never = programs("", "exec sleep 100");
        Path pipe = folder.resolve("pipe.mp4");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        for (List<String> bad : List.of(
                List.of("pipe.mp4", "a pipe or a device may never end"),
                List.of("", "not a regular file"),
                List.of("none.mp4", "no such file"))) {
            Path file = folder.resolve(bad.getFirst());
            assertThatThrownBy(() -> never.probe(file, 1))
                    .hasMessageStartingWith(file + ": ")
                    .hasMessageContaining(bad.getLast());
        }
        Path empty = Files.createFile(folder.resolve("empty.mp4"));
        assertThatThrownBy(() -> never.probe(empty, 1)).hasMessageContaining("the file is empty");
    }
}
