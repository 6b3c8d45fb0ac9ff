@NullMarked
package org.cl2cm.train.baseline;

import org.jspecify.annotations.NullMarked;
