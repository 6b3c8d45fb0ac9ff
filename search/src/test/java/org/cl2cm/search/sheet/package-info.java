@NullMarked
package org.cl2cm.search.sheet;

import org.jspecify.annotations.NullMarked;
