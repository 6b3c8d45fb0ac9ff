/// The networks as plain modules over libtorch tensors, to be read beside the paper.
///
/// Ownership: a tensor made inside a `PointerScope` lives until the scope closes. Parameters are made outside of
/// any scope and live as long as the module. Shapes are written `[batch, length, hidden]`. Nothing here is safe
/// for use by many threads unless it says so.
@NullMarked
package org.cl2cm.model.nn;

import org.jspecify.annotations.NullMarked;
