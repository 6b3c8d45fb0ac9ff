package org.cl2cm.search.internal;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/// The best candidates seen so far: by score, ties by id.
final class TopCandidates {
    /// @param doc the number Lucene gives the item in this reader
    record Candidate(float score, String id, int doc) {}

    private static final Comparator<Candidate> BEST_FIRST = Comparator.comparingDouble(
                    (Candidate candidate) -> -candidate.score)
            .thenComparing(Candidate::id);

    private final int top;
    private final PriorityQueue<Candidate> worstFirst = new PriorityQueue<>(BEST_FIRST.reversed());

    TopCandidates(int top) {
        this.top = top;
    }

    /// Whether a candidate of this score may be among the best; only then is its id worth looking up.
    boolean admits(float score) {
        Candidate worst = worstFirst.peek();
        return worstFirst.size() < top || worst == null || score >= worst.score;
    }

    void offer(Candidate candidate) {
        worstFirst.add(candidate);
        if (worstFirst.size() > top) {
            worstFirst.poll();
        }
    }

    List<Candidate> bestFirst() {
        List<Candidate> sorted = new ArrayList<>(worstFirst);
        sorted.sort(BEST_FIRST);
        return sorted;
    }
}
