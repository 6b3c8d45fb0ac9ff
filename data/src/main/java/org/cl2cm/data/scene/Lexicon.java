package org.cl2cm.data.scene;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The words of one language: for each concept one or several, the commonest first.
///
/// An entry may hold several forms between slashes (`cercle/m/cercles`); which they are is the grammar's business. The
/// first form is the one a dictionary shows.
final class Lexicon {
    private final Map<Concept, List<String>> entries = new HashMap<>();

    Lexicon put(Concept concept, String... words) {
        if (words.length == 0 || entries.put(concept, List.of(words)) != null) {
            throw new IllegalArgumentException(concept + " needs one line with at least one word");
        }
        return this;
    }

    /// The entry for `concept`; `wording` chooses among several.
    ///
    /// @throws IllegalArgumentException when the language has no word for it
    String entry(Concept concept, int wording) {
        List<String> words = entries.get(concept);
        if (words == null) {
            throw new IllegalArgumentException("no word for " + concept);
        }
        return words.get(wording % words.size());
    }

    /// The forms of the entry.
    List<String> forms(Concept concept, int wording) {
        return List.of(entry(concept, wording).split("/", -1));
    }

    /// The form a dictionary shows, of the commonest word.
    String gloss(Concept concept) {
        return forms(concept, 0).get(0);
    }

    boolean knows(Concept concept) {
        return entries.containsKey(concept);
    }
}
