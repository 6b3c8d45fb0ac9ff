/// Contact sheets: results as pictures, since people would rather look.
@NullMarked
package org.cl2cm.search.sheet;

import org.jspecify.annotations.NullMarked;
