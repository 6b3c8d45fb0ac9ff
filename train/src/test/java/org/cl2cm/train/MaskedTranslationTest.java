package org.cl2cm.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MaskedTranslationTest {
    private static final int MASK = 4;
    private static final int CLS = 2;
    private static final int SEP = 3;

    @Test
    void masksWordsOfTheTranslationOnly() {
        int[][] sources = {{CLS, 10, 11, SEP}, {CLS, 12, SEP}};
        int[][] targets = {{CLS, 20, 21, 22, SEP}, {CLS, 23, SEP}};
        for (long seed = 0; seed < 50; seed++) {
            MaskedTranslation.Masked masked = MaskedTranslation.mask(sources, targets, 0.3, MASK, 16, new Random(seed));
            assertThat(Arrays.copyOf(masked.tokens()[0], 4)).as("seed %d", seed).containsExactly(sources[0]);
            assertThat(masked.tokens()[1]).containsExactly(CLS, 12, SEP, MASK, SEP);
            assertThat(masked.tokens()[0]).hasSize(8).endsWith(SEP).contains(MASK);
            int[][] healed = {masked.tokens()[0].clone(), masked.tokens()[1].clone()};
            for (int i = 0; i < masked.words().length; i++) {
                assertThat(healed[masked.rows()[i]][masked.places()[i]]).isEqualTo(MASK);
                healed[masked.rows()[i]][masked.places()[i]] = (int) masked.words()[i];
            }
            assertThat(healed[0]).containsExactly(CLS, 10, 11, SEP, 20, 21, 22, SEP);
            assertThat(healed[1]).containsExactly(CLS, 12, SEP, 23, SEP);
        }
    }

    @Test
    void masksTheShareThatIsAskedFor() {
        int[][] sources = new int[400][];
        int[][] targets = new int[400][];
        for (int i = 0; i < sources.length; i++) {
            sources[i] = new int[] {CLS, 10, SEP};
            targets[i] = new int[22];
            Arrays.fill(targets[i], 20);
            targets[i][0] = CLS;
            targets[i][21] = SEP;
        }
        int masked = MaskedTranslation.mask(sources, targets, 0.15, MASK, 64, new Random(1))
                .words()
                .length;
        // One of twenty is sure, the others fall with the share.
        assertThat(masked / 8000.0).isBetween(0.17, 0.215);
    }

    @Test
    void cutsAPairThatIsTooLong() {
        int[][] sources = {{CLS, 10, 11, 12, 13, SEP}};
        int[][] targets = {{CLS, 20, 21, 22, 23, SEP}};
        MaskedTranslation.Masked masked = MaskedTranslation.mask(sources, targets, 0, MASK, 9, new Random(1));
        assertThat(masked.tokens()[0]).hasSize(9).endsWith(SEP);
        assertThat(masked.words()).hasSize(1);
    }
}
