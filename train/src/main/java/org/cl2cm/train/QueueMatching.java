package org.cl2cm.train;

import java.util.EnumSet;
import java.util.Set;
import org.bytedeco.pytorch.Tensor;
import org.cl2cm.model.nn.Tensors;
import org.cl2cm.train.losses.QueueContrast;

/// L_C against a momentum encoder's vectors of this batch and of a queue of earlier ones, see
/// [QueueContrast].
record QueueMatching(TrainConfig config, Contrast contrast) implements Term {
    @Override
    public Set<Input> inputs() {
        EnumSet<Input> inputs = EnumSet.of(Input.MOMENTUM);
        if (config.loss().vt() > 0) {
            inputs.add(Input.TARGET);
        }
        if (config.loss().vs() > 0) {
            inputs.add(Input.SOURCE);
        }
        return inputs;
    }

    @Override
    public void add(LossParts parts, StudentBatch batch) {
        Momentum.Vectors keys = batch.momentum().orElseThrow();
        double weight = config.momentum().weight();
        if (config.loss().vt() > 0) {
            parts.add(
                    "queue_vt",
                    weight * config.loss().vt(),
                    bothWays(batch.vision(), batch.target(), keys, keys.target()));
        }
        if (config.loss().vs() > 0) {
            parts.add(
                    "queue_vs",
                    weight * config.loss().vs(),
                    bothWays(batch.vision(), batch.source(), keys, keys.source()));
        }
    }

    private Tensor bothWays(Tensor vision, Tensor text, Momentum.Vectors keys, Momentum.Side texts) {
        Tensor scale = contrast.scale();
        return QueueContrast.loss(vision, texts.batch(), texts.queue(), scale)
                .add(QueueContrast.loss(
                        text, keys.vision().batch(), keys.vision().queue(), scale))
                .mul(Tensors.scalar(0.5));
    }
}
