package org.cl2cm.data.translate;

import java.io.IOException;
import java.util.List;

/// A system that translates from one language to another. Used by one thread at a time.
public interface Translator extends AutoCloseable {
    /// What translates, and everything that its translations depend on, as far as it can be known:
    /// kind, version, direction, address. Translations are kept under it, and never mixed with those
    /// of another identity.
    String identity();

    /// Translates texts of one line each, not blank.
    ///
    /// @return one translation a text, in their order
    /// @throws TranslationException when these texts cannot be translated, but fewer of them or others
    ///     may be
    /// @throws IOException when the system is of no use at all: not installed, wrong direction, access
    ///     refused
    List<Translation> translate(List<String> texts) throws IOException;

    @Override
    void close() throws IOException;
}
