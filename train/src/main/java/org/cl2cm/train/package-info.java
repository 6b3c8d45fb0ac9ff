@NullMarked
package org.cl2cm.train;

import org.jspecify.annotations.NullMarked;
