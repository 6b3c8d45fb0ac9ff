package org.cl2cm.data.scene;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/// Words put one after another.
final class Phrase {
    private final List<Word> words = new ArrayList<>();

    /// A word of grammar.
    Phrase add(String text) {
        words.add(new Word(text, Optional.empty()));
        return this;
    }

    Phrase add(String text, Concept meaning) {
        words.add(new Word(text, Optional.of(meaning)));
        return this;
    }

    Phrase add(Phrase other) {
        words.addAll(other.words);
        return this;
    }

    List<Word> words() {
        return Collections.unmodifiableList(words);
    }
}
