@NullMarked
package org.cl2cm.serve;

import org.jspecify.annotations.NullMarked;
