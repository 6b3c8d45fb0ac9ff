package org.cl2cm.train;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StepRandomTest {
    /// A coin that is thrown once a step, each step with the next seed, falls on both sides.
    @ParameterizedTest
    @ValueSource(longs = {0, 1, 2, 3, 32_000_000_224L, 63_000_000_441L, -5})
    void aCoinThrownOnceAStepIsFair(long first) {
        int heads = 0;
        int turns = 0;
        boolean before = false;
        for (int step = 0; step < 1_000; step++) {
            boolean head = StepRandom.of(first + step).nextDouble() < 0.5;
            heads += head ? 1 : 0;
            turns += head == before ? 0 : 1;
            before = head;
        }
        assertThat(heads).isBetween(420, 580);
        assertThat(turns).isBetween(420, 580);
    }
}
