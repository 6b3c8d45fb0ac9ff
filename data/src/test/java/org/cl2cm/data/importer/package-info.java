@NullMarked
package org.cl2cm.data.importer;

import org.jspecify.annotations.NullMarked;
