package org.cl2cm.search;

import java.util.List;
import java.util.Set;
import org.cl2cm.search.internal.CaptionWords;
import org.cl2cm.search.internal.FilterQuery;

/// How texts are cut into the words that are indexed and searched, the same in every engine.
public final class SearchWords {
    /// Of a word that several languages share, the best counts, and this much of the others.
    public static final float TIE = 0.1f;

    private SearchWords() {}

    /// The words of a caption, in their order, by the analyzer of its language.
    ///
    /// @param language a code such as `de` or `pt-BR`
    public static List<String> ofCaption(String language, String caption) {
        return CaptionWords.all(language, caption);
    }

    /// The distinct words of a query, as they stand in captions of a language; those of a query that
    /// is too long are cut off.
    public static Set<String> ofQuery(String language, String query) {
        return CaptionWords.distinct(language, query);
    }

    /// Words by Unicode's rules (UAX #29), in small letters, none left out: those of a declared field
    /// of [FieldType#TEXT].
    public static List<String> plain(String text) {
        return FilterQuery.words(text);
    }
}
