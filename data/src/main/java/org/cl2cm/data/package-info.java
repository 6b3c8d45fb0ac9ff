/// Items, captions, translations and features: everything that enters and leaves the system as files.
///
/// Nothing here loads a native library.
@NullMarked
package org.cl2cm.data;

import org.jspecify.annotations.NullMarked;
