package org.cl2cm.search;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// A collection that is to be written is being written by someone else. Searches are not affected.
public final class CollectionLockedException extends IOException {
    private static final long serialVersionUID = 1;

    public CollectionLockedException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
