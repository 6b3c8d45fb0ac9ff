package org.cl2cm.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.cl2cm.model.nn.BertConfig;
import org.cl2cm.model.nn.CrossModalNetwork;
import org.cl2cm.model.nn.Parameters;
import org.cl2cm.model.nn.Tensors;
import org.cl2cm.model.nn.TextTower;
import org.cl2cm.model.nn.VisionTower;
import org.junit.jupiter.api.Test;

class MomentumTest {
    private static final int DIMENSION = 3;
    private static final int QUEUE = 5;

    private static CrossModalNetwork network(Parameters parameters) throws java.io.IOException {
        BertConfig bert = new BertConfig(2, 8, 2, 16, 10, 16, 2, 1e-12, 0);
        TextTower.Config text = new TextTower.Config(0, 0, 0, 0, 1, 0, TextTower.Pooling.MEAN, DIMENSION);
        return new CrossModalNetwork(
                new VisionTower(new VisionTower.Config(4, 0, 0, 0, 0, DIMENSION), parameters, "vision."),
                new TextTower(text, bert, (name, shape) -> Tensors.of(new float[0], 0), parameters, "text."));
    }

    private static Momentum.Vectors batch(float value, int rows) {
        float[] values = new float[rows * DIMENSION];
        for (int i = 0; i < rows; i++) {
            values[i * DIMENSION] = value + i;
        }
        Tensor vectors = Tensors.of(values, rows, DIMENSION);
        Momentum.Side side = new Momentum.Side(vectors, vectors);
        return new Momentum.Vectors(side, side, side);
    }

    @Test
    void followsTheStudentAndForgetsTheOldest() throws Exception {
        try (PointerScope _ = new PointerScope();
                NoGradGuard _ = new NoGradGuard()) {
            Parameters student = new Parameters(1);
            network(student);
            Parameters copied = new Parameters(2);
            CrossModalNetwork copy = network(copied);
            Parameters auxiliary = new Parameters(3);
            Momentum momentum =
                    new Momentum(new TrainConfig.Momentum(1, QUEUE, 0.75), copy, copied, student, auxiliary, DIMENSION);
            momentum.start();
            float before = Tensors.floats(copied.get("vision.direct.weight"))[0];
            assertThat(before).isEqualTo(Tensors.floats(student.get("vision.direct.weight"))[0]);

            student.get("vision.direct.weight").add_(Tensors.scalar(1));
            momentum.follow(batch(1, 2));
            assertThat(Tensors.floats(copied.get("vision.direct.weight"))[0]).isCloseTo(before + 0.25f, within(1e-6f));
            assertThat(seen(auxiliary)).isEqualTo(2);
            momentum.follow(batch(3, 2));
            assertThat(firsts(auxiliary)).containsExactly(1f, 2f, 3f, 4f, 0f);
            momentum.follow(batch(5, 2));
            assertThat(firsts(auxiliary)).as("the oldest is gone").containsExactly(6f, 2f, 3f, 4f, 5f);
            for (int i = 0; i < 20; i++) {
                momentum.follow(batch(7 + 2 * i, 2));
            }
            assertThat(firsts(auxiliary)).as("the last five").containsExactlyInAnyOrder(46f, 45f, 44f, 43f, 42f);
        }
    }

    private static long seen(Parameters auxiliary) {
        return Math.round(Tensors.scalar(auxiliary.get("queue.filled")));
    }

    private static List<Float> firsts(Parameters auxiliary) {
        float[] values = Tensors.floats(auxiliary.get("queue.target"));
        return java.util.stream.IntStream.range(0, QUEUE)
                .mapToObj(i -> values[i * DIMENSION])
                .toList();
    }
}
