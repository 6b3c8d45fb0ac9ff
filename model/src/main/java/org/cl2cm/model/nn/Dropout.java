package org.cl2cm.model.nn;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/// Dropout that drops the same coordinates at every token of a text (Gal and Ghahramani, NIPS 2016). It needs one
/// random number for a text and coordinate, not one for a token and coordinate.
///
/// @param share of the coordinates that are dropped in training, 0 to 1
record Dropout(double share) {
    /// @param x `[batch, length, width]`
    Tensor apply(Tensor x, boolean training) {
        if (!training || share <= 0) {
            return x;
        }
        Tensor kept = torch.dropout(torch.ones_like(x.narrow(1, 0, 1)), share, true);
        return x.mul(kept);
    }
}
