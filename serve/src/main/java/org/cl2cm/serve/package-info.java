/// The search as a service: REST API, batches of queries, writing, limits, tokens and metrics.
@NullMarked
package org.cl2cm.serve;

import org.jspecify.annotations.NullMarked;
