package org.cl2cm.search.internal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.DelegatingAnalyzerWrapper;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.ar.ArabicAnalyzer;
import org.apache.lucene.analysis.bg.BulgarianAnalyzer;
import org.apache.lucene.analysis.bn.BengaliAnalyzer;
import org.apache.lucene.analysis.ca.CatalanAnalyzer;
import org.apache.lucene.analysis.cjk.CJKAnalyzer;
import org.apache.lucene.analysis.cz.CzechAnalyzer;
import org.apache.lucene.analysis.da.DanishAnalyzer;
import org.apache.lucene.analysis.de.GermanAnalyzer;
import org.apache.lucene.analysis.el.GreekAnalyzer;
import org.apache.lucene.analysis.en.EnglishAnalyzer;
import org.apache.lucene.analysis.es.SpanishAnalyzer;
import org.apache.lucene.analysis.fa.PersianAnalyzer;
import org.apache.lucene.analysis.fi.FinnishAnalyzer;
import org.apache.lucene.analysis.fr.FrenchAnalyzer;
import org.apache.lucene.analysis.hi.HindiAnalyzer;
import org.apache.lucene.analysis.hu.HungarianAnalyzer;
import org.apache.lucene.analysis.id.IndonesianAnalyzer;
import org.apache.lucene.analysis.it.ItalianAnalyzer;
import org.apache.lucene.analysis.nl.DutchAnalyzer;
import org.apache.lucene.analysis.no.NorwegianAnalyzer;
import org.apache.lucene.analysis.pt.PortugueseAnalyzer;
import org.apache.lucene.analysis.ro.RomanianAnalyzer;
import org.apache.lucene.analysis.ru.RussianAnalyzer;
import org.apache.lucene.analysis.standard.StandardAnalyzer;
import org.apache.lucene.analysis.sv.SwedishAnalyzer;
import org.apache.lucene.analysis.th.ThaiAnalyzer;
import org.apache.lucene.analysis.tokenattributes.CharTermAttribute;
import org.apache.lucene.analysis.tr.TurkishAnalyzer;
import org.apache.lucene.index.FieldInfos;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.BooleanClause;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.DisjunctionMaxQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.TermQuery;
import org.cl2cm.search.SearchWords;

/// How captions are indexed for a search by their words: every language in an index field of its own,
/// by Lucene's analyzer of that language. Chinese, Japanese and Korean are cut into pairs of letters,
/// and a language that has no analyzer here into words by Unicode's rules.
public final class CaptionWords {
    private static final String PREFIX = "words.";
    private static final Analyzer PLAIN = new StandardAnalyzer();
    private static final Map<String, Analyzer> ANALYZERS = Map.ofEntries(
            Map.entry("ar", new ArabicAnalyzer()),
            Map.entry("bg", new BulgarianAnalyzer()),
            Map.entry("bn", new BengaliAnalyzer()),
            Map.entry("ca", new CatalanAnalyzer()),
            Map.entry("cs", new CzechAnalyzer()),
            Map.entry("da", new DanishAnalyzer()),
            Map.entry("de", new GermanAnalyzer()),
            Map.entry("el", new GreekAnalyzer()),
            Map.entry("en", new EnglishAnalyzer()),
            Map.entry("es", new SpanishAnalyzer()),
            Map.entry("fa", new PersianAnalyzer()),
            Map.entry("fi", new FinnishAnalyzer()),
            Map.entry("fr", new FrenchAnalyzer()),
            Map.entry("hi", new HindiAnalyzer()),
            Map.entry("hu", new HungarianAnalyzer()),
            Map.entry("id", new IndonesianAnalyzer()),
            Map.entry("it", new ItalianAnalyzer()),
            Map.entry("ja", new CJKAnalyzer()),
            Map.entry("ko", new CJKAnalyzer()),
            Map.entry("nb", new NorwegianAnalyzer()),
            Map.entry("nl", new DutchAnalyzer()),
            Map.entry("nn", new NorwegianAnalyzer()),
            Map.entry("no", new NorwegianAnalyzer()),
            Map.entry("pt", new PortugueseAnalyzer()),
            Map.entry("ro", new RomanianAnalyzer()),
            Map.entry("ru", new RussianAnalyzer()),
            Map.entry("sv", new SwedishAnalyzer()),
            Map.entry("th", new ThaiAnalyzer()),
            Map.entry("tr", new TurkishAnalyzer()),
            Map.entry("zh", new CJKAnalyzer()));

    /// A query longer than this is cut off: it is a caption that somebody types, not a book.
    private static final int MOST_WORDS = 100;

    /// For the index writer: chooses by the field's name.
    static final Analyzer BY_FIELD = new DelegatingAnalyzerWrapper(Analyzer.PER_FIELD_REUSE_STRATEGY) {
        @Override
        protected Analyzer getWrappedAnalyzer(String field) {
            return analyzer(field.startsWith(PREFIX) ? field.substring(PREFIX.length()) : "");
        }
    };

    private CaptionWords() {}

    /// @param language a code such as `de` or `pt-BR`
    static String field(String language) {
        return PREFIX + language;
    }

    private static Analyzer analyzer(String language) {
        String plain = language.toLowerCase(Locale.ROOT);
        int dash = plain.indexOf('-');
        return ANALYZERS.getOrDefault(dash < 0 ? plain : plain.substring(0, dash), PLAIN);
    }

    /// Items with words of `text` in their captions, whatever the language; empty when no language
    /// makes words of it.
    static Optional<Query> query(IndexReader reader, String text) {
        List<Query> languages = new ArrayList<>();
        for (String field : new TreeSet<>(FieldInfos.getIndexedFields(reader))) {
            if (field.startsWith(PREFIX)) {
                BooleanQuery.Builder words = new BooleanQuery.Builder();
                Set<String> distinct = words(field, text);
                distinct.forEach(word -> words.add(new TermQuery(new Term(field, word)), BooleanClause.Occur.SHOULD));
                if (!distinct.isEmpty()) {
                    languages.add(words.build());
                }
            }
        }
        return languages.isEmpty()
                ? Optional.empty()
                : Optional.of(new DisjunctionMaxQuery(languages, SearchWords.TIE));
    }

    /// All words of a caption in their order.
    public static List<String> all(String language, String caption) {
        List<String> words = new ArrayList<>();
        words(field(language), caption, words, Integer.MAX_VALUE);
        return words;
    }

    /// The distinct words of a query.
    public static Set<String> distinct(String language, String query) {
        return words(field(language), query);
    }

    private static Set<String> words(String field, String text) {
        Set<String> words = new LinkedHashSet<>();
        words(field, text, words, MOST_WORDS);
        return words;
    }

    private static void words(String field, String text, Collection<String> to, int most) {
        try (TokenStream stream = BY_FIELD.tokenStream(field, text)) {
            CharTermAttribute term = stream.addAttribute(CharTermAttribute.class);
            stream.reset();
            while (stream.incrementToken() && to.size() < most) {
                to.add(term.toString());
            }
            stream.end();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
