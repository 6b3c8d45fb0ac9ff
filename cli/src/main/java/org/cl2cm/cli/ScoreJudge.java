package org.cl2cm.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.cl2cm.data.DataException;
import org.cl2cm.model.ModelDescription;
import org.cl2cm.model.QueryLanguage;
import org.cl2cm.model.RetrievalModel;
import org.cl2cm.model.ScoreCalibration;
import org.cl2cm.search.Hit;

/// Says what the scores of text queries are worth, and warns of a language that the model was not
/// trained for.
///
/// @param model of the collection, where it is known
/// @param items in the collection
/// @param language of all queries, where somebody said it
/// @param least probability of the results that are kept, where somebody said it
record ScoreJudge(
        Optional<ModelDescription> model,
        long items,
        Optional<String> language,
        Optional<Double> least,
        PrintWriter warnings) {
    /// @param folder of the model; a missing one is no error, since vectors can be searched without it
    static ScoreJudge of(
            Optional<Path> folder, long items, Optional<String> language, Optional<Double> least, PrintWriter warnings)
            throws IOException {
        Optional<ModelDescription> model =
                folder.isPresent() && Files.exists(folder.get().resolve(ModelDescription.FILE))
                        ? Optional.of(RetrievalModel.describe(folder.get()))
                        : Optional.empty();
        return new ScoreJudge(model, items, language, least, warnings);
    }

    /// @param shown what output calls the query
    /// @param text of the query; empty for pictures and vectors, whose scores mean something else
    /// @throws DataException when results below a probability are to be left out and nobody measured
    ///     what scores are worth
    SearchOutput.Result judged(String shown, Optional<String> text, List<Hit> hits) throws DataException {
        Optional<ScoreCalibration> calibration =
                text.isPresent() && model.isPresent() ? calibration(model.get(), text.get()) : Optional.empty();
        if (least.isEmpty()) {
            return new SearchOutput.Result(shown, hits, calibration, items);
        }
        ScoreCalibration known = calibration.orElseThrow(() -> new DataException(
                text.isEmpty()
                        ? "--min-score is for queries of words: what scores of pictures and vectors are worth is not known"
                        : "--min-score: what the scores of this model are worth was not measured; \"model calibrate\" does"
                                + " it"));
        List<Hit> kept = hits.stream()
                .filter(hit -> known.probability(hit.score(), items) >= least.get())
                .toList();
        return new SearchOutput.Result(shown, kept, calibration, items);
    }

    private Optional<ScoreCalibration> calibration(ModelDescription description, String text) throws DataException {
        List<String> trained = description.languages();
        if (language.isPresent()) {
            if (!trained.contains(language.get())) {
                throw new DataException("--lang " + language.get() + ": the model was trained for " + trained);
            }
            return description.calibration(language.get());
        }
        QueryLanguage.Guess guess = new QueryLanguage(trained).of(text);
        guess.other()
                .ifPresent(other -> warnings.println("cl2cm: warning: \"" + text + "\" seems to be in \"" + other
                        + "\", the model was trained for " + String.join(", ", trained)
                        + ": results may be poor (--lang says otherwise)"));
        return description
                .calibration(guess.trained().orElse(description.source()))
                .or(() -> description.calibration(description.source()));
    }
}
