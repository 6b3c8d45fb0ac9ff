/// The embedded engine at sizes nobody has pictures for, beside exact search and other libraries.
@NullMarked
package org.cl2cm.bench.search;

import org.jspecify.annotations.NullMarked;
