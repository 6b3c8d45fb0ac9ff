@NullMarked
package org.cl2cm.model.translate;

import org.jspecify.annotations.NullMarked;
