package org.cl2cm.data.video;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;

/// What the name of a file says.
public final class VideoFile {
    private static final Set<String> SUFFIXES =
            Set.of("mp4", "m4v", "mov", "mkv", "webm", "avi", "mpg", "mpeg", "mts", "m2ts", "ogv", "wmv", "flv", "3gp");

    private VideoFile() {}

    /// Whether the name of `file` says that it is a video.
    public static boolean hasName(Path file) {
        String name = file.getFileName().toString();
        int dot = name.lastIndexOf('.');
        return dot > 0 && SUFFIXES.contains(name.substring(dot + 1).toLowerCase(Locale.ROOT));
    }
}
