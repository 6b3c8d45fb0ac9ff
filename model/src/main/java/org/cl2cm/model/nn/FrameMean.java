package org.cl2cm.model.nn;

import java.util.Arrays;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/// Between the frames of videos one after another and a batch with pads.
final class FrameMean {
    private FrameMean() {}

    /// @param frames `[frames, width]`
    /// @param lengths frames of each video
    /// @return `[videos, longest, width]`; a pad repeats the last frame of its video and must be masked
    static Tensor padded(Tensor frames, int[] lengths) {
        int longest = Arrays.stream(lengths).max().orElse(0);
        long[] index = new long[Math.multiplyExact(lengths.length, longest)];
        long start = 0;
        for (int video = 0; video < lengths.length; video++) {
            for (int frame = 0; frame < longest; frame++) {
                index[video * longest + frame] = start + Math.min(frame, lengths[video] - 1);
            }
            start += lengths[video];
        }
        return torch.index_select(frames, 0, Tensors.of(index, index.length))
                .view(lengths.length, longest, frames.size(1));
    }

    /// The mean over the frames of each video.
    ///
    /// @param frames `[frames, width]`
    /// @return `[videos, width]`
    static Tensor of(Tensor frames, int[] lengths) {
        return ofPadded(padded(frames, lengths), lengths);
    }

    /// @param padded `[videos, longest, width]`
    static Tensor ofPadded(Tensor padded, int[] lengths) {
        int longest = Math.toIntExact(padded.size(1));
        float[] shares = new float[lengths.length * longest];
        for (int video = 0; video < lengths.length; video++) {
            Arrays.fill(shares, video * longest, video * longest + lengths[video], 1f / lengths[video]);
        }
        return Tensors.of(shares, lengths.length, 1, longest).matmul(padded).squeeze(1);
    }
}
