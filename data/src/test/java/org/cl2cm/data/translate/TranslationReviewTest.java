package org.cl2cm.data.translate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.cl2cm.data.translate.Suspicion.Sign;
import org.junit.jupiter.api.Test;

class TranslationReviewTest {
    private static final List<TranslationReview.Pair> GOOD = List.of(
            pair("a dog runs over the green grass", "un perro corre por la hierba verde"),
            pair("two children play in the sand", "dos niños juegan en la arena"),
            pair("a man in a red shirt stands there", "un hombre con camisa roja está de pie ahí"),
            pair("a black animal in a hospital", "un animal negro en un hospital"),
            pair("no, no, no, says the sign there", "no, no, no, dice el letrero ahí"),
            pair("a dog", "un perro marrón y muy grande"));

    private static TranslationReview.Pair pair(String source, String translation, String... unknown) {
        return new TranslationReview.Pair("item", 0, source, translation, List.of(unknown));
    }

    private static Map<Sign, Double> signs(String to, TranslationReview.Pair pair) {
        List<TranslationReview.Pair> pairs = new ArrayList<>(to.equals("es") ? GOOD : List.of());
        pairs.add(pair);
        List<Suspicion> found = TranslationReview.of(pairs, "en", to);
        return found.isEmpty() ? Map.of() : found.getFirst().signs();
    }

    @Test
    void ordinaryTranslationsAreNotSuspicious() {
        assertThat(TranslationReview.of(GOOD, "en", "es")).isEmpty();
        assertThat(signs("zh", pair("a dog runs over the grass", "一只狗在草地上奔跑"))).isEmpty();
    }

    @Test
    void eachSignIsSeenAndSaysHowStrongItIs() {
        assertThat(signs("es", pair("a dog runs over the grass", "..."))).containsExactly(Map.entry(Sign.EMPTY, 1.0));
        assertThat(signs("es", pair("a dog runs over the grass", "狗在草地上奔跑"))).containsKey(Sign.SCRIPT);
        assertThat(signs("es", pair("a dog runs over the grass", "a dog runs over the grass")))
                .containsEntry(Sign.UNTRANSLATED, 1.0);
        assertThat(signs("es", pair("a wakeboarder jumps", "un wakeboarder salta", "wakeboarder")))
                .containsExactly(Map.entry(Sign.UNTRANSLATED, 1.0 / 3));
        assertThat(signs("zh", pair("two cats near a contraption", "两只猫在 contraption 附近")))
                .containsExactly(Map.entry(Sign.UNTRANSLATED, 1.0 / 4));
        assertThat(signs("es", pair("a dog runs over the grass", "un perro un perro un perro un perro")))
                .containsEntry(Sign.REPEATED, 1.0);
        assertThat(signs("es", pair("a dog runs over the grass", "perro ".repeat(2) + "corre corre corre")))
                .containsEntry(Sign.REPEATED, 0.6);
        assertThat(signs("es", pair("a brown dog runs fast over the green grass", "perro")))
                .containsOnlyKeys(Sign.LENGTH);
    }

    @Test
    void theWorstStandsFirstAndSignsAreCounted() {
        List<TranslationReview.Pair> pairs = new ArrayList<>(GOOD);
        pairs.add(pair("a wakeboarder jumps", "un wakeboarder salta", "wakeboarder"));
        pairs.add(pair("a dog runs over the grass", "..."));
        pairs.add(pair("a kid and a blorp in a snarf", "un niño y un blorp en un snarf", "blorp", "snarf"));
        List<Suspicion> found = TranslationReview.of(pairs, "en", "es");
        assertThat(found)
                .extracting(Suspicion::translation)
                .containsExactly("...", "un wakeboarder salta", "un niño y un blorp en un snarf");
        assertThat(found.get(0).score()).isEqualTo(1);
        assertThat(TranslationReview.counts(found))
                .containsEntry(Sign.EMPTY, 1L)
                .containsEntry(Sign.UNTRANSLATED, 2L)
                .containsEntry(Sign.LENGTH, 0L);
    }
}
