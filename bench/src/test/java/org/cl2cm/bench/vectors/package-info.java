@NullMarked
package org.cl2cm.bench.vectors;

import org.jspecify.annotations.NullMarked;
