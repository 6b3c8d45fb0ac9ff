@NullMarked
package org.cl2cm.cli.broken.data.internal;

import org.jspecify.annotations.NullMarked;
