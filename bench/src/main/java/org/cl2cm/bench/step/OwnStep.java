package org.cl2cm.bench.step;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.cl2cm.bench.Clock;
import org.cl2cm.model.nn.BertConfig;
import org.cl2cm.model.nn.Parameters;
import org.cl2cm.model.nn.Precision;
import org.cl2cm.model.nn.Tensors;
import org.cl2cm.model.nn.TextTower;
import org.cl2cm.train.losses.ContrastiveLoss;
import org.cl2cm.train.optim.AdamW;

/// The step as the trainer does it: [TextTower], [ContrastiveLoss], [AdamW].
///
/// In float32 attention is the engine's fused operation, in bfloat16 plain products; dropout is shared by the tokens
/// of a text.
final class OwnStep implements TrainingStep {
    private final PointerScope memory = new PointerScope();
    private final Clock clock;
    private final Precision precision;
    private final TextTower tower;
    private final AdamW optimizer;
    private final Tensor states;
    private final Tensor partners;
    private final int[] lengths;

    OwnStep(StepShape shape, Precision precision, int threads, Clock clock) throws IOException {
        torch.set_num_threads(threads);
        torch.manual_seed(1);
        this.clock = clock;
        this.precision = precision;
        int h = shape.hidden();
        BertConfig bert = new BertConfig(
                shape.depth(), h, shape.heads(), shape.intermediate(), 1, shape.length(), 1, StepShape.EPSILON, 0);
        TextTower.Config config = new TextTower.Config(
                shape.depth(), shape.depth(), 0, 0, 1, shape.dropout(), TextTower.Pooling.MEAN, shape.dimension());
        Parameters parameters = new Parameters(1);
        this.tower = new TextTower(
                config,
                bert,
                (name, extents) -> Tensors.of(SeededValues.weight(name, size(extents)), extents),
                parameters,
                "");
        String projection = "head.projection.weight";
        parameters
                .get(projection)
                .set_data(Tensors.of(SeededValues.weight(projection, shape.dimension() * h), shape.dimension(), h));
        this.optimizer = new AdamW(
                List.of(new AdamW.Group("all", parameters.all(), 1, StepShape.DECAY)),
                StepShape.BETA1,
                StepShape.BETA2,
                1e-8);
        this.states = Tensors.of(SeededValues.states(shape), shape.batch(), shape.length(), h);
        this.partners = Tensors.of(SeededValues.partners(shape), shape.batch(), shape.dimension());
        this.lengths = new int[shape.batch()];
        Arrays.fill(lengths, shape.length());
    }

    private static int size(long[] extents) {
        return Math.toIntExact(Arrays.stream(extents).reduce(1, Math::multiplyExact));
    }

    @Override
    public StepTime run() {
        try (PointerScope _ = new PointerScope()) {
            long start = clock.nanos();
            Tensor texts =
                    precision.run(() -> tower.forward(states, lengths, true).sentences());
            Tensor loss = ContrastiveLoss.infoNce(partners, texts, StepShape.TEMPERATURE);
            double value = Tensors.scalar(loss);
            long forward = clock.nanos();
            loss.backward();
            long backward = clock.nanos();
            optimizer.step(StepShape.RATE);
            optimizer.zeroGradients();
            long end = clock.nanos();
            return new StepTime((forward - start) / 1e9, (backward - forward) / 1e9, (end - backward) / 1e9, value);
        }
    }

    @Override
    public void close() {
        optimizer.close();
        memory.close();
    }
}
