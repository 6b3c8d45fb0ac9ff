@NullMarked
package org.cl2cm.cli.broken.search;

import org.jspecify.annotations.NullMarked;
