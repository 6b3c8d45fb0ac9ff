package org.cl2cm.train;

import java.util.Random;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.cl2cm.model.nn.Tensors;
import org.cl2cm.train.optim.AdamW;
import org.cl2cm.train.optim.LearningRate;

/// What the steps of all stages have in common.
record Steps(TrainConfig config, Run run, StepClock clock) {
    /// The rate's course over a stage.
    LearningRate rate(long steps) {
        return config.train().schedule() == TrainConfig.Decay.COSINE
                ? LearningRate.cosine(steps, config.train().warmup())
                : LearningRate.linear(steps, config.train().warmup());
    }

    /// Random numbers of a step depend on seed, stage and step alone.
    Random seed(int stage, long step) {
        long seed = (config.seed() * 31 + stage) * 1_000_000_007L + step;
        torch.manual_seed(seed);
        return StepRandom.of(seed);
    }

    /// Goes a step against the gradient of a loss.
    ///
    /// @param rate of this step
    void update(LossParts.Sum loss, AdamW optimizer, double rate, long step) {
        int accumulate = config.train().accumulate();
        clock.stop("loss");
        Tensor total = accumulate == 1 ? loss.total() : loss.total().div(Tensors.scalar(accumulate));
        total.backward();
        clock.stop("backward");
        if ((step + 1) % accumulate == 0) {
            double norm = optimizer.clip(config.train().clip());
            if (Double.isFinite(norm)) {
                optimizer.step(rate);
            } else {
                run.warn("step " + step + ": the gradient is not finite; the step is left out");
            }
            optimizer.zeroGradients();
        }
        clock.stop("optimizer");
    }
}
