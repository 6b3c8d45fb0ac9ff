package org.cl2cm.train;

import org.bytedeco.pytorch.Tensor;
import org.cl2cm.train.losses.Ipot;
import org.cl2cm.train.losses.Sinkhorn;
import org.cl2cm.train.losses.WordAlignmentLoss;

/// What the teacher of CL2CM learns: lambda_A L_A + lambda_B L_B.
final class TeacherLoss {
    private final TrainConfig.Loss config;
    private final Contrast contrast;
    private final WordAlignmentLoss words;

    TeacherLoss(TrainConfig.Loss config, Contrast contrast) {
        this.config = config;
        this.contrast = contrast;
        this.words = words(config);
    }

    /// The word-level loss, which finds the transport plans.
    static WordAlignmentLoss words(TrainConfig.Loss config) {
        return new WordAlignmentLoss(
                config.transport() == TrainConfig.Transport.IPOT ? Ipot.DEFAULT : Sinkhorn.DEFAULT,
                config.temperature());
    }

    /// How many pairs of a batch, its first ones, loss B looks at; 0 without it. The order of a batch
    /// is random.
    int wordPairs(int batch) {
        if (config.b() <= 0) {
            return 0;
        }
        return config.bPairs() == 0 ? batch : Math.min(batch, config.bPairs());
    }

    LossParts.Sum of(BatchEncoder.Encoded source, BatchEncoder.Encoded target) {
        LossParts parts = new LossParts();
        if (config.a() > 0) {
            parts.add("a", config.a(), contrast.loss(source.sentences(), target.sentences()));
        }
        if (config.b() > 0) {
            Tensor b = config.words() == TrainConfig.Words.SELF_LABELLING
                    ? words.selfLabelling(source.words(), source.mask(), target.words(), target.mask())
                    : words.transportCost(source.words(), source.mask(), target.words(), target.mask());
            parts.add("b", config.b(), b);
        }
        return parts.sum();
    }
}
