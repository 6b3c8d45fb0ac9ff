package org.cl2cm.model.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import org.assertj.core.data.Offset;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

/// Videos in the vision tower: the mean of their frames, and what a transformer adds to it.
class TemporalTransformerTest {
    private static final int FEATURES = 6;
    private static final int DIMENSION = 8;
    private static final Offset<Float> NEAR = Offset.offset(1e-5f);

    private static VisionTower.Config config(int frames, int layers) {
        return new VisionTower.Config(FEATURES, 0, 0, 0, 0, DIMENSION, frames, layers, layers == 0 ? 0 : 2);
    }

    private static float[] rows(int count, long seed) {
        Random random = new Random(seed);
        float[] rows = new float[count * FEATURES];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = (float) random.nextGaussian();
        }
        return rows;
    }

    private static VisionTower tower(VisionTower.Config config, boolean trained) {
        Parameters parameters = new Parameters(3);
        VisionTower tower = new VisionTower(config, parameters, "vision.");
        if (trained) {
            Random random = new Random(4);
            float[] values = new float[DIMENSION * DIMENSION];
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) random.nextGaussian() * 0.3f;
            }
            try (NoGradGuard _ = new NoGradGuard()) {
                parameters.get("vision.temporal.output.weight").copy_(Tensors.of(values, DIMENSION, DIMENSION));
            }
        }
        return tower;
    }

    private static float[] vectors(VisionTower tower, float[] rows, int... lengths) {
        try (PointerScope _ = new PointerScope();
                NoGradGuard _ = new NoGradGuard()) {
            Tensor all = Tensors.of(rows, rows.length / FEATURES, FEATURES);
            return Tensors.floats(tower.forward(new VisionTower.Frames(all, lengths), false));
        }
    }

    private static float[] vector(float[] vectors, int at) {
        return Arrays.copyOfRange(vectors, at * DIMENSION, (at + 1) * DIMENSION);
    }

    /// By loops: unit vectors of the frames, their mean, to length 1.
    private static float[] naiveMean(VisionTower tower, float[] rows) {
        int count = rows.length / FEATURES;
        int[] ones = new int[count];
        Arrays.fill(ones, 1);
        float[] frames = vectors(tower, rows, ones);
        double[] mean = new double[DIMENSION];
        for (int i = 0; i < frames.length; i++) {
            mean[i % DIMENSION] += frames[i] / count;
        }
        double length =
                Math.sqrt(Arrays.stream(mean).map(value -> value * value).sum());
        float[] unit = new float[DIMENSION];
        for (int i = 0; i < DIMENSION; i++) {
            unit[i] = (float) (mean[i] / length);
        }
        return unit;
    }

    @Test
    void imagesGoThroughAsTheyDidBeforeThereWereVideos() {
        try (PointerScope _ = new PointerScope()) {
            VisionTower tower = tower(config(0, 0), false);
            float[] rows = rows(5, 1);
            float[] alone;
            try (NoGradGuard _ = new NoGradGuard()) {
                alone = Tensors.floats(tower.forward(Tensors.of(rows, 5, FEATURES), false));
            }
            assertThat(vectors(tower, rows, 1, 1, 1, 1, 1)).containsExactly(alone);
        }
    }

    @Test
    void withoutLayersAVideoIsTheMeanOfItsFrames() {
        try (PointerScope _ = new PointerScope()) {
            for (VisionTower tower : new VisionTower[] {tower(config(0, 0), false), tower(config(9, 0), false)}) {
                float[] rows = rows(6, 2);
                float[] vectors = vectors(tower, rows, 2, 1, 3);
                assertThat(vector(vectors, 0))
                        .containsExactly(naiveMean(tower, Arrays.copyOf(rows, 2 * FEATURES)), NEAR);
                assertThat(vector(vectors, 2))
                        .containsExactly(naiveMean(tower, Arrays.copyOfRange(rows, 3 * FEATURES, rows.length)), NEAR);
            }
        }
    }

    @Test
    void atItsStartTheTransformerAddsNothing() {
        try (PointerScope _ = new PointerScope()) {
            VisionTower tower = tower(config(4, 2), false);
            float[] rows = rows(3, 5);
            assertThat(vectors(tower, rows, 3)).containsExactly(naiveMean(tower(config(0, 0), false), rows), NEAR);
        }
    }

    @Test
    void padsChangeNothingAndTheOrderCounts() {
        try (PointerScope _ = new PointerScope()) {
            VisionTower tower = tower(config(4, 2), true);
            float[] rows = rows(8, 6);
            float[] together = vectors(tower, rows, 1, 4, 3);
            assertThat(vector(together, 0)).containsExactly(vectors(tower, Arrays.copyOf(rows, FEATURES), 1), NEAR);
            float[] last = Arrays.copyOfRange(rows, 5 * FEATURES, 8 * FEATURES);
            assertThat(vector(together, 2)).containsExactly(vectors(tower, last, 3), NEAR);

            float[] turned = new float[last.length];
            for (int frame = 0; frame < 3; frame++) {
                System.arraycopy(last, frame * FEATURES, turned, (2 - frame) * FEATURES, FEATURES);
            }
            float[] forwards = vectors(tower, last, 3);
            float[] backwards = vectors(tower, turned, 3);
            double far = 0;
            for (int i = 0; i < DIMENSION; i++) {
                far = Math.max(far, Math.abs(forwards[i] - backwards[i]));
            }
            assertThat(far).isGreaterThan(1e-4);
        }
    }

    @Test
    void moreFramesThanItWasMadeForAreRefused() {
        try (PointerScope _ = new PointerScope()) {
            VisionTower tower = tower(config(2, 1), false);
            assertThatThrownBy(() -> vectors(tower, rows(3, 1), 3))
                    .hasMessageContaining("a video of 3 frames; the network sees 2");
        }
        assertThatThrownBy(() -> config(0, 1)).hasMessageContaining("vision.frames 0, vision.temporal_layers 1");
    }

    @Test
    void gradientReachesTheLayersOnceTheyAreUsed() {
        try (PointerScope _ = new PointerScope()) {
            Parameters parameters = new Parameters(1);
            VisionTower tower = new VisionTower(config(4, 1), parameters, "");
            Tensor vectors =
                    tower.forward(new VisionTower.Frames(Tensors.of(rows(5, 1), 5, FEATURES), new int[] {2, 3}), true);
            vectors.mul(Tensors.of(rows(3, 9), 18).narrow(0, 0, 16).view(2, 8))
                    .sum()
                    .backward();
            double sum = 0;
            for (float value :
                    Tensors.floats(parameters.get("temporal.output.weight").grad())) {
                sum += Math.abs(value);
            }
            assertThat(sum).isGreaterThan(1e-4);
            assertThat(parameters.get("temporal.positions").grad().defined()).isTrue();
        }
    }

    @Test
    void whatIsWrittenOfATowerOfImagesIsWhatItWas() throws IOException {
        ObjectMapper json = new ObjectMapper();
        String images = "{\"features\":6,\"pixels\":0,\"channels\":0,\"width\":3,\"dropout\":0.4,\"dimension\":8}";
        VisionTower.Config read = json.readValue(images, VisionTower.Config.class);
        assertThat(read).isEqualTo(new VisionTower.Config(6, 0, 0, 3, 0.4, 8));
        assertThat(json.writeValueAsString(read)).isEqualTo(images);
        String videos = json.writeValueAsString(config(4, 2));
        assertThat(videos).contains("\"frames\":4", "\"temporal_layers\":2", "\"temporal_heads\":2");
        assertThat(json.readValue(videos, VisionTower.Config.class)).isEqualTo(config(4, 2));
    }
}
