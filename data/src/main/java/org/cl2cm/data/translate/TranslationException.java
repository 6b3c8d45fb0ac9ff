package org.cl2cm.data.translate;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// These texts could not be translated; others may be, and some of these alone. Any other
/// [IOException] of a [Translator] means that the system is of no use at all.
public final class TranslationException extends IOException {
    private static final long serialVersionUID = 1L;

    public TranslationException(String message) {
        super(message);
    }

    public TranslationException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
