package org.cl2cm.train;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Map;

/// Where a run stands. Together with weights and optimizer state it determines everything that follows:
/// the order of the examples and the random numbers of a step are functions of seed, stage, epoch and
/// step.
///
/// @param stage `teacher` or `student`
/// @param epoch the epoch that the next step belongs to, from 0
/// @param batch the batch of that epoch that comes next, from 0
/// @param step optimizer steps done in this stage
/// @param best validation score of the best epoch so far, -1 before the first
/// @param bestEpoch its epoch
/// @param config the run's settings, as YAML; a checkpoint of other settings is refused
record TrainerState(
        String stage,
        int epoch,
        int batch,
        long step,
        double best,
        @JsonProperty("best_epoch") int bestEpoch,
        @JsonProperty("optimizer_steps") Map<String, Long> optimizerSteps,
        String config) {

    static final String TEACHER = "teacher";
    static final String STUDENT = "student";

    static TrainerState start(String stage, String config) {
        return new TrainerState(stage, 0, 0, 0, -1, -1, Map.of(), config);
    }

    TrainerState afterBatch(int batches) {
        boolean last = batch + 1 >= batches;
        return new TrainerState(
                stage,
                last ? epoch + 1 : epoch,
                last ? 0 : batch + 1,
                step + 1,
                best,
                bestEpoch,
                optimizerSteps,
                config);
    }

    /// Grows over the whole run, both stages.
    long position() {
        return (stage.equals(STUDENT) ? 1_000_000_000L : 0) + step;
    }

    TrainerState withOptimizerSteps(long steps) {
        return new TrainerState(stage, epoch, batch, step, best, bestEpoch, Map.of("steps", steps), config);
    }

    TrainerState withBest(double score, int at) {
        return new TrainerState(stage, epoch, batch, step, score, at, optimizerSteps, config);
    }
}
