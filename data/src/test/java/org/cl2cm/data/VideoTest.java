package org.cl2cm.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Videos as frames with times, their moments, and the stores that hold them.
class VideoTest {
    private static final Video FILM =
            Video.of("film", 6, List.of(0.5, 1.5, 2.5, 3.5, 4.5, 5.5), List.of(0.0, 2.0, 5.0));

    @TempDir
    Path folder;

    private static List<String> ids(String cut, Video video) {
        return MomentCut.parse(cut).of(video).stream().map(Moment::id).toList();
    }

    @Test
    void shotsWindowsAndTheWholeAreMoments() {
        assertThat(ids("shots", FILM)).containsExactly("film@0-2", "film@2-5", "film@5-6");
        assertThat(ids("whole", FILM)).containsExactly("film@0-6");
        assertThat(ids("4", FILM)).containsExactly("film@0-4", "film@4-6");
        assertThat(ids("4/1.5", FILM)).containsExactly("film@0-4", "film@1.5-5.5", "film@3-6");
        assertThat(ids("0.5", FILM))
                .as("windows without a frame are none")
                .containsExactly("film@0.5-1", "film@1.5-2", "film@2.5-3", "film@3.5-4", "film@4.5-5", "film@5.5-6");
    }

    @Test
    void longShotsAreCutInEqualParts() {
        Video talk = Video.of("talk", 50, List.of(5.0, 15.0, 25.0, 35.0, 45.0), List.of(0.0, 8.0));
        assertThat(ids("shots", talk)).containsExactly("talk@0-8", "talk@8-22", "talk@22-36", "talk@36-50");
    }

    @Test
    void everyFrameIsInOneShotAndInOneWindow() {
        for (String cut : List.of("shots", "whole", "1", "2.5", "100")) {
            List<String> frames = MomentCut.parse(cut).of(FILM).stream()
                    .flatMap(moment -> FILM.framesIn(moment.start(), moment.end()).stream())
                    .toList();
            assertThat(frames).as(cut).isEqualTo(FILM.frames());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "scene", "0", "-1", "10/0", "5/10", "1e3", "10/"})
    void refusesOtherCuts(String cut) {
        assertThatThrownBy(() -> MomentCut.parse(cut))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("10/5 for one every 5 seconds");
    }

    @ParameterizedTest
    @CsvSource({"a@0-2, a, 0, 2", "a@b@3.25-1000.5, a@b, 3.25, 1000.5", "a b/ü@0.001-0.002, a b/ü, 0.001, 0.002"})
    void theIdOfAMomentTellsIt(String id, String video, double start, double end) {
        Moment moment = new Moment(video, start, end);
        assertThat(moment.id()).isEqualTo(id);
        assertThat(Moment.ofId(id)).contains(moment);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "a@1", "a@2-1", "a@1-1", "@1-2", "a@1.2345-2", "a@-1-2", "a@1-2x"})
    void otherIdsAreNoMoments(String id) {
        assertThat(Moment.ofId(id)).isEmpty();
    }

    @Test
    void spansAreReadByPeople() {
        assertThat(new Moment("a", 3.5, 6.2).span()).isEqualTo("0:03–0:07");
        assertThat(new Moment("a", 3599, 3661).span()).isEqualTo("59:59–1:01:01");
        assertThat(new Moment("a", 3, 5).middle()).isEqualTo(4);
    }

    @Test
    void aStoreKnowsTheRowsOfVideosAndMoments() throws IOException {
        Path npy = folder.resolve("part-00000.npy");
        Video.write(Video.file(npy), List.of(FILM));
        FeatureWriter.write(npy, List.of("photo", "film@0.500", "film@1.500"), List.of(row(1), row(2), row(3)));
        assertThatThrownBy(() -> FeatureStore.open(folder))
                .hasMessageContainingAll(
                        "part-00000.videos.jsonl", "frame \"film@2.500\" of video \"film\" has no row");

        List<String> ids = new java.util.ArrayList<>(FILM.frames());
        ids.addFirst("photo");
        FeatureWriter.write(npy, ids, List.of(row(9), row(0), row(1), row(2), row(3), row(4), row(5)));
        try (FeatureStore store = FeatureStore.open(folder)) {
            assertThat(store.rows("photo")).containsExactly(0);
            assertThat(store.rows("film")).containsExactly(1, 2, 3, 4, 5, 6);
            assertThat(store.rows("film@2-5")).containsExactly(3, 4, 5);
            assertThat(store.rows("film@6-7")).isEmpty();
            assertThat(store.has("nothing")).isFalse();
            assertThat(store.video("film")).contains(FILM);
            assertThat(store.video("photo")).isEmpty();
        }
    }

    @Test
    void aBigFileTellsItsVideosByFrames() throws IOException {
        ByteBuffer numbers = ByteBuffer.allocate(3 * 2 * 4).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < 6; i++) {
            numbers.putFloat(i);
        }
        Files.write(folder.resolve("feature.bin"), numbers.array());
        Files.writeString(folder.resolve("id.txt"), "v1_0 v1_1 v2_0");
        Files.writeString(folder.resolve("shape.txt"), "3 2");
        Map<String, List<String>> frames = Map.of("v1", List.of("v1_1", "v1_0"));
        VideoFrames.write(folder.resolve("video2frames.txt"), frames);
        assertThat(VideoFrames.read(folder.resolve("video2frames.txt"))).isEqualTo(frames);
        try (FeatureStore store = FeatureStore.open(folder)) {
            assertThat(store.rows("v1")).containsExactly(1, 0);
            assertThat(store.rows("v2_0")).containsExactly(2);
            assertThat(MomentCut.SHOTS.of(store.video("v1").orElseThrow())).isEmpty();
        }
        Files.writeString(folder.resolve("video2frames.txt"), "{'v1': ['v1_7']}");
        assertThatThrownBy(() -> FeatureStore.open(folder))
                .hasMessageContainingAll("video2frames.txt", "\"v1_7\" of video \"v1\"");
    }

    @Test
    void namesWithQuotesSurviveTheDictionary() throws IOException {
        Path file = folder.resolve("video2frames.txt");
        Map<String, List<String>> frames = Map.of("it's \\ \"here\"", List.of("a'b", "ü"));
        VideoFrames.write(file, frames);
        assertThat(VideoFrames.read(file)).isEqualTo(frames);
    }

    @Test
    void framesAreTakenEvenly() {
        int[] rows = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
        assertThat(VideoFrames.evenly(rows, 20)).isEqualTo(rows);
        assertThat(VideoFrames.evenly(rows, 10)).isEqualTo(rows);
        assertThat(VideoFrames.evenly(rows, 5)).containsExactly(1, 3, 5, 7, 9);
        assertThat(VideoFrames.evenly(rows, 3)).containsExactly(1, 5, 8);
        assertThat(VideoFrames.evenly(rows, 1)).containsExactly(5);
    }

    @Test
    void brokenLinesNameFileAndKey() throws IOException {
        Path file = folder.resolve("part-00000.videos.jsonl");
        Files.writeString(file, "{\"id\": \"a\", \"seconds\": 1, \"times\": [0.5, 0.2], \"shots\": [0]}\n");
        assertThatThrownBy(() -> Video.read(file)).hasMessageContainingAll(":1: ", "not rising");
        Files.writeString(file, "{\"id\": \"a\", \"seconds\": \"x\"}\n");
        assertThatThrownBy(() -> Video.read(file)).hasMessageContainingAll(":1: ", "\"seconds\" is no time");
        assertThat(Optional.of(FILM.hasTimes())).contains(true);
    }

    private static float[] row(float value) {
        return new float[] {value, 1};
    }
}
