@NullMarked
package org.cl2cm.model.vision;

import org.jspecify.annotations.NullMarked;
