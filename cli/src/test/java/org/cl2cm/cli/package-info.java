@NullMarked
package org.cl2cm.cli;

import org.jspecify.annotations.NullMarked;
