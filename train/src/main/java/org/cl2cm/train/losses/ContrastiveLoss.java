package org.cl2cm.train.losses;

import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.cl2cm.model.nn.Tensors;

/// InfoNCE, the losses A (source / target text) and C (vision / text) of CL2CM:
/// `1/2 [CE(x y' / tau) + CE(y x' / tau)]`, the pair of row i being the right answer of row i.
public final class ContrastiveLoss {
    private ContrastiveLoss() {}

    /// @param x unit vectors, `[batch, dimension]`
    /// @param y unit vectors, `[batch, dimension]`
    /// @param temperature tau, positive
    /// @return a scalar
    public static Tensor infoNce(Tensor x, Tensor y, double temperature) {
        Tensor logits = x.matmul(y.t()).div(Tensors.scalar(temperature));
        Tensor right = torch.arange(new Scalar(x.size(0)), new TensorOptions(torch.ScalarType.Long));
        return torch.cross_entropy_loss(logits, right)
                .add(torch.cross_entropy_loss(logits.t(), right))
                .mul(Tensors.scalar(0.5));
    }
}
