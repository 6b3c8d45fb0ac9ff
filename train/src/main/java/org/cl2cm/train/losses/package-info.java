/// The losses of CL2CM (Wang et al., AAAI 2024) and optimal transport, one class each.
@NullMarked
package org.cl2cm.train.losses;

import org.jspecify.annotations.NullMarked;
