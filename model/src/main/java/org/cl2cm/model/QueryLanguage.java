package org.cl2cm.model;

import com.github.pemistahl.lingua.api.IsoCode639_1;
import com.github.pemistahl.lingua.api.Language;
import com.github.pemistahl.lingua.api.LanguageDetector;
import com.github.pemistahl.lingua.api.LanguageDetectorBuilder;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// Guesses the language of a query among those that a model was trained for, or says that it is none
/// of them.
///
/// A few words rarely tell which of two languages in one script they are, and a warning that is wrong
/// is worse than none: below [#ENOUGH_WORDS] words only the script decides. Loads its statistics when
/// it is first asked, or by [#warmUp]. Safe for use by many threads.
public final class QueryLanguage {
    /// Words from which on the spelling is believed.
    static final int ENOUGH_WORDS = 4;

    /// How much worse than the best language a trained one may be and still be believed.
    private static final double NEARLY = 0.8;

    /// In each script that several languages share, letters that all of them have: what has a letter
    /// of its own, or a script of its own, is told without statistics.
    private static final List<String> SHARED_SCRIPTS =
            List.of("red car near the blue gate", "мама рано варила", "سلام على باب دار", "नमक और पानी");

    private static final class Detector {
        static final LanguageDetector ALL =
                LanguageDetectorBuilder.fromAllLanguages().withLowAccuracyMode().build();
    }

    /// A guess.
    ///
    /// @param trained the trained language that the query is in, as the model names it; empty where
    ///     it is in none
    /// @param other the language that it seems to be in otherwise, an ISO 639-1 code
    public record Guess(Optional<String> trained, Optional<String> other) {}

    private final Map<Language, String> trained = new EnumMap<>(Language.class);
    private final boolean allKnown;

    /// @param languages as the model names them, e.g. `zh`, `pt-BR`
    public QueryLanguage(Collection<String> languages) {
        boolean known = true;
        for (String language : languages) {
            Optional<Language> found = language(language);
            found.ifPresent(value -> trained.putIfAbsent(value, language));
            known &= found.isPresent();
        }
        this.allKnown = known;
    }

    /// Loads the statistics of all languages, which takes about a second and would be part of the
    /// first query otherwise. For the whole process; again it costs little.
    public static void warmUp() {
        SHARED_SCRIPTS.forEach(Detector.ALL::computeLanguageConfidenceValues);
    }

    private static Optional<Language> language(String code) {
        String primary = code.split("[-_.]", 2)[0].toLowerCase(Locale.ROOT);
        return List.of(Language.values()).stream()
                .filter(language -> language != Language.UNKNOWN
                        && language.getIsoCode639_1() != IsoCode639_1.NONE
                        && language.getIsoCode639_1().toString().equals(primary))
                .findFirst();
    }

    /// @param text a query
    /// @return what it is in; both empty where nobody can tell
    public Guess of(String text) {
        Map<Language, Double> confidence = Detector.ALL.computeLanguageConfidenceValues(text);
        if (confidence.isEmpty()) {
            return new Guess(Optional.empty(), Optional.empty());
        }
        Map.Entry<Language, Double> best = best(confidence).orElseThrow();
        Map<Language, Double> ours = new EnumMap<>(Language.class);
        ours.putAll(confidence);
        ours.keySet().retainAll(trained.keySet());
        Optional<Map.Entry<Language, Double>> our = best(ours);
        boolean few = text.strip().split("\\s+", -1).length < ENOUGH_WORDS;
        if (our.isPresent() && (few || our.get().getValue() >= NEARLY * best.getValue())) {
            return new Guess(Optional.ofNullable(trained.get(our.get().getKey())), Optional.empty());
        }
        // A trained language that the library does not know may be the one.
        return allKnown
                ? new Guess(
                        Optional.empty(),
                        Optional.of(best.getKey().getIsoCode639_1().toString()))
                : new Guess(Optional.empty(), Optional.empty());
    }

    private static Optional<Map.Entry<Language, Double>> best(Map<Language, Double> confidence) {
        return confidence.entrySet().stream().max(Map.Entry.comparingByValue());
    }
}
