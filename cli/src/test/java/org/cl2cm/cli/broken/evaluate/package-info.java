@NullMarked
package org.cl2cm.cli.broken.evaluate;

import org.jspecify.annotations.NullMarked;
