package org.cl2cm.model.nn;

import java.util.Arrays;
import org.bytedeco.pytorch.Tensor;

/// Which places of a batch hold tokens, and which of these are words: the first token ([CLS]) and the last ([SEP])
/// are not.
public final class Padding {
    /// Large enough to vanish in a softmax, small enough for half precision; minus infinity would make a row of
    /// pads NaN.
    private static final float MASKED = -10_000f;

    private Padding() {}

    /// @return `[batch, 1, 1, length]`: 0 for a token, a large negative number for a pad
    public static Tensor bias(int[] lengths, int length) {
        float[] values = new float[lengths.length * length];
        for (int row = 0; row < lengths.length; row++) {
            Arrays.fill(values, row * length + lengths[row], (row + 1) * length, MASKED);
        }
        return Tensors.of(values, lengths.length, 1, 1, length);
    }

    /// @return `[batch, length]`: 1 for a token, 0 for a pad
    public static Tensor tokens(int[] lengths, int length) {
        float[] values = new float[lengths.length * length];
        for (int row = 0; row < lengths.length; row++) {
            Arrays.fill(values, row * length, row * length + lengths[row], 1f);
        }
        return Tensors.of(values, lengths.length, length);
    }

    /// @return `[batch, length]`: 1 for a word piece, 0 for a pad and for the first and last token; a text without
    ///     a word piece keeps its first token, so that no row is empty
    public static Tensor words(int[] lengths, int length) {
        float[] values = new float[lengths.length * length];
        for (int row = 0; row < lengths.length; row++) {
            int start = row * length;
            if (lengths[row] <= 2) {
                values[start] = 1f;
            } else {
                Arrays.fill(values, start + 1, start + lengths[row] - 1, 1f);
            }
        }
        return Tensors.of(values, lengths.length, length);
    }
}
