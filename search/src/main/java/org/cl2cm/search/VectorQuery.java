package org.cl2cm.search;

import java.util.Optional;

/// A question to a collection.
///
/// @param model fingerprint of the model that made the vector; a collection of another model refuses
///     the query
/// @param vector as long as the collection's dimension; of any length but zero
/// @param top how many results, 1 to [#MOST]
/// @param filter which items may be found; empty for all
/// @param words searched in the items' captions as well, by BM25; both lists are fused by reciprocal
///     rank, and hits come in the order of that. Empty for the vector alone
public record VectorQuery(String model, float[] vector, int top, Optional<Filter> filter, Optional<String> words) {
    /// The most results of one query.
    public static final int MOST = 10_000;

    public VectorQuery {
        if (top < 1 || top > MOST) {
            throw new IllegalArgumentException("asked for " + top + " results; 1 to " + MOST + " are possible");
        }
    }

    /// The same question to the items that `other` leaves.
    public VectorQuery among(Optional<Filter> other) {
        return new VectorQuery(model, vector, top, other, words);
    }

    /// The same question for another number of results.
    public VectorQuery withTop(int other) {
        return other == top ? this : new VectorQuery(model, vector, other, filter, words);
    }

    /// A question to all items.
    public VectorQuery(String model, float[] vector, int top) {
        this(model, vector, top, Optional.empty(), Optional.empty());
    }

    /// The same question with words that are searched in the captions as well.
    public VectorQuery withWords(String text) {
        return new VectorQuery(model, vector, top, filter, Optional.of(text));
    }
}
