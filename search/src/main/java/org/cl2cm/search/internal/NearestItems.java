package org.cl2cm.search.internal;

import java.io.IOException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.apache.lucene.index.BinaryDocValues;
import org.apache.lucene.index.DocValues;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.index.KnnVectorValues.DocIndexIterator;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.ReaderUtil;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.ScoreMode;
import org.apache.lucene.search.Scorer;
import org.apache.lucene.search.Weight;
import org.apache.lucene.util.Bits;
import org.apache.lucene.util.VectorUtil;
import org.cl2cm.search.internal.TopCandidates.Candidate;
import org.jspecify.annotations.Nullable;

/// The two ways to find the nearest vectors. Both score with the same dot product of full-precision
/// vectors, so an item has one score whichever way it was found.
final class NearestItems {
    private NearestItems() {}

    /// Compares every vector, or every one that a filter leaves; Lucene's dot product uses the CPU's
    /// vector instructions.
    static List<Candidate> exact(IndexSearcher searcher, float[] query, int top, Optional<Query> filter)
            throws IOException {
        TopCandidates best = new TopCandidates(top);
        @Nullable Weight weight = filter.isEmpty()
                ? null
                : searcher.createWeight(searcher.rewrite(filter.get()), ScoreMode.COMPLETE_NO_SCORES, 1);
        for (LeafReaderContext leaf : searcher.getIndexReader().leaves()) {
            FloatVectorValues vectors = leaf.reader().getFloatVectorValues(ItemDocument.VECTOR);
            if (vectors == null) {
                continue;
            }
            Bits live = leaf.reader().getLiveDocs();
            BinaryDocValues ids = DocValues.getBinary(leaf.reader(), ItemDocument.ID);
            DocIndexIterator each = vectors.iterator();
            @Nullable Scorer scorer = weight == null ? null : weight.scorer(leaf);
            if (weight != null && scorer == null) {
                continue;
            }
            DocIdSetIterator docs = scorer == null ? each : scorer.iterator();
            for (int doc = docs.nextDoc(); doc != DocIdSetIterator.NO_MORE_DOCS; doc = docs.nextDoc()) {
                if (each.docID() < doc) {
                    each.advance(doc);
                }
                if (each.docID() == doc && (live == null || live.get(doc))) {
                    float score = VectorUtil.dotProduct(query, vectors.vectorValue(each.index()));
                    offer(best, score, ids, doc, leaf);
                }
            }
        }
        return best.bestFirst();
    }

    /// Walks the graph with 8-bit vectors, over the items that a filter leaves, and compares its best
    /// candidates in full precision.
    static List<Candidate> approximate(
            IndexSearcher searcher, float[] query, int top, int candidates, Optional<Query> filter) throws IOException {
        ScoreDoc[] found = searcher.search(
                        new KnnFloatVectorQuery(ItemDocument.VECTOR, query, candidates, filter.orElse(null)),
                        candidates)
                .scoreDocs;
        return compared(searcher, query, top, found);
    }

    /// The best of some documents by their full-precision vectors.
    ///
    /// @param found sorted in place
    static List<Candidate> compared(IndexSearcher searcher, float[] query, int top, ScoreDoc[] found)
            throws IOException {
        Arrays.sort(found, Comparator.comparingInt(candidate -> candidate.doc));
        List<LeafReaderContext> leaves = searcher.getIndexReader().leaves();
        TopCandidates best = new TopCandidates(top);
        int current = -1;
        @Nullable FloatVectorValues vectors = null;
        @Nullable DocIndexIterator each = null;
        @Nullable BinaryDocValues ids = null;
        for (ScoreDoc candidate : found) {
            int at = ReaderUtil.subIndex(candidate.doc, leaves);
            LeafReaderContext leaf = leaves.get(at);
            if (at != current) {
                current = at;
                vectors = leaf.reader().getFloatVectorValues(ItemDocument.VECTOR);
                each = vectors == null ? null : vectors.iterator();
                ids = DocValues.getBinary(leaf.reader(), ItemDocument.ID);
            }
            int doc = candidate.doc - leaf.docBase;
            if (vectors != null && each != null && ids != null && each.advance(doc) == doc) {
                offer(best, VectorUtil.dotProduct(query, vectors.vectorValue(each.index())), ids, doc, leaf);
            }
        }
        return best.bestFirst();
    }

    private static void offer(TopCandidates best, float score, BinaryDocValues ids, int doc, LeafReaderContext leaf)
            throws IOException {
        if (best.admits(score) && ids.advanceExact(doc)) {
            best.offer(new Candidate(score, ids.binaryValue().utf8ToString(), leaf.docBase + doc));
        }
    }
}
