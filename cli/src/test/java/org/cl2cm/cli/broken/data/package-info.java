@NullMarked
package org.cl2cm.cli.broken.data;

import org.jspecify.annotations.NullMarked;
