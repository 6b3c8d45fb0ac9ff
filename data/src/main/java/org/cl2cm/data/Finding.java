package org.cl2cm.data;

import java.nio.file.Path;

/// One thing a check of data found.
///
/// @param line in `file`, counted from 1; 0 when it concerns the whole file
/// @param id of the item, empty when it concerns none in particular
public record Finding(Severity severity, Path file, long line, String id, String message) {
    /// How bad it is.
    public enum Severity {
        /// The data cannot be used as it is.
        ERROR,
        /// Results may mislead.
        WARNING,
        /// Worth a look.
        INFO
    }
}
