/// Ranks, recalls, intervals and reports of retrieval in both directions, and the files they are kept
/// in.
///
/// A `Retrieval` (vectors and who belongs to whom) gives `Ranks`; everything else - `Metrics`,
/// `Bootstrap`,
/// `PairedBootstrap`, `RunFile` - works on ranks alone. Plain Java, no native library.
@NullMarked
package org.cl2cm.evaluate;

import org.jspecify.annotations.NullMarked;
