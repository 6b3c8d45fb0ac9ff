@NullMarked
package org.cl2cm.bench.step;

import org.jspecify.annotations.NullMarked;
