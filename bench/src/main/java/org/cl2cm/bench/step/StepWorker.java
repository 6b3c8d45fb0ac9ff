package org.cl2cm.bench.step;

import java.io.IOException;
import java.util.List;
import org.cl2cm.model.nn.Precision;

/// The process that does the steps of one engine: two builds of libtorch do not live in one process. It prints one
/// line a step, with the number of its case.
final class StepWorker {
    private StepWorker() {}

    /// @param args cases, see [StepCase#arguments], one after another
    public static void main(String[] args) throws IOException {
        for (int i = 0; i < args.length / StepCase.ARGUMENTS; i++) {
            int from = i * StepCase.ARGUMENTS;
            StepCase job = StepCase.parse(List.of(args).subList(from, from + StepCase.ARGUMENTS));
            try (TrainingStep step = open(job)) {
                for (int n = 0; n < job.warm() + job.steps(); n++) {
                    StepTime time = step.run();
                    System.out.println((n < job.warm() ? "warm " : "step ") + i + " " + time.line());
                }
            }
        }
    }

    private static TrainingStep open(StepCase job) throws IOException {
        StepShape shape = StepShape.bert(job.depth(), job.dropout());
        return switch (job.engine()) {
            case OWN_FLOAT32 -> new OwnStep(shape, Precision.FLOAT32, job.threads(), job.clock());
            case OWN_BFLOAT16 -> new OwnStep(shape, Precision.BFLOAT16, job.threads(), job.clock());
            case DJL -> new DjlStep(shape, job.clock());
        };
    }
}
