/// What any trained network must beat: linear models on the same image features and on words counted.
@NullMarked
package org.cl2cm.train.baseline;

import org.jspecify.annotations.NullMarked;
