@NullMarked
package org.cl2cm.bench.http;

import org.jspecify.annotations.NullMarked;
