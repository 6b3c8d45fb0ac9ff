package org.cl2cm.model;

import java.util.List;
import java.util.Optional;

/// What the scores of one query of words are worth in a collection.
///
/// @param language the trained language that the query is taken to be in; the source where nobody can
///     tell
/// @param untrained the language that the query seems to be in, when the model was not trained for
///     it: an ISO 639-1 code
/// @param calibration of that language, or of the source; empty where nothing was measured
/// @param items in the collection
public record TextScores(
        String language, Optional<String> untrained, Optional<ScoreCalibration> calibration, long items) {
    /// @param text the query
    /// @param language that somebody said it is in, one of the model's; empty to guess
    /// @param items in the collection that is searched
    /// @throws IllegalArgumentException when the model was not trained for `language`, naming those
    ///     it was trained for
    public static TextScores of(ModelDescription model, String text, Optional<String> language, long items) {
        List<String> trained = model.languages();
        if (language.isPresent() && !trained.contains(language.get())) {
            throw new IllegalArgumentException(
                    "the model was trained for " + String.join(", ", trained) + ", not for \"" + language.get() + "\"");
        }
        QueryLanguage.Guess guess = language.isPresent()
                ? new QueryLanguage.Guess(language, Optional.empty())
                : new QueryLanguage(trained).of(text);
        String taken = guess.trained().orElse(model.source());
        return new TextScores(
                taken, guess.other(), model.calibration(taken).or(() -> model.calibration(model.source())), items);
    }

    /// How likely an item with this cosine is the one that was meant, where it is known.
    public Optional<Double> probability(double cosine) {
        return calibration.map(known -> known.probability(cosine, items));
    }

    /// Whether a probability is so low that the result is hardly better than chance.
    public static boolean isBackground(double probability) {
        return probability < ScoreCalibration.BACKGROUND;
    }
}
