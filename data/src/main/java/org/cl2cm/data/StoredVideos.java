package org.cl2cm.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/// The videos whose frames a feature store has: from `part-00000.videos.jsonl` and so on beside its
/// partitions, which tell times and shots, else from the `video2frames.txt` of a BigFile folder.
final class StoredVideos {
    private StoredVideos() {}

    /// @param npys the arrays of the store; empty for BigFile
    /// @param isRow whether the store has a row of an id
    /// @return videos by id
    /// @throws DataException when a video stands twice, or a frame has no row
    static Map<String, Video> read(Path folder, List<Path> npys, Predicate<String> isRow) throws IOException {
        Map<String, Video> videos = new HashMap<>();
        for (Path npy : npys) {
            Path file = Video.file(npy);
            if (Files.isRegularFile(file)) {
                for (Video video : Video.read(file)) {
                    add(file, video, isRow, videos);
                }
            }
        }
        Path listed = folder.resolve("video2frames.txt");
        if (videos.isEmpty() && Files.isRegularFile(listed)) {
            for (Map.Entry<String, List<String>> entry :
                    VideoFrames.read(listed).entrySet()) {
                if (!entry.getValue().isEmpty()) {
                    add(listed, new Video(entry.getKey(), 0, entry.getValue(), List.of(), List.of()), isRow, videos);
                }
            }
        }
        return Map.copyOf(videos);
    }

    private static void add(Path file, Video video, Predicate<String> isRow, Map<String, Video> videos)
            throws DataException {
        for (String frame : video.frames()) {
            if (!isRow.test(frame)) {
                throw DataException.in(
                        file,
                        "frame \"" + frame + "\" of video \"" + video.id()
                                + "\" has no row in the features; is the copy complete?");
            }
        }
        if (videos.put(video.id(), video) != null) {
            throw DataException.in(file, "video \"" + video.id() + "\" stands in this store twice");
        }
    }
}
