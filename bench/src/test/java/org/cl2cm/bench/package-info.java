@NullMarked
package org.cl2cm.bench;

import org.jspecify.annotations.NullMarked;
