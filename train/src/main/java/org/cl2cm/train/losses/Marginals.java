package org.cl2cm.train.losses;

import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;

/// Uniform weights of the words of a sentence.
final class Marginals {
    private Marginals() {}

    /// @param mask `[batch, length]`, at least one 1 a row
    /// @return `[batch, length]`, rows sum to 1
    static Tensor of(Tensor mask) {
        return mask.div(mask.sum(new long[] {1}, true, new ScalarTypeOptional()));
    }
}
