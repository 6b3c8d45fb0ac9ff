package org.cl2cm.data;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// Reads and writes `video2frames.txt` of a BigFile folder: a Python dictionary `{'video': ['frame',
/// ...], ...}`, which says whose frames the rows of the features are.
public final class VideoFrames {
    private static final Pattern TOKEN = Pattern.compile(
            "\\s*(?:(?<mark>[\\[\\]{}:,])|u?'(?<single>(?:[^'\\\\]|\\\\.)*)'|u?\"(?<twice>(?:[^\"\\\\]|\\\\.)*)\")");

    private VideoFrames() {}

    /// @return the ids of the frames in their order, by video
    /// @throws DataException when the file is not such a dictionary, naming the character where it ends being one
    public static Map<String, List<String>> read(Path file) throws IOException {
        String text = String.join("\n", TextLines.read(file)).strip();
        Map<String, List<String>> frames = new LinkedHashMap<>();
        List<String> current = new ArrayList<>();
        String video = "";
        String last = "";
        boolean inList = false;
        Matcher matcher = TOKEN.matcher(text);
        int at = 0;
        while (at < text.length()) {
            if (!matcher.region(at, text.length()).lookingAt()) {
                throw DataException.in(file, "not a dictionary of lists of strings, at character " + (at + 1));
            }
            at = matcher.end();
            String mark = matcher.group("mark");
            if (mark == null) {
                String quoted = matcher.group("single") != null ? matcher.group("single") : matcher.group("twice");
                last = quoted.replaceAll("\\\\(.)", "$1");
                if (inList) {
                    current.add(last);
                }
            } else if (mark.equals(":")) {
                video = last;
            } else if (mark.equals("[")) {
                inList = true;
                current = new ArrayList<>();
            } else if (mark.equals("]")) {
                inList = false;
                if (video.isEmpty() || frames.put(video, List.copyOf(current)) != null) {
                    throw DataException.in(file, "video \"" + video + "\" has no name or stands twice");
                }
            }
        }
        if (frames.isEmpty() || inList || !text.endsWith("}")) {
            throw DataException.in(file, "not a whole dictionary of lists of strings; is the copy complete?");
        }
        return frames;
    }

    /// Writes such a dictionary, beside and renamed.
    public static void write(Path file, Map<String, List<String>> frames) throws IOException {
        AtomicFile.write(file, out -> {
            String separator = "{";
            for (Map.Entry<String, List<String>> video : frames.entrySet()) {
                String list =
                        video.getValue().stream().map(VideoFrames::quoted).collect(Collectors.joining(", ", "[", "]"));
                out.write((separator + quoted(video.getKey()) + ": " + list).getBytes(StandardCharsets.UTF_8));
                separator = ",\n ";
            }
            out.write("}\n".getBytes(StandardCharsets.UTF_8));
        });
    }

    private static String quoted(String text) {
        return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
    }

    /// At most `most` of the frames, evenly spread: of equal parts of the video the one in the middle
    /// of each.
    public static int[] evenly(int[] rows, int most) {
        if (rows.length <= most) {
            return rows;
        }
        int[] some = new int[most];
        for (int i = 0; i < most; i++) {
            some[i] = rows[(int) ((2L * i + 1) * rows.length / (2L * most))];
        }
        return some;
    }
}
