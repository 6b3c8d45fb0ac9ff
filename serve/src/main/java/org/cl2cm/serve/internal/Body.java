package org.cl2cm.serve.internal;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/// The bytes of an answer.
sealed interface Body {
    /// In bytes.
    long length();

    /// What is in memory.
    record Whole(byte[] bytes) implements Body {
        @Override
        public long length() {
            return bytes.length;
        }
    }

    /// Of a file, read while it is sent: however long it is, it takes no memory.
    ///
    /// @param from first byte
    record OfFile(Path file, long from, long length) implements Body {
        private static final int AT_ONCE = 1 << 16;

        static OfFile whole(Path file) throws IOException {
            return new OfFile(file, 0, Files.size(file));
        }

        /// @throws EOFException when the file has become shorter
        void write(OutputStream out) throws IOException {
            byte[] buffer = new byte[(int) Math.min(AT_ONCE, length)];
            try (InputStream in = Files.newInputStream(file)) {
                in.skipNBytes(from);
                for (long left = length; left > 0; ) {
                    int read = in.read(buffer, 0, (int) Math.min(buffer.length, left));
                    if (read < 0) {
                        throw new EOFException(file + " has become shorter");
                    }
                    out.write(buffer, 0, read);
                    left -= read;
                }
            }
        }
    }
}
