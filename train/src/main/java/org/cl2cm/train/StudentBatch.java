package org.cl2cm.train;

import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.bytedeco.pytorch.Tensor;
import org.cl2cm.model.nn.VisionTower;

/// A batch as the student's loss sees it.
///
/// @param features of the images and videos
/// @param vision v, unit vectors, `[batch, dimension]`
/// @param teacher what the teacher makes of sources and targets, where there is one
/// @param momentum what the momentum encoder makes of the batch, where there is one
/// @param ramp 0 to 1: how far loss D has grown
/// @param progress 0 to 1: the share of the student's training that is done
/// @param random of the step
record StudentBatch(
        List<Triplet> triplets,
        VisionTower.Frames features,
        Tensor vision,
        StudentTexts texts,
        Optional<Relations> teacher,
        Optional<Momentum.Vectors> momentum,
        double ramp,
        double progress,
        Random random) {
    /// Vectors of the teacher for a batch: s and t, `[batch, dimension]`, detached.
    record Relations(Tensor source, Tensor target) {}

    /// s, unit vectors, `[batch, dimension]`.
    ///
    /// @throws java.util.NoSuchElementException when no term asked for it
    Tensor source() {
        return texts.source().orElseThrow();
    }

    /// t, unit vectors, `[batch, dimension]`.
    ///
    /// @throws java.util.NoSuchElementException when no term asked for it
    Tensor target() {
        return texts.target().orElseThrow();
    }
}
