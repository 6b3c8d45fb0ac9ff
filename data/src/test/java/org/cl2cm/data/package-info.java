@NullMarked
package org.cl2cm.data;

import org.jspecify.annotations.NullMarked;
