package org.cl2cm.train.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.cl2cm.train.optim.LearningRate.Decay;
import org.junit.jupiter.api.Test;

class LearningRateTest {
    @Test
    void risesToThePeakAndFallsToTheFloor() {
        LearningRate rate = new LearningRate(2, 100, 0.1, Decay.LINEAR, 0.1);
        assertThat(rate.at(0)).isCloseTo(0.2, within(1e-12));
        assertThat(rate.at(4)).isCloseTo(1.0, within(1e-12));
        assertThat(rate.at(9)).isCloseTo(2.0, within(1e-12));
        assertThat(rate.at(10)).isCloseTo(2.0, within(1e-12));
        assertThat(rate.at(55)).isCloseTo(1.1, within(1e-12));
        assertThat(rate.at(100)).isCloseTo(0.2, within(1e-12));
        assertThat(rate.at(1000)).isCloseTo(0.2, within(1e-12));
    }

    @Test
    void followsACosine() {
        LearningRate rate = new LearningRate(1, 100, 0, Decay.COSINE, 0);
        assertThat(rate.at(0)).isEqualTo(1);
        assertThat(rate.at(25)).isCloseTo((1 + Math.sqrt(0.5)) / 2, within(1e-12));
        assertThat(rate.at(50)).isCloseTo(0.5, within(1e-12));
        assertThat(rate.at(99)).isBetween(1e-5, 1e-3);
        assertThat(rate.at(100)).isCloseTo(0, within(1e-12));
    }

    @Test
    void staysConstantWhenAskedAndRisesAllTheWay() {
        assertThat(new LearningRate(3, 10, 0, Decay.CONSTANT, 0).at(9)).isEqualTo(3);
        LearningRate rising = new LearningRate(1, 10, 1, Decay.LINEAR, 0);
        assertThat(rising.at(9)).isEqualTo(1);
        assertThat(rising.at(4)).isCloseTo(0.5, within(1e-12));
    }

    @Test
    void refusesWhatIsNoShare() {
        assertThatThrownBy(() -> new LearningRate(1, 10, 10, Decay.LINEAR, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("warm-up 10.0");
        assertThatThrownBy(() -> new LearningRate(1, 0, 0, Decay.LINEAR, 0)).hasMessageContaining("0 steps");
    }
}
