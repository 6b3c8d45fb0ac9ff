@NullMarked
package org.cl2cm.search;

import org.jspecify.annotations.NullMarked;
