package org.cl2cm.train;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.Function;

/// Puts known faults into translations, to see whether a check finds them.
final class TranslationFaults {
    /// What can be wrong with a translation.
    enum Kind {
        /// It is the translation of another caption.
        SHUFFLED,
        /// A third of it is missing.
        DROPPED,
        /// It is in another language than it should be.
        WRONG_LANGUAGE,
        /// It is the caption itself.
        UNTRANSLATED
    }

    /// Shorter ones lose nothing: what is left would be nothing.
    private static final int LONG_ENOUGH = 6;

    private TranslationFaults() {}

    /// Damages a share of the pairs, the kinds in turn; a kind that is not possible for a pair leaves
    /// it whole.
    ///
    /// @param elsewhere the translation of a pair's caption into a language that neither of its texts
    ///     is in
    /// @param kinds takes what was done, by the place of the pair
    /// @return as many pairs, in the same order
    static List<TranslationCheck.Pair> damage(
            List<TranslationCheck.Pair> pairs,
            double share,
            long seed,
            Function<TranslationCheck.Pair, Optional<String>> elsewhere,
            Map<Integer, Kind> kinds) {
        Random random = new Random(seed);
        List<TranslationCheck.Pair> damaged = new ArrayList<>(pairs);
        Kind[] turn = Kind.values();
        int next = 0;
        for (int i = 0; i < pairs.size(); i++) {
            if (random.nextDouble() < share) {
                Kind kind = turn[next++ % turn.length];
                TranslationCheck.Pair pair = pairs.get(i);
                Optional<String> text = switch (kind) {
                    case SHUFFLED -> shuffled(pair, pairs.get(random.nextInt(pairs.size())));
                    case DROPPED -> dropped(pair.target(), random);
                    case WRONG_LANGUAGE -> elsewhere.apply(pair);
                    case UNTRANSLATED -> Optional.of(pair.source());
                };
                if (text.isPresent()) {
                    damaged.set(i, pair.withTarget(text.get()));
                    kinds.put(i, kind);
                }
            }
        }
        return damaged;
    }

    private static Optional<String> shuffled(TranslationCheck.Pair pair, TranslationCheck.Pair other) {
        return other.id().equals(pair.id()) ? Optional.empty() : Optional.of(other.target());
    }

    /// Without a third in a row: of its words, or of its characters where words are not spaced.
    private static Optional<String> dropped(String text, Random random) {
        String[] words = text.split("(?<= )", -1);
        int[] characters = text.codePoints().toArray();
        boolean spaced = words.length > 2;
        int length = spaced ? words.length : characters.length;
        if (!spaced && length < LONG_ENOUGH) {
            return Optional.empty();
        }
        int gone = Math.max(1, length / 3);
        int from = random.nextInt(length - gone + 1);
        StringBuilder left = new StringBuilder();
        for (int i = 0; i < length; i++) {
            if (i < from || i >= from + gone) {
                if (spaced) {
                    left.append(words[i]);
                } else {
                    left.appendCodePoint(characters[i]);
                }
            }
        }
        String rest = left.toString().strip();
        return rest.isEmpty() ? Optional.empty() : Optional.of(rest);
    }

    /// Confidences by kind of fault.
    static Map<Kind, double[]> byKind(List<TranslationCheck.Pair> checked, Map<Integer, Kind> kinds) {
        Map<Kind, double[]> confidences = new LinkedHashMap<>();
        for (Kind kind : Kind.values()) {
            confidences.put(
                    kind,
                    kinds.entrySet().stream()
                            .filter(entry -> entry.getValue() == kind)
                            .mapToDouble(entry -> checked.get(entry.getKey()).confidence())
                            .toArray());
        }
        return confidences;
    }
}
