package org.cl2cm.train.losses;

import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.cl2cm.model.nn.Tensors;

/// The triplet loss with the hardest negative of the batch, in both directions (Faghri et al., VSE++, BMVC 2018).
public final class HardestNegativeLoss {
    private HardestNegativeLoss() {}

    /// @param x unit vectors, `[batch, dimension]`, batch at least 2
    /// @param y unit vectors, `[batch, dimension]`
    /// @param margin by which the right pair has to win
    /// @return a scalar, the mean over the batch of both hinges
    public static Tensor loss(Tensor x, Tensor y, double margin) {
        Tensor scores = x.matmul(y.t());
        Tensor right = scores.diagonal();
        // Cosines lie in -1 .. 1, so the right pair, lowered by 4, is never the hardest negative.
        Tensor others = scores.sub(
                torch.eye(x.size(0), new TensorOptions(torch.ScalarType.Float)).mul(new Scalar(4.0)));
        Tensor texts = others.amax(new long[] {1}, false);
        Tensor images = others.amax(new long[] {0}, false);
        return hinge(texts, right, margin).add(hinge(images, right, margin));
    }

    private static Tensor hinge(Tensor wrong, Tensor right, double margin) {
        return torch.relu(wrong.sub(right).add(Tensors.scalar(margin))).mean();
    }
}
