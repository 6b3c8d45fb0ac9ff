package org.cl2cm.train.losses;

import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.cl2cm.model.nn.Tensors;

/// The uniform distributions over the words of a batch of sentence pairs, shaped to broadcast over
/// `[batch, source, target]`.
///
/// @param source 1/(words) at a word, 0 elsewhere, `[batch, source, 1]`
/// @param target the same, `[batch, 1, target]`
/// @param sourcePads 1 where `source` is 0, `[batch, source, 1]`; added to sums that would be a
///     divisor of 0
/// @param targetPads the same, `[batch, 1, target]`
/// @param pairs 1 where both hold a word, `[batch, source, target]`
record Marginals(Tensor source, Tensor target, Tensor sourcePads, Tensor targetPads, Tensor pairs) {
    static Marginals uniform(Tensor sourceMask, Tensor targetMask) {
        Tensor source = sourceMask.unsqueeze(2);
        Tensor target = targetMask.unsqueeze(1);
        return new Marginals(
                source.div(source.sum(new long[] {1}, true, new ScalarTypeOptional())),
                target.div(target.sum(new long[] {2}, true, new ScalarTypeOptional())),
                absent(source),
                absent(target),
                source.mul(target));
    }

    private static Tensor absent(Tensor mask) {
        return mask.neg().add_(Tensors.scalar(1));
    }
}
