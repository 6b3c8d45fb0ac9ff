@NullMarked
package org.cl2cm.data.scene;

import org.jspecify.annotations.NullMarked;
