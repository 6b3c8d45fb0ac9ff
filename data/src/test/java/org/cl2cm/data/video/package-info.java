@NullMarked
package org.cl2cm.data.video;

import org.jspecify.annotations.NullMarked;
