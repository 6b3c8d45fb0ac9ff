/// Readers of the formats that captioned images and videos come in; each makes items of a manifest.
@NullMarked
package org.cl2cm.data.importer;

import org.jspecify.annotations.NullMarked;
