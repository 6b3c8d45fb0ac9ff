/// Machine translation of captions: the systems that translate, and what surrounds them: batches, a
/// cache that makes the work resume, limits, retries, and a look at what came out.
@NullMarked
package org.cl2cm.data.translate;

import org.jspecify.annotations.NullMarked;
