package org.cl2cm.data.translate;

import java.util.Map;

/// A translation that looks wrong.
///
/// @param position of the caption in its item, from 0
/// @param signs what speaks against it, each with how strongly, above 0 to 1
public record Suspicion(String id, int position, Map<Sign, Double> signs, String source, String translation) {
    /// What may speak against a translation.
    public enum Sign {
        /// Nothing, or hardly a letter, for a caption of words.
        EMPTY("nearly empty"),
        /// Not in the script of its language.
        SCRIPT("wrong script"),
        /// Words of the source stand in it as they were, or the system marked them as unknown.
        UNTRANSLATED("untranslated words"),
        /// A word or a few go round and round.
        REPEATED("repeats itself"),
        /// Far shorter or longer than the others are beside their sources.
        LENGTH("length");

        private final String words;

        Sign(String words) {
            this.words = words;
        }

        @Override
        public String toString() {
            return words;
        }
    }

    /// How bad it looks: the strongest sign.
    public double score() {
        return signs.values().stream().mapToDouble(Double::doubleValue).max().orElse(0);
    }
}
