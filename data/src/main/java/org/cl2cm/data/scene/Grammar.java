package org.cl2cm.data.scene;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// Says descriptions in one language, correctly. Stateless; safe for use by many threads.
sealed interface Grammar permits English, German, Spanish, French, Chinese, Japanese, Arabic {
    /// All languages, English first.
    static List<Grammar> all() {
        return List.of(
                new English(), new German(), new Spanish(), new French(), new Chinese(), new Japanese(), new Arabic());
    }

    /// @throws IllegalArgumentException for a language that is not among [#all()]
    static Grammar of(String language) {
        List<Grammar> all = all();
        return all.stream()
                .filter(grammar -> grammar.language().equals(language))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no grammar for the language \"" + language
                        + "\"; there are " + all.stream().map(Grammar::language).collect(Collectors.joining(", "))));
    }

    /// The language's code, e.g. `de`.
    String language();

    /// The words of a correct sentence, in order.
    List<Word> words(Description description);

    /// The words of this language in their dictionary forms and commonest senses.
    Lexicon lexicon();

    /// What a translator who takes a word in another of its English senses writes; empty for words with one sense.
    Optional<String> wrongSense(Concept concept);

    /// A form that may not agree with the words around it: the dictionary's, for nouns, adjectives and numbers.
    default Optional<String> disagreeing(Word word) {
        return word.meaning()
                .filter(meaning -> meaning instanceof Concept.Shape
                        || meaning instanceof Concept.Hue
                        || meaning instanceof Concept.Size
                        || meaning instanceof Concept.Amount)
                .map(lexicon()::gloss);
    }

    /// One string of the words; with spaces unless the language has none.
    default String join(List<Word> words) {
        return words.stream().map(Word::text).collect(Collectors.joining(" "));
    }

    default String say(Description description) {
        return join(words(description));
    }
}
