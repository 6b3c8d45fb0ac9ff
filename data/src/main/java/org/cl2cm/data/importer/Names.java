package org.cl2cm.data.importer;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What the names of files say.
final class Names {
    private static final Pattern SPLIT = Pattern.compile("(train|val|test)(ing|idation)?");
    private static final Pattern MEDIA = Pattern.compile(
            "\\.(jpe?g|png|webp|gif|bmp|mp4|m4v|mov|mkv|webm|avi|mpe?g|mts|m2ts|ogv|wmv|flv|3gp)$",
            Pattern.CASE_INSENSITIVE);

    private Names() {}

    /// The split that the name of `file` speaks of, the last one if several.
    static Optional<String> split(Path file) {
        Matcher matcher = SPLIT.matcher(file.getFileName().toString().toLowerCase(Locale.ROOT));
        Optional<String> split = Optional.empty();
        while (matcher.find()) {
            split = Optional.of(matcher.group(1));
        }
        return split;
    }

    static boolean isMedia(String name) {
        return MEDIA.matcher(name).find();
    }

    /// `name` without the suffix of an image or video.
    static String withoutMediaSuffix(String name) {
        return MEDIA.matcher(name).replaceFirst("");
    }
}
