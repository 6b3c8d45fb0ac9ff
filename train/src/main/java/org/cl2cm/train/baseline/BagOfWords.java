package org.cl2cm.train.baseline;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Texts as unit vectors of tf-idf weights over a vocabulary taken from training texts. Immutable; safe
/// for use by
/// many threads.
public final class BagOfWords {
    private final Map<String, Integer> vocabulary;
    private final float[] inverseFrequency;

    private BagOfWords(Map<String, Integer> vocabulary, float[] inverseFrequency) {
        this.vocabulary = vocabulary;
        this.inverseFrequency = inverseFrequency;
    }

    /// A sparse vector of length 1, or an empty one.
    ///
    /// @param terms places in the vocabulary, each once
    /// @param weights their weights
    @SuppressWarnings("ArrayRecordComponent")
    record Vector(int[] terms, float[] weights) {}

    /// @param texts training texts
    /// @param minCount texts that must hold a term
    /// @param maxTerms terms kept at most, the most frequent
    /// @throws IllegalArgumentException when no term is left
    public static BagOfWords fit(List<String> texts, int minCount, int maxTerms) {
        Map<String, Integer> counts = new TreeMap<>();
        for (String text : texts) {
            for (String term : new HashSet<>(TextTerms.of(text))) {
                counts.merge(term, 1, Integer::sum);
            }
        }
        List<Map.Entry<String, Integer>> kept = counts.entrySet().stream()
                .filter(entry -> entry.getValue() >= minCount)
                .sorted(Map.Entry.<String, Integer>comparingByValue().reversed())
                .limit(maxTerms)
                .toList();
        if (kept.isEmpty()) {
            throw new IllegalArgumentException(
                    "no term stands in " + minCount + " of the " + texts.size() + " texts: lower the least count");
        }
        Map<String, Integer> vocabulary = new HashMap<>();
        float[] inverse = new float[kept.size()];
        for (Map.Entry<String, Integer> entry : kept) {
            inverse[vocabulary.size()] = (float) (Math.log((1.0 + texts.size()) / (1.0 + entry.getValue())) + 1);
            vocabulary.put(entry.getKey(), vocabulary.size());
        }
        return new BagOfWords(vocabulary, inverse);
    }

    /// Terms in the vocabulary.
    public int size() {
        return inverseFrequency.length;
    }

    Vector vector(String text) {
        Map<Integer, Integer> counts = new TreeMap<>();
        for (String term : TextTerms.of(text)) {
            Integer place = vocabulary.get(term);
            if (place != null) {
                counts.merge(place, 1, Integer::sum);
            }
        }
        int[] terms = new int[counts.size()];
        float[] weights = new float[terms.length];
        double squares = 0;
        int i = 0;
        for (Map.Entry<Integer, Integer> entry : counts.entrySet()) {
            terms[i] = entry.getKey();
            weights[i] = (float) ((1 + Math.log(entry.getValue())) * inverseFrequency[terms[i]]);
            squares += (double) weights[i] * weights[i];
            i++;
        }
        float scale = (float) (1 / Math.sqrt(Math.max(squares, 1e-30)));
        for (int k = 0; k < weights.length; k++) {
            weights[k] *= scale;
        }
        return new Vector(terms, weights);
    }
}
