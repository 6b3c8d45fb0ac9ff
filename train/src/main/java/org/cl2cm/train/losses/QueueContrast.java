package org.cl2cm.train.losses;

import static org.cl2cm.train.losses.FullPrecision.float32;

import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.cl2cm.model.nn.Tensors;

/// InfoNCE with more negatives than a batch holds: the partners come from a momentum encoder, and a
/// queue of its vectors of earlier batches are negatives too (MoCo, He et al., CVPR 2020; across
/// modalities as in COTS, Lu et al., CVPR 2022, arXiv 2204.07441, equation 2).
public final class QueueContrast {
    private QueueContrast() {}

    /// One direction: row i must find row i of `keys` among all of them and the queue.
    ///
    /// @param x unit vectors, `[batch, dimension]`
    /// @param keys unit vectors of the momentum encoder, `[batch, dimension]`
    /// @param queue the same of earlier batches, `[size, dimension]`, possibly none
    /// @param scale what the cosines are multiplied with, a scalar
    /// @return a scalar
    public static Tensor loss(Tensor x, Tensor keys, Tensor queue, Tensor scale) {
        Checks.sameShape(x, keys);
        return FullPrecision.run(() -> {
            Tensor candidates = Tensors.cat(List.of(float32(keys), float32(queue)), 0);
            Tensor logits = float32(x).mm(candidates.t()).mul(scale);
            return logits.logsumexp(1).sub(logits.diagonal()).mean();
        });
    }
}
