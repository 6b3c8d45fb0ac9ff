package org.cl2cm.data;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A stretch of a video, which is found as one thing.
///
/// @param video id of the video
/// @param start in seconds from its beginning, in whole milliseconds
/// @param end in seconds, after `start`
public record Moment(String video, double start, double end) {
    private static final Pattern ID = Pattern.compile("(.+)@(\\d{1,9}(?:\\.\\d{1,3})?)-(\\d{1,9}(?:\\.\\d{1,3})?)");

    public Moment {
        if (video.isEmpty() || !(start >= 0 && end > start)) {
            throw new IllegalArgumentException("no moment: " + start + " to " + end + " of video \"" + video + "\"");
        }
    }

    /// The id of its item, `video@3.5-7`.
    public String id() {
        return video + "@" + text(start) + "-" + text(end);
    }

    /// A time as it is written: seconds with as many digits as needed, at most three.
    public static String text(double seconds) {
        BigDecimal whole =
                BigDecimal.valueOf(seconds).setScale(3, RoundingMode.HALF_UP).stripTrailingZeros();
        return whole.toPlainString();
    }

    /// The moment that has the id `id`; empty when it is the id of none.
    public static Optional<Moment> ofId(String id) {
        Matcher matcher = ID.matcher(id);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        double start = Double.parseDouble(matcher.group(2));
        double end = Double.parseDouble(matcher.group(3));
        return end > start ? Optional.of(new Moment(matcher.group(1), start, end)) : Optional.empty();
    }

    /// `1:03–1:09`, the hours before where there are any; the start rounded down, the end up.
    public String span() {
        return clock((long) Math.floor(start)) + "–" + clock((long) Math.ceil(end));
    }

    private static String clock(long seconds) {
        return seconds >= 3600
                ? String.format(Locale.ROOT, "%d:%02d:%02d", seconds / 3600, seconds / 60 % 60, seconds % 60)
                : String.format(Locale.ROOT, "%d:%02d", seconds / 60, seconds % 60);
    }

    /// A time in the middle, whose frame stands for the moment.
    public double middle() {
        return (start + end) / 2;
    }
}
