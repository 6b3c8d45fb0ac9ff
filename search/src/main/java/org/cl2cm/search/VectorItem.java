package org.cl2cm.search;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/// What a collection keeps of one image or video.
///
/// @param id any text of at most [#LONGEST_ID] bytes in UTF-8
/// @param vector as long as the collection's dimension; of any length but zero
/// @param fields stored as they are and returned with a hit: the path of the media file, captions ...
public record VectorItem(String id, float[] vector, Map<String, String> fields) {
    /// Bytes of the longest id, in UTF-8.
    public static final int LONGEST_ID = 1024;

    /// The field with the path of the media file, relative to the collection's media root, or absolute.
    public static final String MEDIA = "media";

    /// Fields with captions begin with this and end with the language; several captions stand one a
    /// line.
    public static final String CAPTION = "caption.";

    /// Of a moment of a video: the field with the video's id, see [Moments].
    public static final String VIDEO = "video";

    /// Of a moment: the field with its start, in seconds.
    public static final String START = "start";

    /// Of a moment: the field with its end, in seconds.
    public static final String END = "end";

    /// The field with a digest of what the item was made of, so that [SyncPlan] sees what has changed.
    public static final String DIGEST = "_digest";

    public VectorItem {
        fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
    }
}
