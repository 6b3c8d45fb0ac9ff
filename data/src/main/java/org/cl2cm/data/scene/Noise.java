package org.cl2cm.data.scene;

/// What went wrong in a translation.
enum Noise {
    DROPPED_WORD,
    WRONG_SENSE,
    SOURCE_WORD_ORDER,
    UNTRANSLATED,
    WRONG_AGREEMENT,
    REPEATED_WORD
}
