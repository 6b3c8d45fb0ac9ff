package org.cl2cm.data;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// The frames of a video that have features, in their order, and where its shots begin.
///
/// @param id of the item in the manifest
/// @param seconds how long it is; 0 where nobody wrote times down
/// @param frames ids of the frames, at least one
/// @param times of the frames in seconds, rising; empty where nobody wrote them down
/// @param shots where shots begin in seconds, rising, the first at 0; empty where nobody looked for
///     them
public record Video(String id, double seconds, List<String> frames, List<Double> times, List<Double> shots) {
    /// @throws IllegalArgumentException when there is no frame, or times are not one a frame and rising
    public Video {
        frames = List.copyOf(frames);
        times = List.copyOf(times);
        shots = List.copyOf(shots);
        if (id.isEmpty() || frames.isEmpty()) {
            throw new IllegalArgumentException("video \"" + id + "\" has no id or no frame");
        }
        if (!times.isEmpty() && (times.size() != frames.size() || !rises(times) || !rises(shots))) {
            throw new IllegalArgumentException(
                    "video \"" + id + "\": " + times.size() + " times of " + frames.size() + " frames, or not rising");
        }
    }

    /// A video whose frames have ids made of its own and their times, `id@1.500`.
    ///
    /// @param times in seconds; counted in milliseconds
    public static Video of(String id, double seconds, List<Double> times, List<Double> shots) {
        List<Double> counted = times.stream().map(Video::milliseconds).toList();
        return new Video(
                id,
                milliseconds(seconds),
                counted.stream()
                        .map(time -> String.format(Locale.ROOT, "%s@%.3f", id, time))
                        .toList(),
                counted,
                shots.stream().map(Video::milliseconds).toList());
    }

    private static boolean rises(List<Double> times) {
        for (int i = 1; i < times.size(); i++) {
            if (!(times.get(i) > times.get(i - 1))) {
                return false;
            }
        }
        return true;
    }

    private static double milliseconds(double seconds) {
        return Math.round(seconds * 1000) / 1000.0;
    }

    /// Whether it is known when its frames are.
    public boolean hasTimes() {
        return !times.isEmpty();
    }

    /// The frames from `start`, inclusive, to `end`, exclusive; none where times are not known.
    public List<String> framesIn(double start, double end) {
        List<String> some = new ArrayList<>();
        for (int i = 0; i < times.size(); i++) {
            if (times.get(i) >= start && times.get(i) < end) {
                some.add(frames.get(i));
            }
        }
        return some;
    }

    /// Where the videos of a partition are written down, beside its `.npy`.
    public static Path file(Path npy) {
        return npy.resolveSibling(npy.getFileName().toString().replaceFirst("\\.npy$", "") + ".videos.jsonl");
    }

    /// Writes videos, one a line: `{"id", "seconds", "times": [..], "shots": [..]}`.
    ///
    /// @param videos with ids of frames as [#of] makes them
    public static void write(Path file, List<Video> videos) throws IOException {
        AtomicFile.write(file, out -> {
            for (Video video : videos) {
                Map<String, Object> line = new LinkedHashMap<>();
                line.put("id", video.id);
                line.put("seconds", video.seconds);
                line.put("times", video.times);
                line.put("shots", video.shots);
                out.write(JsonLines.JSON.writeValueAsBytes(line));
                out.write('\n');
            }
        });
    }

    /// @throws DataException for a broken line, naming file, line and key
    public static List<Video> read(Path file) throws IOException {
        List<Video> videos = new ArrayList<>();
        JsonLines.forEach(file, (line, node) -> {
            try {
                videos.add(of(
                        JsonLines.text(file, line, node, "id"),
                        number(file, line, "seconds", node.path("seconds")),
                        numbers(file, line, node, "times"),
                        numbers(file, line, node, "shots")));
            } catch (IllegalArgumentException e) {
                throw DataException.at(file, line, String.valueOf(e.getMessage()));
            }
        });
        return videos;
    }

    private static List<Double> numbers(Path file, long line, JsonNode node, String key) throws DataException {
        List<Double> numbers = new ArrayList<>();
        for (JsonNode number : node.path(key)) {
            numbers.add(number(file, line, key, number));
        }
        return numbers;
    }

    private static double number(Path file, long line, String key, JsonNode number) throws DataException {
        if (!number.isNumber() || !(number.doubleValue() >= 0)) {
            throw DataException.at(file, line, "key \"" + key + "\" is no time in seconds");
        }
        return number.doubleValue();
    }
}
