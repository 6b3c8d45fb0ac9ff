package org.cl2cm.model.translate;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.OptionalInt;
import java.util.Set;
import org.cl2cm.data.DataException;

/// How a model's words are chosen, from `generation_config.json`, and from `config.json` where that is
/// silent.
///
/// @param start the token that every translation starts with; it is no part of it
/// @param ends tokens that end a translation, the first of which also ends a source
/// @param pad fills up short rows
/// @param forcedFirst the token that must come first, where the model wants one
/// @param forcedLast the token that must stand at `maxLength`
/// @param banned tokens that are never chosen
/// @param minLength tokens, the start included, before which a translation does not end
/// @param maxLength most tokens, the start included
/// @param beams hypotheses that are followed; 1 takes the likeliest token each time
/// @param lengthPenalty exponent of the length that a hypothesis' log probability is divided by
/// @param stopping when a beam search ends
/// @param noRepeat length of the sequences that may not occur twice; 0 for none
/// @param renormalize whether what is left after banned tokens becomes a distribution again
public record GenerationSettings(
        int start,
        Set<Integer> ends,
        int pad,
        OptionalInt forcedFirst,
        OptionalInt forcedLast,
        Set<Integer> banned,
        int minLength,
        int maxLength,
        int beams,
        double lengthPenalty,
        Stopping stopping,
        int noRepeat,
        boolean renormalize) {

    /// When a beam search has seen enough: it has as many finished hypotheses as beams, and ...
    public enum Stopping {
        /// ... nothing more (`early_stopping: true`).
        EARLY,
        /// ... the best open one, ended now, would be worse than the worst of them (`false`, the
        /// usual).
        USUAL,
        /// ... the best open one cannot become better than the worst of them (`"never"`).
        NEVER
    }

    public GenerationSettings {
        if (ends.isEmpty() || beams < 1 || maxLength < 2) {
            throw new IllegalArgumentException("ends " + ends + ", beams " + beams + ", max length " + maxLength);
        }
        ends = java.util.Collections.unmodifiableSet(new LinkedHashSet<>(ends));
        banned = Set.copyOf(banned);
    }

    /// The token that ends a source.
    public int end() {
        return ends.iterator().next();
    }

    /// The same with another number of beams, first token, and length.
    public GenerationSettings with(int beams, OptionalInt forcedFirst, int maxLength) {
        return new GenerationSettings(
                start,
                ends,
                pad,
                forcedFirst,
                forcedLast,
                banned,
                minLength,
                maxLength,
                beams,
                lengthPenalty,
                stopping,
                noRepeat,
                renormalize);
    }

    /// @param folder with `config.json`
    /// @throws DataException when it is missing, or asks for what would change the words and is not
    ///     supported
    public static GenerationSettings read(Path folder) throws IOException {
        return GenerationConfig.read(folder);
    }
}
