package org.cl2cm.data.importer;

import java.io.IOException;
import java.nio.file.Path;
import org.cl2cm.data.DataException;
import org.cl2cm.data.TextLines;

/// Captions in lines, the i-th of the i-th image of a list.
final class AlignedLines {
    /// Takes one caption.
    @FunctionalInterface
    interface Reader {
        /// @param index counted from 0
        void accept(int index, String text);
    }

    private AlignedLines() {}

    /// @throws DataException when the file has not one line for each of the `count` images of `list`
    static void read(Path file, Path list, int count, Reader reader) throws IOException {
        long[] lines = {0};
        TextLines.forEach(file, (line, text) -> {
            lines[0] = line;
            if (line <= count) {
                reader.accept((int) line - 1, text.strip());
            }
        });
        if (lines[0] != count) {
            throw DataException.in(
                    file, "has " + lines[0] + " lines, but " + list + " names " + count + " images: they must agree");
        }
    }
}
