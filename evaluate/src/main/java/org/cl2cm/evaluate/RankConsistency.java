package org.cl2cm.evaluate;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// How far it depends on the language of the question where an image is found.
///
/// A language's rank of an image is the mean over the captions that the image has in it (text to
/// image). The *rank variance* of an image is the variance of these over the languages, and its mean
/// over images is MRV (CCRK: Nie et al., KDD 2024, arXiv 2406.18254, section 3.4): 0 when every
/// language finds every image at the same place, however bad.
///
/// Immutable.
///
/// @param languages in the order given
/// @param images that have captions in all languages; the others are left out
/// @param meanRankVariance MRV
/// @param meanRanks of each language over these images
/// @param disagreements of the images, the largest variance first
public record RankConsistency(
        List<String> languages,
        int images,
        double meanRankVariance,
        Map<String, Double> meanRanks,
        List<Disagreement> disagreements) {
    /// A language whose mean rank is so many times the best language's is worth a warning.
    public static final double FAR_BEHIND = 2;

    /// What the languages think of one image.
    ///
    /// @param ranks mean rank by language
    public record Disagreement(String id, double variance, Map<String, Double> ranks) {}

    /// @param ranks of the queries of each language over one gallery, at least two languages
    /// @throws IllegalArgumentException for a single language, for other galleries, and when no image
    ///     has captions in all languages
    public static RankConsistency of(Map<String, Ranks> ranks) {
        List<String> languages = List.copyOf(ranks.keySet());
        if (languages.size() < 2) {
            throw new IllegalArgumentException("consistency is a matter of two languages or more, not of " + languages);
        }
        List<String> gallery = ranks.values().iterator().next().galleryIds();
        Map<String, Map<String, Double>> byImage = new LinkedHashMap<>();
        for (Map.Entry<String, Ranks> entry : ranks.entrySet()) {
            if (!entry.getValue().galleryIds().equals(gallery)) {
                throw new IllegalArgumentException("the queries in " + entry.getKey()
                        + " were ranked over another gallery than those in " + languages.getFirst());
            }
            meanRanks(entry.getValue())
                    .forEach((id, rank) -> byImage.computeIfAbsent(id, none -> new LinkedHashMap<>())
                            .put(entry.getKey(), rank));
        }
        List<Disagreement> disagreements = new ArrayList<>();
        byImage.forEach((id, some) -> {
            if (some.size() == languages.size()) {
                disagreements.add(new Disagreement(id, variance(some), some));
            }
        });
        if (disagreements.isEmpty()) {
            throw new IllegalArgumentException("no image has captions in all of " + languages);
        }
        Map<String, Double> means = new LinkedHashMap<>();
        for (String language : languages) {
            means.put(
                    language,
                    disagreements.stream()
                            .mapToDouble(image -> image.ranks().getOrDefault(language, Double.NaN))
                            .average()
                            .orElseThrow());
        }
        double mrv = disagreements.stream()
                .mapToDouble(Disagreement::variance)
                .average()
                .orElseThrow();
        disagreements.sort(Comparator.comparingDouble(Disagreement::variance).reversed());
        return new RankConsistency(languages, disagreements.size(), mrv, means, List.copyOf(disagreements));
    }

    private static Map<String, Double> meanRanks(Ranks ranks) {
        double[] sums = new double[ranks.gallerySize()];
        for (int query = 0; query < ranks.queryCount(); query++) {
            sums[ranks.target(query)] += ranks.textToImage(query);
        }
        Map<String, Double> means = new LinkedHashMap<>();
        for (int row = 0; row < sums.length; row++) {
            if (ranks.captions(row) > 0) {
                means.put(ranks.galleryIds().get(row), sums[row] / ranks.captions(row));
            }
        }
        return means;
    }

    private static double variance(Map<String, Double> ranks) {
        double mean = ranks.values().stream()
                .mapToDouble(Double::doubleValue)
                .average()
                .orElseThrow();
        return ranks.values().stream()
                .mapToDouble(rank -> (rank - mean) * (rank - mean))
                .average()
                .orElseThrow();
    }

    /// The languages whose mean rank is [#FAR_BEHIND] times the best one's or more.
    public List<String> farBehind() {
        double best = meanRanks.values().stream()
                .mapToDouble(Double::doubleValue)
                .min()
                .orElseThrow();
        return languages.stream()
                .filter(language -> meanRanks.getOrDefault(language, best) >= FAR_BEHIND * best)
                .toList();
    }
}
