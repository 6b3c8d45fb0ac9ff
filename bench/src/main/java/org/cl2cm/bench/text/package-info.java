/// Text encoding and the calls of the engine alone.
@NullMarked
package org.cl2cm.bench.text;

import org.jspecify.annotations.NullMarked;
