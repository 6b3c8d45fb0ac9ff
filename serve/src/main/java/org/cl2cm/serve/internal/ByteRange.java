package org.cl2cm.serve.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A part of a file that a client asks for by the header `Range`, so that a player can begin in the
/// middle (RFC 9110, section 14).
///
/// @param from first byte
/// @param to last byte, inclusive
record ByteRange(long from, long to) {
    private static final Pattern ONE = Pattern.compile("bytes=(\\d{0,18})-(\\d{0,18})");

    /// @param header as it was sent; empty for none, and for several parts or another unit, which may
    ///     be ignored
    /// @param size of the file
    /// @throws Problem 416 when it begins after the end
    static Optional<ByteRange> of(Optional<String> header, long size) {
        Matcher asked = ONE.matcher(header.orElse("").strip());
        if (!asked.matches() || (asked.group(1).isEmpty() && asked.group(2).isEmpty())) {
            return Optional.empty();
        }
        boolean tail = asked.group(1).isEmpty();
        long from = tail ? Math.max(0, size - Long.parseLong(asked.group(2))) : Long.parseLong(asked.group(1));
        long to = tail || asked.group(2).isEmpty() ? size - 1 : Math.min(size - 1, Long.parseLong(asked.group(2)));
        if (!tail && !asked.group(2).isEmpty() && Long.parseLong(asked.group(2)) < from) {
            return Optional.empty();
        }
        if (from >= size) {
            throw Problem.of(Problem.Kind.NO_SUCH_PART, "the file has " + size + " bytes")
                    .with("Content-Range", "bytes */" + size);
        }
        return Optional.of(new ByteRange(from, to));
    }

    /// The part, with status 206.
    Answer answer(Path file, String type) throws IOException {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Content-Range", "bytes " + from + "-" + to + "/" + Files.size(file));
        headers.put("Accept-Ranges", "bytes");
        return new Answer(206, type, new Body.OfFile(file, from, to - from + 1), headers);
    }
}
