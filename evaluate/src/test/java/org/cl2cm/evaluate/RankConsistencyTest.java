package org.cl2cm.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RankConsistencyTest {
    private static final List<String> GALLERY = List.of("a", "b", "c");

    private static Ranks ranks(int[] target, int... ranks) {
        List<String> queries = java.util.stream.IntStream.range(0, target.length)
                .mapToObj(i -> "q" + i)
                .toList();
        int[] captions = new int[GALLERY.size()];
        for (int row : target) {
            captions[row] = 1;
        }
        return new Ranks(GALLERY, queries, target, ranks, captions, new double[GALLERY.size()]);
    }

    @Test
    void isTheVarianceOfAnImagesRankOverLanguages() {
        Map<String, Ranks> languages = new LinkedHashMap<>();
        // Image a: 1 and 3 (two captions, mean 2) against 6; image b: 4 against 2; image c has no Chinese caption.
        languages.put("en", ranks(new int[] {0, 0, 1, 2}, 1, 3, 4, 9));
        languages.put("zh", ranks(new int[] {0, 1}, 6, 2));

        RankConsistency consistency = RankConsistency.of(languages);

        assertThat(consistency.images()).isEqualTo(2);
        // a: mean 4, deviations 2 and 2, variance 4; b: mean 3, variance 1.
        assertThat(consistency.meanRankVariance()).isCloseTo(2.5, within(1e-12));
        assertThat(consistency.disagreements())
                .extracting(RankConsistency.Disagreement::id)
                .containsExactly("a", "b");
        assertThat(consistency.meanRanks()).containsEntry("en", 3.0).containsEntry("zh", 4.0);
        assertThat(consistency.farBehind()).isEmpty();
    }

    @Test
    void namesTheLanguageThatIsFarBehind() {
        Map<String, Ranks> languages = new LinkedHashMap<>();
        languages.put("en", ranks(new int[] {0, 1, 2}, 1, 2, 3));
        languages.put("zh", ranks(new int[] {0, 1, 2}, 1, 2, 3));
        languages.put("ar", ranks(new int[] {0, 1, 2}, 4, 4, 4));

        assertThat(RankConsistency.of(languages).farBehind()).containsExactly("ar");
        languages.remove("ar");
        assertThat(RankConsistency.of(languages).meanRankVariance()).isZero();
    }

    @Test
    void refusesWhatCannotBeCompared() {
        Ranks one = ranks(new int[] {0}, 1);
        Ranks other = ranks(new int[] {1}, 1);
        assertThatThrownBy(() -> RankConsistency.of(Map.of("en", one))).hasMessageContaining("two languages");
        Map<String, Ranks> apart = new LinkedHashMap<>(Map.of("en", one));
        apart.put("zh", other);
        assertThatThrownBy(() -> RankConsistency.of(apart)).hasMessageContaining("no image has captions in all");
        apart.put(
                "zh",
                new Ranks(List.of("x"), List.of("q"), new int[] {0}, new int[] {1}, new int[] {1}, new double[1]));
        assertThatThrownBy(() -> RankConsistency.of(apart)).hasMessageContaining("another gallery");
    }
}
