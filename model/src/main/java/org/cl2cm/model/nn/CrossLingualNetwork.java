package org.cl2cm.model.nn;

import org.bytedeco.pytorch.Tensor;

/// The teacher (CL2CM): source and target text through one shared multilingual encoder.
///
/// @param text encodes S and T alike
public record CrossLingualNetwork(TextTower text) {
    /// @param states output of the frozen layers, `[batch, length, hidden]`
    public TextTower.Output encodeText(Tensor states, int[] lengths, boolean training) {
        return text.forward(states, lengths, training);
    }
}
