/// Training: the method of CL2CM (Wang et al., AAAI 2024) around the networks of `org.cl2cm.model.nn`.
@NullMarked
package org.cl2cm.train;

import org.jspecify.annotations.NullMarked;
