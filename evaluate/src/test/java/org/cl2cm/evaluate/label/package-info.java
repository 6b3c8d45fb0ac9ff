@NullMarked
package org.cl2cm.evaluate.label;

import org.jspecify.annotations.NullMarked;
