package org.cl2cm.train;

import org.bytedeco.pytorch.Tensor;

/// What the frozen layers made of a batch of texts.
///
/// @param states `[batch, length, hidden]`, float16 or float32, zero at pads
/// @param lengths tokens of each text, special tokens included
record TokenStates(Tensor states, int[] lengths) {}
