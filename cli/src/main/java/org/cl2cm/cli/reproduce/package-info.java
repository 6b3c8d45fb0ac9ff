/// Tables of results, from a file that says what is in them.
@NullMarked
package org.cl2cm.cli.reproduce;

import org.jspecify.annotations.NullMarked;
