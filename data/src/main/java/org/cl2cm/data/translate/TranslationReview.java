package org.cl2cm.data.translate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.cl2cm.data.Scripts;
import org.cl2cm.data.translate.Suspicion.Sign;

/// Looks for translations that are probably wrong. It knows no language: it sees empty texts, words
/// left as they were, loops, scripts, and lengths that stand out.
public final class TranslationReview {
    private static final double LEAST_SHARE = 0.3;
    private static final double MOST_KEPT = 0.6;
    private static final int LONG_CAPTION = 4;
    private static final int WORD = 3;
    private static final int KEPT_WORDS = 3;
    private static final int LONGEST_LOOP = 4;

    /// A caption and its translation.
    ///
    /// @param unknown words that the system says it did not know
    public record Pair(String id, int position, String source, String translation, List<String> unknown) {}

    private final String to;
    private final boolean sameScript;
    private final double medianRatio;

    private TranslationReview(List<Pair> pairs, String from, String to) {
        this.to = to;
        this.sameScript = Scripts.same(from, to);
        double[] ratios = pairs.stream()
                .filter(pair -> Scripts.tokens(pair.source()) >= LONG_CAPTION)
                .mapToDouble(TranslationReview::ratio)
                .sorted()
                .toArray();
        this.medianRatio = ratios.length == 0 ? 1 : Math.max(ratios[ratios.length / 2], 1e-3);
    }

    /// What looks wrong, worst first.
    ///
    /// @param from language of the sources, e.g. `en`
    /// @param to language of the translations
    public static List<Suspicion> of(List<Pair> pairs, String from, String to) {
        TranslationReview review = new TranslationReview(pairs, from, to);
        List<Suspicion> suspicions = new ArrayList<>();
        for (Pair pair : pairs) {
            Map<Sign, Double> signs = review.signs(pair);
            if (!signs.isEmpty()) {
                suspicions.add(new Suspicion(pair.id(), pair.position(), signs, pair.source(), pair.translation()));
            }
        }
        suspicions.sort(Comparator.comparingDouble(Suspicion::score)
                .thenComparingInt(suspicion -> suspicion.signs().size())
                .reversed());
        return suspicions;
    }

    /// How many show each sign.
    public static Map<Sign, Long> counts(List<Suspicion> suspicions) {
        Map<Sign, Long> counts = new TreeMap<>();
        Arrays.stream(Sign.values()).forEach(sign -> counts.put(sign, 0L));
        suspicions.forEach(suspicion -> suspicion.signs().keySet().forEach(sign -> counts.merge(sign, 1L, Long::sum)));
        return counts;
    }

    private Map<Sign, Double> signs(Pair pair) {
        List<String> source = lower(pair.source());
        List<String> translation = lower(pair.translation());
        Map<Sign, Double> signs = new EnumMap<>(Sign.class);
        if (Scripts.letters(pair.translation()) < 2 && source.size() >= LONG_CAPTION) {
            signs.put(Sign.EMPTY, 1.0);
            return signs;
        }
        put(signs, Sign.SCRIPT, script(pair.translation()));
        put(signs, Sign.UNTRANSLATED, Math.max(marked(pair, source), kept(source, translation)));
        put(signs, Sign.REPEATED, Math.max(0, loop(translation) - loop(source)));
        put(signs, Sign.LENGTH, source.size() < LONG_CAPTION ? 0 : length(ratio(pair)));
        return signs;
    }

    private static void put(Map<Sign, Double> signs, Sign sign, double score) {
        if (score > 0) {
            signs.put(sign, score);
        }
    }

    private static List<String> lower(String text) {
        return Scripts.words(text.toLowerCase(Locale.ROOT));
    }

    private double script(String translation) {
        double share = Scripts.share(translation, to);
        return share < LEAST_SHARE ? 1 - share : 0;
    }

    /// The share of the source's words that the system says it does not know.
    private static double marked(Pair pair, List<String> source) {
        return Math.min(1, pair.unknown().size() / (double) Math.max(1, source.size()));
    }

    /// The share of the source's longer words that stand in the translation. Related languages share
    /// some; in another script not one of them belongs there.
    private double kept(List<String> source, List<String> translation) {
        Set<String> there = new HashSet<>(translation);
        List<String> words =
                source.stream().filter(word -> word.length() >= WORD).distinct().toList();
        long kept = words.stream().filter(there::contains).count();
        double share = kept / (double) Math.max(1, words.size());
        if (!sameScript) {
            return share;
        }
        boolean wholly = source.size() > 1 && source.equals(translation);
        return wholly || (kept >= KEPT_WORDS && share >= MOST_KEPT) ? share : 0;
    }

    /// The share of the words that belong to the longest run of one word or a few said three times or
    /// more, 0 when there is none.
    static double loop(List<String> words) {
        int longest = 0;
        for (int period = 1; period <= LONGEST_LOOP; period++) {
            int same = 0;
            for (int i = period; i < words.size(); i++) {
                same = words.get(i).equals(words.get(i - period)) ? same + 1 : 0;
                if (same >= 2 * period) {
                    longest = Math.max(longest, same + period);
                }
            }
        }
        return words.isEmpty() ? 0 : longest / (double) words.size();
    }

    private static double ratio(Pair pair) {
        return Scripts.tokens(pair.translation()) / (double) Math.max(1, Scripts.tokens(pair.source()));
    }

    /// 0 up to twice or half of what is usual, 1 from eight times on.
    private double length(double ratio) {
        double doublings = Math.abs(Math.log(Math.max(ratio, 1e-3) / medianRatio) / Math.log(2));
        return doublings <= 1 ? 0 : Math.min(1, doublings / 3);
    }
}
