package org.cl2cm.serve.internal;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The parts of a body of `multipart/form-data` (RFC 7578) that is in memory.
final class Multipart {
    private static final int MOST_PARTS = 32;
    private static final int LONGEST_HEAD = 4096;
    private static final byte[] END_OF_HEAD = "\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final Pattern NAME = Pattern.compile("(?i);\\s*name=(?:\"([^\"]*)\"|([^;\\s\"]+))");
    private static final Pattern BOUNDARY =
            Pattern.compile("(?i);\\s*boundary=(?:\"([^\"]{1,70})\"|([^;\\s\"]{1,70}))");

    /// @param name of the form's field
    /// @param type media type without parameters, in small letters; empty when there is none
    record Part(String name, String type, byte[] content) {}

    private Multipart() {}

    /// The boundary that a `Content-Type` names.
    static Optional<String> boundary(String contentType) {
        Matcher matcher = BOUNDARY.matcher(contentType);
        return matcher.find() ? Optional.of(first(matcher)) : Optional.empty();
    }

    /// @throws Problem 400 when the body is no such body
    static List<Part> read(byte[] body, String boundary) {
        byte[] line = ("--" + boundary).getBytes(StandardCharsets.ISO_8859_1);
        byte[] delimiter = ("\r\n--" + boundary).getBytes(StandardCharsets.ISO_8859_1);
        int at = startsWith(body, 0, line) ? line.length : after(body, delimiter, 0);
        List<Part> parts = new ArrayList<>();
        while (!startsWith(body, at, new byte[] {'-', '-'})) {
            if (!startsWith(body, at, new byte[] {'\r', '\n'})) {
                throw malformed("a boundary is followed by neither a line break nor \"--\"");
            }
            int end = find(body, delimiter, at);
            if (end < 0) {
                throw malformed("the last part does not end with the boundary");
            }
            parts.add(part(Arrays.copyOfRange(body, at, end)));
            if (parts.size() > MOST_PARTS) {
                throw malformed("more than " + MOST_PARTS + " parts");
            }
            at = end + delimiter.length;
        }
        return parts;
    }

    /// @param bytes line break, head, empty line, content
    private static Part part(byte[] bytes) {
        int end = find(bytes, END_OF_HEAD, 0);
        if (end < 0 || end > LONGEST_HEAD) {
            throw malformed("a part has no head, or one of more than " + LONGEST_HEAD + " bytes");
        }
        String name = "";
        String type = "";
        for (String header : Json.utf8(Arrays.copyOf(bytes, end)).split("\r\n", -1)) {
            int colon = header.indexOf(':');
            String key = colon < 0 ? "" : header.substring(0, colon).strip().toLowerCase(Locale.ROOT);
            String value = header.substring(colon + 1).strip();
            if (key.equals("content-disposition")) {
                Matcher matcher = NAME.matcher(value);
                name = matcher.find() ? first(matcher) : "";
            } else if (key.equals("content-type")) {
                type = mediaType(value);
            }
        }
        if (name.isEmpty()) {
            throw malformed("a part has no name");
        }
        return new Part(name, type, Arrays.copyOfRange(bytes, end + END_OF_HEAD.length, bytes.length));
    }

    /// What stands before the parameters, in small letters.
    static String mediaType(String contentType) {
        int end = contentType.indexOf(';');
        return (end < 0 ? contentType : contentType.substring(0, end)).strip().toLowerCase(Locale.ROOT);
    }

    private static String first(Matcher matcher) {
        return matcher.group(1) != null ? matcher.group(1) : matcher.group(2);
    }

    private static int after(byte[] body, byte[] delimiter, int from) {
        int found = find(body, delimiter, from);
        if (found < 0) {
            throw malformed("the boundary that Content-Type names is not there");
        }
        return found + delimiter.length;
    }

    private static int find(byte[] bytes, byte[] what, int from) {
        for (int i = from; i <= bytes.length - what.length; i++) {
            if (bytes[i] == what[0] && startsWith(bytes, i, what)) {
                return i;
            }
        }
        return -1;
    }

    private static boolean startsWith(byte[] bytes, int at, byte[] what) {
        return at + what.length <= bytes.length && Arrays.equals(bytes, at, at + what.length, what, 0, what.length);
    }

    private static Problem malformed(String reason) {
        return Problem.of(Problem.Kind.MALFORMED, "no valid multipart/form-data: " + reason);
    }
}
