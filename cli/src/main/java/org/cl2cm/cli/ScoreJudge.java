package org.cl2cm.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.cl2cm.data.DataException;
import org.cl2cm.model.ModelDescription;
import org.cl2cm.model.RetrievalModel;
import org.cl2cm.model.TextScores;
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
        Optional<TextScores> scores =
                text.isPresent() && model.isPresent() ? Optional.of(scores(model.get(), text.get())) : Optional.empty();
        if (least.isEmpty()) {
            return new SearchOutput.Result(shown, hits, scores);
        }
        if (text.isEmpty()) {
            throw new DataException(
                    "--min-score is for queries of words: what scores of pictures and vectors are worth is not known");
        }
        if (scores.flatMap(TextScores::calibration).isEmpty()) {
            throw new DataException("--min-score: what the scores of this model are worth was not measured; \"model"
                    + " calibrate\" does it");
        }
        List<Hit> kept = hits.stream()
                .filter(hit -> scores.get().probability(hit.score()).orElse(0.0) >= least.get())
                .toList();
        return new SearchOutput.Result(shown, kept, scores);
    }

    private TextScores scores(ModelDescription description, String text) throws DataException {
        try {
            TextScores scores = TextScores.of(description, text, language, items);
            scores.untrained()
                    .ifPresent(other -> warnings.println("cl2cm: warning: \"" + text + "\" seems to be in \"" + other
                            + "\", the model was trained for " + String.join(", ", description.languages())
                            + ": results may be poor (--lang says otherwise)"));
            return scores;
        } catch (IllegalArgumentException e) {
            throw new DataException("--lang " + language.orElse("") + ": " + e.getMessage(), e);
        }
    }
}
