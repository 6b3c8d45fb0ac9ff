/// Readers of foreign files; not for use by other modules.
@NullMarked
package org.cl2cm.model.internal;

import org.jspecify.annotations.NullMarked;
