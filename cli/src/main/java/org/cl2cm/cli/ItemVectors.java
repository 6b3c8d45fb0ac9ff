package org.cl2cm.cli;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.cl2cm.data.Item;
import org.cl2cm.data.Moment;

/// Where the vectors of items come from.
interface ItemVectors {
    /// A vector of an image, or of a moment of a video.
    record Part(Optional<Moment> moment, float[] vector) {}

    /// The vectors of an item, or the reason why there is none.
    ///
    /// @param parts one of an image, one for each moment of a video; empty where there is none
    record Made(List<Part> parts, String reason) {
        static Made of(float[] vector) {
            return new Made(List.of(new Part(Optional.empty(), vector)), "");
        }

        static Made refused(String reason) {
            return new Made(List.of(), reason);
        }

        boolean isRefused() {
            return parts.isEmpty();
        }

        boolean isVideo() {
            return parts.stream().anyMatch(part -> part.moment().isPresent());
        }
    }

    /// @return one for each item, in their order
    List<Made> make(List<Item> items) throws IOException;

    /// Adds to the digest of an item what its vectors are made of, so that it changes when they would.
    ///
    /// @return false when there is nothing to make a vector of
    boolean digest(Item item, ItemDigest digest) throws IOException;
}
