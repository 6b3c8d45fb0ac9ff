@NullMarked
package org.cl2cm.bench.search;

import org.jspecify.annotations.NullMarked;
