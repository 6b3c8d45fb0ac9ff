package org.cl2cm.bench.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.util.List;
import org.cl2cm.bench.Clock;
import org.cl2cm.model.nn.Precision;
import org.junit.jupiter.api.Test;

class StepTest {
    private static final StepShape TINY = new StepShape(2, 32, 4, 64, 8, 6, 16, 0);

    @Test
    void whatAWorkerIsToldAndSaysIsReadBack() {
        StepCase job = new StepCase(StepEngine.OWN_BFLOAT16, 12, 0.1, 2, Clock.CPU, 1, 3);
        StepTime time = new StepTime(0.25, 0.5, 0.125, 3.4657);

        assertThat(StepCase.parse(job.arguments())).isEqualTo(job);
        assertThat(StepTime.parse(time.line())).isEqualTo(time);
        assertThat(time.total()).isEqualTo(0.875);
        assertThatThrownBy(() -> StepTime.parse("1 2 3")).hasMessageContaining("1 2 3");
    }

    @Test
    void theStartDependsOnNamesAlone() {
        float[] values = SeededValues.weight("encoder.layer.0.output.dense.weight", 10_000);
        double square = 0;
        for (float value : values) {
            square += value * value;
        }

        assertThat(values).isEqualTo(SeededValues.weight("encoder.layer.0.output.dense.weight", 10_000));
        assertThat(Math.sqrt(square / values.length)).isCloseTo(0.02, within(5e-4));
        assertThat(SeededValues.weight("a.LayerNorm.weight", 2)).containsExactly(1, 1);
        assertThat(SeededValues.weight("a.bias", 2)).containsExactly(0, 0);
    }

    @Test
    void stepsRepeatAndLower() throws IOException {
        double[] first = losses(200);
        double[] second = losses(200);

        assertThat(second).isEqualTo(first);
        assertThat(first[199]).isLessThan(first[0] - 0.01);
    }

    private static double[] losses(int steps) throws IOException {
        double[] losses = new double[steps];
        try (TrainingStep step = new OwnStep(TINY, Precision.FLOAT32, 1, Clock.WALL)) {
            for (int i = 0; i < steps; i++) {
                losses[i] = step.run().loss();
            }
        }
        return losses;
    }

    @Test
    void oneCaseHasAllItsArguments() {
        assertThatThrownBy(() -> StepCase.parse(List.of("DJL", "4")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("DJL, 4");
    }
}
