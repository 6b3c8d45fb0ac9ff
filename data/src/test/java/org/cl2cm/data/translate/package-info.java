@NullMarked
package org.cl2cm.data.translate;

import org.jspecify.annotations.NullMarked;
