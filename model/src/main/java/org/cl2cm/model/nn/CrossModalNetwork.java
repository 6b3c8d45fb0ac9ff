package org.cl2cm.model.nn;

import org.bytedeco.pytorch.Tensor;

/// The student (CL2CM), the only network that is served: vision and text in one space.
///
/// @param vision encodes V
/// @param text encodes T, and S
public record CrossModalNetwork(VisionTower vision, TextTower text) {
    /// @param frames of images and videos
    /// @return unit vectors, `[batch, dimension]`
    public Tensor encodeVision(VisionTower.Frames frames, boolean training) {
        return vision.forward(frames, training);
    }

    /// @param states output of the frozen layers, `[batch, length, hidden]`
    public TextTower.Output encodeText(Tensor states, int[] lengths, boolean training) {
        return text.forward(states, lengths, training);
    }
}
