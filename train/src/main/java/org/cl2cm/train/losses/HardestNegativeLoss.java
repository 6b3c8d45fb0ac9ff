package org.cl2cm.train.losses;

import static org.cl2cm.train.losses.FullPrecision.float32;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.cl2cm.model.nn.Tensors;

/// The triplet loss with the hardest negative of the batch (VSE++, Faghri et al., 2018, arXiv
/// 1707.05612, equation 6):
/// `max_j [margin + s(i, j) - s(i, i)]+ + max_j [margin + s(j, i) - s(i, i)]+`, the mean over the
/// batch. The variant
/// of losses A and C that NRCCR trains with.
public final class HardestNegativeLoss {
    /// Below every cosine.
    private static final double NO_NEGATIVE = -1e4;

    private HardestNegativeLoss() {}

    /// @param x unit vectors, `[batch, dimension]`
    /// @param y unit vectors, `[batch, dimension]`; row i is the partner of row i of `x`
    /// @param margin by which a partner must be nearer than every other row, at least 0
    /// @return a scalar; 0 for a batch of one, which has no negatives
    public static Tensor loss(Tensor x, Tensor y, double margin) {
        if (!(margin >= 0 && Double.isFinite(margin))) {
            throw new IllegalArgumentException("margin " + margin + ", expected a number of at least 0");
        }
        Checks.sameShape(x, y);
        return FullPrecision.run(() -> {
            Tensor similarities = float32(x).mm(float32(y).t());
            Tensor partner = torch.eye(x.size(0)).toType(torch.ScalarType.Bool);
            Tensor negatives = similarities.masked_fill(partner, Tensors.scalar(NO_NEGATIVE));
            Tensor threshold = similarities.diagonal().sub(Tensors.scalar(margin));
            Tensor row = negatives.amax(new long[] {1}, false).sub(threshold).relu();
            Tensor column = negatives.amax(new long[] {0}, false).sub(threshold).relu();
            return row.add(column).mean();
        });
    }
}
