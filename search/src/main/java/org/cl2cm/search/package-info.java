/// Collections of vectors that are searched and kept up to date.
///
/// [Collections][org.cl2cm.search.Collections] is the folder where they live; an open one is a
/// [VectorEngine][org.cl2cm.search.VectorEngine]. Nothing here loads a native library.
@NullMarked
package org.cl2cm.search;

import org.jspecify.annotations.NullMarked;
