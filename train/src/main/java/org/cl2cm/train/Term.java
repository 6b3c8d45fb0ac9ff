package org.cl2cm.train;

import java.util.Set;

/// One addend of what the student learns.
interface Term {
    /// What has to be encoded for a term.
    enum Input {
        /// The clean captions.
        SOURCE,
        /// Their translations.
        TARGET,
        /// States of both below the head's last layer.
        BENEATH,
        /// Translations of the translations into the source language.
        BACK,
        /// The translations into every language.
        ALL_TARGETS,
        /// What a momentum encoder makes of images and texts.
        MOMENTUM
    }

    Set<Input> inputs();

    void add(LossParts parts, StudentBatch batch);
}
