package org.cl2cm.data.scene;

import java.util.Optional;
import org.cl2cm.data.scene.Concept.Amount;
import org.cl2cm.data.scene.Concept.Hue;
import org.cl2cm.data.scene.Concept.Shape;
import org.cl2cm.data.scene.Concept.Size;

/// A group of objects as a caption names it; what is empty is not said.
record Mention(Amount amount, Optional<Size> size, Optional<Hue> hue, Shape shape) {}
