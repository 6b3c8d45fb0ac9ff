package org.cl2cm.data;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// Input that cannot be used. The message names the file and, where known, the line and the key, and says what to do.
public final class DataException extends IOException {
    private static final long serialVersionUID = 1L;

    public DataException(String message) {
        super(message);
    }

    public DataException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    /// @param line the line in the file, counted from 1
    public static DataException at(Path file, long line, String message) {
        return new DataException(file + ":" + line + ": " + message);
    }

    public static DataException in(Path file, String message) {
        return new DataException(file + ": " + message);
    }

    public static DataException in(Path file, String message, Throwable cause) {
        return new DataException(file + ": " + message, cause);
    }
}
