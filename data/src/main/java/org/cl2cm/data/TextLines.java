package org.cl2cm.data;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Strict UTF-8 text, line by line, in constant memory: a file in another encoding is refused with the line of its
/// first wrong byte instead of being read with question marks. Ends of line are `\n` or `\r\n`; a byte order mark is
/// skipped.
public final class TextLines {
    /// Takes one line.
    @FunctionalInterface
    public interface Reader {
        /// @param line counted from 1
        void accept(long line, String text) throws IOException;
    }

    private TextLines() {}

    /// @throws DataException when the file is missing or not UTF-8, naming file and line
    public static void forEach(Path file, Reader reader) throws IOException {
        if (Files.isDirectory(file)) {
            throw DataException.in(file, "is a folder, expected a text file");
        }
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
            long line = 0;
            int next = in.read();
            while (next >= 0) {
                bytes.reset();
                while (next >= 0 && next != '\n') {
                    bytes.write(next);
                    next = in.read();
                }
                line++;
                reader.accept(line, decode(file, line, bytes.toByteArray()));
                if (next == '\n') {
                    next = in.read();
                }
            }
        } catch (NoSuchFileException e) {
            throw DataException.in(file, "no such file", e);
        }
    }

    /// All lines of a small file.
    public static List<String> read(Path file) throws IOException {
        List<String> lines = new ArrayList<>();
        forEach(file, (line, text) -> lines.add(text));
        return lines;
    }

    private static String decode(Path file, long line, byte[] bytes) throws DataException {
        String text;
        try {
            text = StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new DataException(
                    file + ":" + line + ": not UTF-8; convert the file, e.g. iconv -f ISO-8859-1 -t UTF-8", e);
        }
        if (text.indexOf('\0') >= 0) {
            throw DataException.at(
                    file, line, "holds a NUL byte; if the file is UTF-16 convert it with iconv to UTF-8");
        }
        if (line == 1 && text.startsWith("\uFEFF")) {
            text = text.substring(1);
        }
        return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
    }
}
