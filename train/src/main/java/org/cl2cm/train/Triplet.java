package org.cl2cm.train;

/// One example: an image, a clean caption of it and the caption's noisy translation.
///
/// @param item row of the image in the training set; -1 for parallel text without an image
/// @param source s, the clean caption
/// @param target t, its machine translation
record Triplet(int item, String source, String target) {}
