@NullMarked
package org.cl2cm.opensearch;

import org.jspecify.annotations.NullMarked;
