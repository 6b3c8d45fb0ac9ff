package org.cl2cm.train.losses;

import org.bytedeco.pytorch.Tensor;

/// How the words of one sentence are carried to those of another at the least cost, both sentences
/// being uniform
/// distributions over their words.
public interface TransportPlan {
    /// The plans of a batch.
    ///
    /// @param cost `[batch, source, target]`, float32
    /// @param sourceMask 1 for a word, 0 for what takes no part, `[batch, source]`; no row without
    ///     a word
    /// @param targetMask the same of the target, `[batch, target]`
    /// @return `[batch, source, target]`, float32, without gradient, in the caller's scope: 0
    ///     where a mask is 0,
    ///     columns sum to 1/(words of the target) and rows, once converged, to 1/(words of the source)
    Tensor plan(Tensor cost, Tensor sourceMask, Tensor targetMask);
}
