/// The optimizer and its learning rate.
@NullMarked
package org.cl2cm.train.optim;

import org.jspecify.annotations.NullMarked;
