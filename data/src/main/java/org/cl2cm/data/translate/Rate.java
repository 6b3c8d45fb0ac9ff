package org.cl2cm.data.translate;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// How often a server may be asked: never sooner after the last request than `gap`.
///
/// @param gap zero when there is no limit
public record Rate(Duration gap) {
    /// As often as it answers.
    public static final Rate UNLIMITED = new Rate(Duration.ZERO);

    private static final Pattern TEXT = Pattern.compile("([0-9]{1,9})/(s|min|h)");

    public Rate {
        if (gap.isNegative()) {
            throw new IllegalArgumentException("a gap of " + gap);
        }
    }

    /// Reads `5/s`, `80/min` or `1000/h`.
    ///
    /// @throws IllegalArgumentException when it is nothing of these
    public static Rate parse(String text) {
        Matcher matcher = TEXT.matcher(text);
        if (!matcher.matches() || Long.parseLong(matcher.group(1)) == 0) {
            throw new IllegalArgumentException("rate \"" + text + "\": expected N/s, N/min or N/h, e.g. 80/min");
        }
        Duration unit = switch (matcher.group(2)) {
            case "s" -> Duration.ofSeconds(1);
            case "min" -> Duration.ofMinutes(1);
            default -> Duration.ofHours(1);
        };
        return new Rate(unit.dividedBy(Long.parseLong(matcher.group(1))));
    }
}
