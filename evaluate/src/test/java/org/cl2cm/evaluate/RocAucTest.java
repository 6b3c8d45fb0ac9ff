package org.cl2cm.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

class RocAucTest {
    @Test
    void agreesWithAllPairs() {
        Random random = new Random(1);
        for (int round = 0; round < 20; round++) {
            double[] low =
                    random.ints(1 + random.nextInt(30), 0, 12).asDoubleStream().toArray();
            double[] high =
                    random.ints(1 + random.nextInt(30), 3, 15).asDoubleStream().toArray();
            double sum = 0;
            for (double a : low) {
                for (double b : high) {
                    sum += a < b ? 1 : a == b ? 0.5 : 0;
                }
            }
            assertThat(RocAuc.of(low, high)).isCloseTo(sum / low.length / high.length, within(1e-12));
        }
        assertThat(RocAuc.of(new double[] {1, 2}, new double[] {3})).isEqualTo(1);
        assertThat(RocAuc.of(new double[] {0.0}, new double[] {-0.0, 0.0})).isEqualTo(0.5);
        assertThatThrownBy(() -> RocAuc.of(new double[0], new double[1])).hasMessageContaining("0 and 1 scores");
    }
}
