@NullMarked
package org.cl2cm.model.internal;

import org.jspecify.annotations.NullMarked;
