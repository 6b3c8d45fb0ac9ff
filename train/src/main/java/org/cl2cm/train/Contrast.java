package org.cl2cm.train;

import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.cl2cm.model.nn.Tensors;
import org.cl2cm.train.losses.ContrastiveLoss;
import org.cl2cm.train.losses.HardestNegativeLoss;

/// The contrastive loss of a network, as `loss.negatives` and `loss.temperature` have it.
///
/// @param learnt what the cosines are multiplied with, in the logarithm, where it is learnt
record Contrast(TrainConfig.Loss config, Optional<Tensor> learnt) {
    /// @param x unit vectors, `[batch, dimension]`
    /// @param y unit vectors, `[batch, dimension]`; row i is the partner of row i of `x`
    Tensor loss(Tensor x, Tensor y) {
        if (config.negatives() == TrainConfig.Negatives.HARDEST) {
            return HardestNegativeLoss.loss(x, y, config.margin());
        }
        return learnt.map(scale -> ContrastiveLoss.infoNce(x, y, scale))
                .orElseGet(() -> ContrastiveLoss.infoNce(x, y, config.temperature()));
    }

    /// What the cosines are multiplied with, a scalar.
    Tensor scale() {
        return learnt.map(scale -> scale.exp().clamp_max(Tensors.scalar(ContrastiveLoss.MAXIMAL_SCALE)))
                .orElseGet(() -> Tensors.of(new float[] {(float) (1 / config.temperature())}, 1));
    }
}
