package org.cl2cm.train.losses;

import org.bytedeco.pytorch.Tensor;

/// Solves optimal transport between the words of two sentences, for a batch of sentence pairs.
public interface TransportPlan {
    /// The marginals are uniform over the places whose mask is 1.
    ///
    /// @param cost `[batch, ls, lt]`, float32, not negative
    /// @param sourceMask 1 for a word, 0 for a place that takes no part, `[batch, ls]`
    /// @param targetMask the same for the target, `[batch, lt]`
    /// @return detached plans `[batch, ls, lt]`: rows sum to 1/words of the source, columns to 1/words of
    ///     the target, 0 where a mask is 0
    Tensor plan(Tensor cost, Tensor sourceMask, Tensor targetMask);
}
