package org.cl2cm.search;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// The cluster that holds a collection does not answer, or is too busy to. It was asked again for a
/// while before this was thrown; the collection itself is as it was.
public final class CollectionUnavailableException extends IOException {
    private static final long serialVersionUID = 1;

    public CollectionUnavailableException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
