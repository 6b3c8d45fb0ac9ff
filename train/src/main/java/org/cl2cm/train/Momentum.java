package org.cl2cm.train;

import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.cl2cm.model.nn.CrossModalNetwork;
import org.cl2cm.model.nn.Parameters;
import org.cl2cm.model.nn.Tensors;
import org.cl2cm.model.nn.VisionTower;

/// A copy of the student that follows it slowly, and a queue of what it made of earlier batches (MoCo,
/// He et al., CVPR 2020; COTS, Lu et al., CVPR 2022). All of it is in the checkpoint.
final class Momentum {
    /// What the copy makes of one side of a batch, and of earlier batches: unit vectors, `[batch,
    /// dimension]` and `[size, dimension]`.
    record Side(Tensor batch, Tensor queue) {}

    /// What the copy makes of a batch; a side that the loss does not use is empty vectors.
    record Vectors(Side vision, Side source, Side target) {}

    private static final List<String> SIDES = List.of("queue.vision", "queue.source", "queue.target");
    private static final String FILLED = "queue.filled";

    private final TrainConfig.Momentum config;
    private final CrossModalNetwork copy;
    private final Parameters copied;
    private final Parameters student;
    private final List<Tensor> queues;
    private final Tensor filled;

    /// @param copy a network of the student's shape
    /// @param copied its tensors
    /// @param student the student's tensors, by the same names
    /// @param auxiliary takes the queues
    Momentum(
            TrainConfig.Momentum config,
            CrossModalNetwork copy,
            Parameters copied,
            Parameters student,
            Parameters auxiliary,
            int dimension) {
        this.config = config;
        this.copy = copy;
        this.copied = copied;
        this.student = student;
        this.queues = SIDES.stream()
                .map(name -> auxiliary.buffer(name, 0, config.queue(), dimension))
                .toList();
        // How many vectors have gone in, each side, whole rounds left out; the next one goes to this place modulo the
        // size.
        this.filled = auxiliary.buffer(FILLED, 0, 1);
    }

    /// Makes the copy what the student is.
    void start() {
        try (NoGradGuard _ = new NoGradGuard()) {
            copied.all().forEach((name, tensor) -> tensor.copy_(student.get(name)));
        }
    }

    /// @param images features of a batch
    Vectors encode(BatchEncoder encoder, VisionTower.Frames images, List<String> sources, List<String> targets) {
        try (NoGradGuard _ = new NoGradGuard()) {
            Tensor vision = copy.encodeVision(images, false);
            return new Vectors(
                    side(0, vision),
                    side(1, sources.isEmpty() ? none(vision) : encoder.sentences(copy.text(), sources)),
                    side(2, targets.isEmpty() ? none(vision) : encoder.sentences(copy.text(), targets)));
        }
    }

    private static Tensor none(Tensor vision) {
        return vision.narrow(0, 0, 0);
    }

    private Side side(int which, Tensor batch) {
        return new Side(batch, queues.get(which).narrow(0, 0, Math.min(config.queue(), seen())));
    }

    private long seen() {
        return Math.round(Tensors.scalar(filled));
    }

    /// After a step: the copy moves towards the student, and the batch goes into the queue in the place
    /// of the oldest.
    void follow(Vectors batch) {
        try (NoGradGuard _ = new NoGradGuard()) {
            for (Map.Entry<String, Tensor> entry : copied.all().entrySet()) {
                entry.getValue()
                        .mul_(Tensors.scalar(config.rate()))
                        .add_(student.get(entry.getKey()).mul(Tensors.scalar(1 - config.rate())));
            }
            long at = seen();
            put(0, batch.vision().batch(), at);
            put(1, batch.source().batch(), at);
            put(2, batch.target().batch(), at);
            long now = at + batch.vision().batch().size(0);
            // Kept small, so that float32 counts exactly for ever.
            filled.fill_(Tensors.scalar(now < config.queue() ? now : config.queue() + now % config.queue()));
        }
    }

    private void put(int which, Tensor batch, long at) {
        for (long i = 0; i < batch.size(0); i++) {
            queues.get(which).select(0, (at + i) % config.queue()).copy_(batch.select(0, i));
        }
    }
}
