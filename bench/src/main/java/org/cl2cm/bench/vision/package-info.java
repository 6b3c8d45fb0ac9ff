/// Image encoding and the runs of the engine alone.
@NullMarked
package org.cl2cm.bench.vision;

import org.jspecify.annotations.NullMarked;
