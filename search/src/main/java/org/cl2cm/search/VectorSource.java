package org.cl2cm.search;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/// Where the vectors of another generation come from.
@FunctionalInterface
public interface VectorSource {
    /// The vectors that the items have from now on.
    ///
    /// @param items of the live generation, with the vectors they have there
    /// @return one for each, in their order; empty for an item that has none
    List<Optional<float[]>> of(List<VectorItem> items) throws IOException;

    /// The vectors that they have.
    static VectorSource same() {
        return items -> items.stream().map(item -> Optional.of(item.vector())).toList();
    }
}
