package org.cl2cm.train;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Where a run stands. Together with weights and optimizer state it determines everything that follows:
/// the order of the examples and the random numbers of a step are functions of seed, stage, epoch and
/// step.
///
/// @param stage `teacher`, `student` or `rerank`
/// @param epoch the epoch that the next step belongs to, from 0
/// @param batch the batch of that epoch that comes next, from 0
/// @param step optimizer steps done in this stage
/// @param best validation score of the best epoch so far, -1 before the first
/// @param bestEpoch its epoch
/// @param config the run's settings, as YAML; a checkpoint of other settings is refused
/// @param student in the stage `rerank` where the student ended
record TrainerState(
        String stage,
        int epoch,
        int batch,
        long step,
        double best,
        @JsonProperty("best_epoch") int bestEpoch,
        @JsonProperty("optimizer_steps") Map<String, Long> optimizerSteps,
        String config,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable TrainerState student) {

    static final String TEACHER = "teacher";
    static final String STUDENT = "student";
    static final String RERANK = "rerank";

    static TrainerState start(String stage, String config) {
        return new TrainerState(stage, 0, 0, 0, -1, -1, Map.of(), config, null);
    }

    /// The start of the re-ranker's stage.
    ///
    /// @param student where the student ended
    static TrainerState reranking(TrainerState student, String config) {
        return new TrainerState(RERANK, 0, 0, 0, -1, -1, Map.of(), config, student);
    }

    /// Where the student stands, or ended.
    TrainerState ofStudent() {
        return student == null ? this : student;
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
                config,
                student);
    }

    /// Grows over the whole run, all stages.
    long position() {
        long before = switch (stage) {
            case RERANK -> 2;
            case STUDENT -> 1;
            default -> 0;
        };
        return before * 1_000_000_000L + step;
    }

    TrainerState withOptimizerSteps(long steps) {
        return new TrainerState(stage, epoch, batch, step, best, bestEpoch, Map.of("steps", steps), config, student);
    }

    TrainerState withBest(double score, int at) {
        return new TrainerState(stage, epoch, batch, step, score, at, optimizerSteps, config, student);
    }
}
