package org.cl2cm.data.scene;

import java.util.List;

/// One machine translation with its mistakes, empty when it has none.
record Translation(String text, List<Noise> mistakes) {}
