@NullMarked
package org.cl2cm.serve.internal;

import org.jspecify.annotations.NullMarked;
