package org.cl2cm.search.internal;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.lucene.search.BooleanClause;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.cl2cm.search.RankFusion;
import org.cl2cm.search.internal.TopCandidates.Candidate;

/// Captions' words and vectors together, by [RankFusion].
final class HybridSearch {
    private HybridSearch() {}

    /// The items whose captions suit `words` best by BM25, ties by id; each with its cosine to `query`.
    static List<Candidate> byWords(
            IndexSearcher searcher, float[] query, String words, int depth, Optional<Query> filter) throws IOException {
        Optional<Query> captions = CaptionWords.query(searcher.getIndexReader(), words);
        if (captions.isEmpty()) {
            return List.of();
        }
        BooleanQuery.Builder both = new BooleanQuery.Builder().add(captions.get(), BooleanClause.Occur.MUST);
        filter.ifPresent(among -> both.add(among, BooleanClause.Occur.FILTER));
        ScoreDoc[] found = searcher.search(both.build(), depth).scoreDocs;
        Map<Integer, Candidate> cosines = new LinkedHashMap<>();
        NearestItems.compared(searcher, query, found.length, found.clone())
                .forEach(candidate -> cosines.put(candidate.doc(), candidate));
        record Ranked(float worth, Candidate candidate) {}
        List<Ranked> ranked = new ArrayList<>();
        for (ScoreDoc doc : found) {
            Candidate candidate = cosines.get(doc.doc);
            if (candidate != null) {
                ranked.add(new Ranked(doc.score, candidate));
            }
        }
        ranked.sort(
                Comparator.comparingDouble((Ranked item) -> -item.worth).thenComparing(item -> item.candidate.id()));
        return ranked.stream().map(Ranked::candidate).toList();
    }

    /// @return the best `top` of both lists, ties by id
    static List<Candidate> fused(List<Candidate> a, List<Candidate> b, int top) {
        Map<String, Candidate> items = new HashMap<>();
        a.forEach(candidate -> items.put(candidate.id(), candidate));
        b.forEach(candidate -> items.put(candidate.id(), candidate));
        List<Candidate> fused = new ArrayList<>();
        for (String id : RankFusion.fused(List.of(ids(a), ids(b)), top)) {
            Candidate candidate = items.get(id);
            if (candidate != null) {
                fused.add(candidate);
            }
        }
        return fused;
    }

    private static List<String> ids(List<Candidate> candidates) {
        return candidates.stream().map(Candidate::id).toList();
    }
}
