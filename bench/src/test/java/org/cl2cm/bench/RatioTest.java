package org.cl2cm.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

class RatioTest {
    @Test
    void isTheRatioOfMediansWithTheExtremesOfTheRounds() {
        Ratio ratio = Ratio.of(new double[] {2, 9, 4}, new double[] {1, 3, 4});

        assertThat(ratio.value()).isCloseTo(4.0 / 3, within(1e-12));
        assertThat(ratio.low()).isEqualTo(1);
        assertThat(ratio.high()).isEqualTo(3);
        assertThat(ratio).hasToString("1.33 (1.00 to 3.00)");
    }

    @Test
    void medianOfAnEvenNumberIsTheMeanOfTheMiddle() {
        assertThat(Ratio.median(5, 1, 100, 3)).isEqualTo(4);
        assertThat(Ratio.median(7)).isEqualTo(7);
    }

    @Test
    void loadThatMeetsBothSidesAlikeLeavesTheRatioOfEachRound() {
        Random random = new Random(7);
        double[] above = new double[20];
        double[] below = new double[20];
        for (int i = 0; i < above.length; i++) {
            double load = 1 + 9 * random.nextDouble();
            above[i] = 1.5 * load;
            below[i] = load;
        }

        Ratio ratio = Ratio.of(above, below);

        assertThat(new double[] {ratio.low(), ratio.value(), ratio.high()})
                .containsExactly(new double[] {1.5, 1.5, 1.5}, within(1e-12));
    }

    @Test
    void refusesRoundsThatDoNotPairUp() {
        assertThatThrownBy(() -> Ratio.of(new double[] {1, 2}, new double[] {1}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("2 and 1 rounds");
        assertThatThrownBy(() -> Ratio.of(new double[] {1}, new double[] {0}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("positive");
        assertThatThrownBy(Ratio::median).isInstanceOf(IllegalArgumentException.class);
    }
}
