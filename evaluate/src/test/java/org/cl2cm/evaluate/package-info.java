@NullMarked
package org.cl2cm.evaluate;

import org.jspecify.annotations.NullMarked;
