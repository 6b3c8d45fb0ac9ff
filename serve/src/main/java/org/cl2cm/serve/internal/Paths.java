package org.cl2cm.serve.internal;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The segments of an address: decoded one by one, so that an id may hold a slash, and never joined
/// to a file's path.
final class Paths {
    private Paths() {}

    /// @param path as the client sent it, beginning with a slash
    /// @throws Problem 400 when a percent sign or the UTF-8 is wrong
    static List<String> segments(String path) {
        List<String> segments = new ArrayList<>();
        for (String segment : path.substring(path.startsWith("/") ? 1 : 0).split("/", -1)) {
            segments.add(decoded(segment));
        }
        return segments;
    }

    /// @param raw what stands after the question mark
    static Map<String, List<String>> query(String raw) {
        Map<String, List<String>> query = new LinkedHashMap<>();
        for (String pair : raw.split("&", -1)) {
            if (!pair.isEmpty()) {
                int equals = pair.indexOf('=');
                String name = decoded(equals < 0 ? pair : pair.substring(0, equals));
                String value = equals < 0 ? "" : decoded(pair.substring(equals + 1));
                query.computeIfAbsent(name, _ -> new ArrayList<>()).add(value);
            }
        }
        return query;
    }

    private static String decoded(String text) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c != '%') {
                bytes.writeBytes(String.valueOf(c).getBytes(StandardCharsets.UTF_8));
                continue;
            }
            boolean whole = i + 2 < text.length();
            int high = whole ? Character.digit(text.charAt(i + 1), 16) : -1;
            int low = whole ? Character.digit(text.charAt(i + 2), 16) : -1;
            if (high < 0 || low < 0) {
                throw Problem.of(Problem.Kind.MALFORMED, "the address holds a \"%\" without two hexadecimal digits");
            }
            bytes.write(high << 4 | low);
            i += 2;
        }
        return Json.utf8(bytes.toByteArray(), "the address");
    }

    /// `text` as one segment of an address.
    static String encoded(String text) {
        StringBuilder encoded = new StringBuilder();
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xff);
            if (c < 128 && (Character.isLetterOrDigit(c) || "-._~".indexOf(c) >= 0)) {
                encoded.append(c);
            } else {
                encoded.append(String.format("%%%02X", (int) c));
            }
        }
        // Two dots alone would be taken for the segment above.
        return encoded.toString().matches("\\.{1,2}") ? encoded.toString().replace(".", "%2E") : encoded.toString();
    }
}
