package org.cl2cm.train.losses;

import static org.cl2cm.train.losses.FullPrecision.float32;

import org.bytedeco.pytorch.Tensor;
import org.cl2cm.model.nn.Tensors;

/// What images think of texts and what texts think of images should agree: the KL divergence, both
/// ways, of the distributions `softmax_j(x_i . y_j)` and `softmax_j(y_i . x_j)` (the task-level
/// interaction of COTS, Lu et al., CVPR 2022, arXiv 2204.07441, section 3.3).
public final class AgreementLoss {
    private AgreementLoss() {}

    /// @param x unit vectors, `[batch, dimension]`
    /// @param y unit vectors, `[batch, dimension]`; row i is the partner of row i of `x`
    /// @param scale what the cosines are multiplied with, a scalar
    /// @return a scalar, at least 0, and 0 for symmetric similarities
    public static Tensor loss(Tensor x, Tensor y, Tensor scale) {
        Checks.sameShape(x, y);
        return FullPrecision.run(() -> {
            Tensor logits = float32(x).mm(float32(y).t()).mul(scale);
            Tensor there = logits.log_softmax(1);
            Tensor back = logits.t().log_softmax(1);
            Tensor difference = there.sub(back);
            // KL(p || q) + KL(q || p) = sum (p - q) (log p - log q)
            return there.exp().sub(back.exp()).mul(difference).sum().mul(Tensors.scalar(0.5 / x.size(0)));
        });
    }
}
