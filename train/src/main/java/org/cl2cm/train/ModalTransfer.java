package org.cl2cm.train;

import java.util.EnumSet;
import java.util.Set;
import org.bytedeco.pytorch.Tensor;
import org.cl2cm.model.nn.Tensors;
import org.cl2cm.train.losses.RelationalDistillation;

/// How alike two images are to the encoder of their features is known before anything is learnt; it is
/// carried to the common space, to the images and to their translations (after CMST: Wen et al., 2019,
/// which learns such similarities inside a modality and transfers them). Unlike `loss.d_modal` it needs
/// no teacher.
record ModalTransfer(TrainConfig.Loss config) implements Term {
    @Override
    public Set<Input> inputs() {
        return EnumSet.of(Input.TARGET);
    }

    @Override
    public void add(LossParts parts, StudentBatch batch) {
        Tensor features = Tensors.unit(batch.features().means());
        Tensor known = features.matmul(features.t());
        Tensor vision = batch.vision();
        Tensor target = batch.target();
        parts.add(
                "modal",
                config.modal(),
                RelationalDistillation.inModal(known, vision.matmul(vision.t()), config.dTemperature())
                        .add(RelationalDistillation.inModal(known, target.matmul(target.t()), config.dTemperature())));
    }
}
