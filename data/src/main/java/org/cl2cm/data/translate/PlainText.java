package org.cl2cm.data.translate;

import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/// Captions as one line of text: strangers wrote them, and systems read and write lines.
final class PlainText {
    private static final Pattern BREAKS = Pattern.compile("[\\s\\p{Cc}\\u0085\\u00A0\\u2028\\u2029\\uFEFF]+");

    private PlainText() {}

    /// `text` without control characters and ends of line: each run of them, and of white space, is
    /// one space. Half of a surrogate pair becomes a question mark, since no encoding has room for it.
    static String line(String text) {
        String whole = new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
        return BREAKS.matcher(whole).replaceAll(" ").strip();
    }
}
