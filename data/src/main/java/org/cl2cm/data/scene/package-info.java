/// A data set of drawn scenes, made from a seed: pictures, captions in several languages, noisy translations.
///
/// It needs no download and no rights, its captions are known to be true, and its translations are known to be wrong
/// where they are: what a demonstration and an end-to-end test want.
@NullMarked
package org.cl2cm.data.scene;

import org.jspecify.annotations.NullMarked;
