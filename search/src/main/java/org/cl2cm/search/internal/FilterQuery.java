package org.cl2cm.search.internal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.standard.StandardAnalyzer;
import org.apache.lucene.analysis.tokenattributes.CharTermAttribute;
import org.apache.lucene.document.DoublePoint;
import org.apache.lucene.document.LongPoint;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.BooleanClause;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.MatchAllDocsQuery;
import org.apache.lucene.search.MatchNoDocsQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.TermInSetQuery;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.util.BytesRef;
import org.cl2cm.search.Filter;

/// How declared fields are indexed, and the Lucene query of a filter over them.
public final class FilterQuery {
    /// Names of the declared fields that an item has.
    static final String HAS = "has";

    private static final String PREFIX = "meta.";
    /// Words by Unicode's rules (UAX #29), in small letters, none left out.
    private static final Analyzer WORDS = new StandardAnalyzer();

    private FilterQuery() {}

    /// The index field of a declared field.
    static String field(String name) {
        return PREFIX + name;
    }

    static Query of(Filter filter) {
        return switch (filter) {
            case Filter.And and -> all(and.parts().stream().map(FilterQuery::of).toList());
            case Filter.Or or -> any(or.parts().stream().map(FilterQuery::of).toList());
            case Filter.Not not ->
                new BooleanQuery.Builder()
                        .add(MatchAllDocsQuery.INSTANCE, BooleanClause.Occur.FILTER)
                        .add(of(not.part()), BooleanClause.Occur.MUST_NOT)
                        .build();
            case Filter.Exists exists -> new TermQuery(new Term(HAS, exists.field()));
            case Filter.Keyword keyword ->
                new TermInSetQuery(
                        field(keyword.field()),
                        keyword.values().stream().map(BytesRef::new).toList());
            case Filter.NumberRange range ->
                range.least() > range.most()
                        ? new MatchNoDocsQuery("empty range")
                        : DoublePoint.newRangeQuery(field(range.field()), range.least(), range.most());
            case Filter.DateRange range ->
                range.first() > range.last()
                        ? new MatchNoDocsQuery("empty range")
                        : LongPoint.newRangeQuery(field(range.field()), range.first(), range.last());
            case Filter.Words words ->
                all(words(words.text()).stream()
                        .map(word -> (Query) new TermQuery(new Term(field(words.field()), word)))
                        .toList());
        };
    }

    private static Query all(List<Query> parts) {
        BooleanQuery.Builder query = new BooleanQuery.Builder();
        parts.forEach(part -> query.add(part, BooleanClause.Occur.FILTER));
        return parts.isEmpty() ? MatchAllDocsQuery.INSTANCE : query.build();
    }

    private static Query any(List<Query> parts) {
        BooleanQuery.Builder query = new BooleanQuery.Builder();
        parts.forEach(part -> query.add(part, BooleanClause.Occur.SHOULD));
        return query.build();
    }

    /// The words of a text, as they are indexed and as they are searched.
    public static List<String> words(String text) {
        List<String> words = new ArrayList<>();
        try (TokenStream stream = WORDS.tokenStream("", text)) {
            CharTermAttribute term = stream.addAttribute(CharTermAttribute.class);
            stream.reset();
            while (stream.incrementToken()) {
                words.add(term.toString());
            }
            stream.end();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return words;
    }
}
