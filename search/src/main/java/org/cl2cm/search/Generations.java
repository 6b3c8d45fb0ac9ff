package org.cl2cm.search;

import java.util.Optional;

/// Which generation of a collection is live, and which one was before.
///
/// @param previous the generation that was live before, which can come back
public record Generations(Generation live, Optional<Generation> previous) {
    /// A collection that has just been created.
    public static Generations first(CollectionInfo info) {
        return new Generations(new Generation(info, 1), Optional.empty());
    }

    /// The number of a generation that is neither the live nor the previous one.
    public int nextNumber() {
        return Math.max(live.number(), previous.map(Generation::number).orElse(0)) + 1;
    }

    /// The same collection when another generation goes live; the live one is the previous one then.
    public Generations superseded(Generation by) {
        return new Generations(by, Optional.of(live));
    }

    /// The same without a way back.
    public Generations withoutPrevious() {
        return new Generations(live, Optional.empty());
    }

    /// Whether `number` is one of the two.
    public boolean has(int number) {
        return live.number() == number
                || previous.filter(before -> before.number() == number).isPresent();
    }
}
