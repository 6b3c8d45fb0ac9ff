package org.cl2cm.train;

import java.util.List;

/// One example: an image, a clean caption of it and the caption's noisy translation.
///
/// @param item row of the image in the training set; -1 for parallel text without an image
/// @param source s, the clean caption
/// @param target t, its machine translation; one of them where there are several
/// @param back the translation of `target` into the source language; empty where there is none
/// @param targets all translations
record Triplet(int item, String source, String target, String back, List<String> targets) {}
