package org.cl2cm.cli;

import java.io.IOException;
import java.util.List;
import org.cl2cm.data.Item;

/// Where the vectors of items come from.
interface ItemVectors {
    /// A vector, or the reason why there is none.
    ///
    /// @param vector empty where there is none
    record Made(float[] vector, String reason) {
        static Made of(float[] vector) {
            return new Made(vector, "");
        }

        static Made refused(String reason) {
            return new Made(new float[0], reason);
        }

        boolean isRefused() {
            return vector.length == 0;
        }
    }

    /// @return one for each item, in their order
    List<Made> make(List<Item> items) throws IOException;

    /// Adds to the digest of an item what its vector is made of, so that it changes when the vector
    /// would.
    ///
    /// @return false when there is nothing to make a vector of
    boolean digest(Item item, ItemDigest digest) throws IOException;
}
