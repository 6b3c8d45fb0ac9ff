/// One training step here and in DJL's build of PyTorch.
@NullMarked
package org.cl2cm.bench.step;

import org.jspecify.annotations.NullMarked;
