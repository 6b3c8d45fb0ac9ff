/// The embedded engine on Lucene and how it lies on the disk.
@NullMarked
package org.cl2cm.search.internal;

import org.jspecify.annotations.NullMarked;
