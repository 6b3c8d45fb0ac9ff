package org.cl2cm.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class VectorMixTest {
    private static VectorMix.Part part(double weight, float... vector) {
        return new VectorMix.Part(vector, weight);
    }

    @Test
    void lengthsDoNotCountAndWeightsDo() {
        assertThat(VectorMix.of(List.of(part(1, 10, 0), part(1, 0, 0.1f))))
                .containsExactly(new float[] {0.70710677f, 0.70710677f}, within(1e-6f));
        assertThat(VectorMix.of(List.of(part(3, 1, 0), part(4, 0, 1))))
                .containsExactly(new float[] {0.6f, 0.8f}, within(1e-6f));
        assertThat(VectorMix.of(List.of(part(1, 1, 0), part(-0.5, 0.6f, 0.8f))))
                .containsExactly(new float[] {0.8682431f, -0.49613893f}, within(1e-6f));
    }

    @Test
    void whatHasNoDirectionIsRefused() {
        assertThatThrownBy(() -> VectorMix.of(List.of(part(1, 1, 2), part(-1, 2, 4))))
                .hasMessageContaining("cancel each other out");
        assertThatThrownBy(() -> VectorMix.of(List.of(part(1, 1, 2), part(1, 1, 2, 3))))
                .hasMessageContaining("dimension 3");
        assertThatThrownBy(() -> VectorMix.of(List.of())).hasMessageContaining("nothing");
        assertThatThrownBy(() -> part(Double.NaN, 1)).hasMessageContaining("NaN");
    }
}
