package org.cl2cm.evaluate;

/// What asks and what is looked for.
public enum Direction {
    /// A caption looks for its image (or video).
    TEXT_TO_IMAGE("t2i"),
    /// An image (or video) looks for any of its captions.
    IMAGE_TO_TEXT("i2t");

    private final String tag;

    Direction(String tag) {
        this.tag = tag;
    }

    /// The short name in tables and files: `t2i` or `i2t`.
    public String tag() {
        return tag;
    }
}
