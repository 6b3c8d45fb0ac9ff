@NullMarked
package org.cl2cm.evaluate.internal;

import org.jspecify.annotations.NullMarked;
