package org.cl2cm.evaluate.label;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

final class LabelRetrievalTest {
    @Test
    void averagePrecisionByHand() {
        // Ranked by the only component: 0.9 (a), 0.8 (b), 0.7 (a), 0.6 (b), 0.5 (a).
        float[] gallery = {0.7f, 0.9f, 0.6f, 0.8f, 0.5f};
        int[] labels = {0, 0, 1, 1, 0};
        LabelRetrieval result = LabelRetrieval.of(1, gallery, labels, new float[] {1, 1, 1}, new int[] {0, 1, 7}, 2);
        double a = (1 + 2 / 3.0 + 3 / 5.0) / 3;
        double b = (1 / 2.0 + 2 / 4.0) / 2;
        assertThat(result.meanAveragePrecision()).isCloseTo((a + b) / 2, within(1e-12));
        assertThat(result.queries()).isEqualTo(2);
        assertThat(result.skipped()).isEqualTo(1);
    }

    @Test
    void tiesAndNanCountAgainstTheModel() {
        float[] gallery = {0.5f, 0.5f, Float.NaN, Float.NaN};
        LabelRetrieval result =
                LabelRetrieval.of(1, gallery, new int[] {0, 1, 0, 1}, new float[] {1}, new int[] {0}, 1);
        // Order: NaN (wrong), 0.5 (wrong), 0.5 (right), NaN (right).
        assertThat(result.meanAveragePrecision()).isCloseTo((1 / 3.0 + 2 / 4.0) / 2, within(1e-12));
    }

    @Test
    void refusesSizesThatDoNotFit() {
        assertThatThrownBy(() -> LabelRetrieval.of(2, new float[3], new int[2], new float[2], new int[1], 1))
                .hasMessageContaining("2 gallery and 1 query labels");
        assertThatThrownBy(() -> LabelRetrieval.of(1, new float[1], new int[1], new float[1], new int[] {3}, 1))
                .hasMessageContaining("no query has a label that occurs in the gallery");
    }
}
