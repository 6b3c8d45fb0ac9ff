/// Vectors like those of a real model, in any number: what makes them, and how like they are.
@NullMarked
package org.cl2cm.bench.vectors;

import org.jspecify.annotations.NullMarked;
