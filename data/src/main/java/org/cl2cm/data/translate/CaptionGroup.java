package org.cl2cm.data.translate;

import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What is to be translated together: the captions of one item.
///
/// @param texts in the order of the captions; `null` where there is nothing to translate
public record CaptionGroup(String id, List<@Nullable String> texts) {
    public CaptionGroup {
        texts = Collections.unmodifiableList(texts);
    }
}
