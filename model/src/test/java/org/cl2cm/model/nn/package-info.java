@NullMarked
package org.cl2cm.model.nn;

import org.jspecify.annotations.NullMarked;
