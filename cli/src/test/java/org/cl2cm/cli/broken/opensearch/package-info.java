@NullMarked
package org.cl2cm.cli.broken.opensearch;

import org.jspecify.annotations.NullMarked;
