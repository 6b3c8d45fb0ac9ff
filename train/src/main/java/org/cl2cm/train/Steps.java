package org.cl2cm.train;

import java.io.IOException;
import java.util.List;
import java.util.Random;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.cl2cm.model.nn.Tensors;
import org.cl2cm.train.optim.AdamW;
import org.cl2cm.train.optim.LearningRate;

/// The steps of a stage, one for every batch of every epoch: loss, update, log and checkpoints.
record Steps(TrainConfig config, Networks networks, Run run, StepClock clock) {
    /// Goes through a stage to its end.
    ///
    /// @param start where it stands
    /// @return where it ended
    TrainerState through(Stage stage, TrainerState start, AdamW optimizer) throws IOException {
        TrainerState state = start;
        while (state.epoch() < stage.epochs() && !stage.isSettled(state)) {
            List<List<Triplet>> batches = stage.batches(state.epoch());
            LearningRate rate = rate((long) batches.size() * stage.epochs());
            do {
                try (PointerScope _ = new PointerScope()) {
                    clock.start();
                    Random random = seed(stage.number(), state.step());
                    LossParts.Sum loss = stage.loss(
                            batches.get(state.batch()),
                            new Stage.Place(state.step(), batches.size(), stage.epochs()),
                            random);
                    update(loss, optimizer, stage.rate() * rate.at(state.step()), state.step());
                    stage.follow();
                    state = state.afterBatch(batches.size());
                    run.logStep(state, loss, optimizer, clock, batches.size(), stage.epochs());
                }
                if (state.batch() > 0) {
                    run.checkpointWhenDue(networks, optimizer, state);
                }
            } while (state.batch() > 0);
            clock.start();
            state = stage.endEpoch(state);
            run.checkpoint(networks, optimizer, state);
        }
        return state;
    }

    /// The rate's course over a stage.
    private LearningRate rate(long steps) {
        return config.train().schedule() == TrainConfig.Decay.COSINE
                ? LearningRate.cosine(steps, config.train().warmup())
                : LearningRate.linear(steps, config.train().warmup());
    }

    /// Random numbers of a step depend on seed, stage and step alone.
    private Random seed(int stage, long step) {
        long seed = (config.seed() * 31 + stage) * 1_000_000_007L + step;
        torch.manual_seed(seed);
        return StepRandom.of(seed);
    }

    /// Goes a step against the gradient of a loss.
    ///
    /// @param rate of this step
    private void update(LossParts.Sum loss, AdamW optimizer, double rate, long step) {
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
