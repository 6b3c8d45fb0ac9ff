package org.cl2cm.data.translate;

import java.util.List;

/// What a system made of one text.
///
/// @param unknown words that the system says it does not know and left as they are; empty when it does
///     not say
public record Translation(String text, List<String> unknown) {
    public Translation {
        unknown = List.copyOf(unknown);
    }

    public Translation(String text) {
        this(text, List.of());
    }
}
