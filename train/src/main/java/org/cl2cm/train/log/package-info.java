/// What a run writes down about itself.
@NullMarked
package org.cl2cm.train.log;

import org.jspecify.annotations.NullMarked;
