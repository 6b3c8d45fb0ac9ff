package org.cl2cm.data.scene;

import java.util.Optional;

/// One word, or a fixed group of words, and what it means; words of grammar alone mean nothing.
record Word(String text, Optional<Concept> meaning) {}
