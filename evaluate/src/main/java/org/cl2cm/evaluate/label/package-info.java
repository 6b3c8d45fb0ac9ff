/// Retrieval judged by class labels instead of by instance.
@NullMarked
package org.cl2cm.evaluate.label;

import org.jspecify.annotations.NullMarked;
