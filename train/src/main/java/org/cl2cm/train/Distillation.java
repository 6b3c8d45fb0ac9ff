package org.cl2cm.train;

import java.util.EnumSet;
import java.util.Set;
import org.bytedeco.pytorch.Tensor;
import org.cl2cm.train.losses.RelationalDistillation;

/// lambda_D L_D: s_i describes v_i, so the teacher's (s_i, t_j) tells what (v_i, t_j) ought to be.
record Distillation(TrainConfig.Loss config) implements Term {
    @Override
    public Set<Input> inputs() {
        EnumSet<Input> inputs = EnumSet.noneOf(Input.class);
        if (config.d() > 0 || config.dModal() > 0) {
            inputs.add(Input.TARGET);
        }
        if (config.dModal() > 0) {
            inputs.add(Input.SOURCE);
        }
        return inputs;
    }

    @Override
    public void add(LossParts parts, StudentBatch batch) {
        if (batch.teacher().isEmpty()) {
            return;
        }
        StudentBatch.Relations teacher = batch.teacher().get();
        Tensor vision = batch.vision();
        if (config.d() > 0) {
            Tensor target = batch.target();
            parts.add(
                    "d",
                    config.d() * batch.ramp(),
                    RelationalDistillation.loss(
                            teacher.source().matmul(teacher.target().t()),
                            vision.matmul(target.t()),
                            config.dTemperature()));
        }
        if (config.dModal() > 0) {
            Tensor target = batch.target();
            Tensor texts = RelationalDistillation.inModal(
                    teacher.target().matmul(teacher.target().t()), target.matmul(target.t()), config.dTemperature());
            Tensor images = RelationalDistillation.inModal(
                    teacher.source().matmul(teacher.source().t()), vision.matmul(vision.t()), config.dTemperature());
            parts.add("d_modal", config.dModal() * batch.ramp(), texts.add(images));
        }
    }

    /// L_D on parallel text, where the source caption stands in for the image that it would describe.
    static void ofTexts(
            LossParts parts, TrainConfig.Loss config, StudentBatch.Relations teacher, Tensor source, Tensor target) {
        parts.add(
                "d_text",
                config.dText(),
                RelationalDistillation.loss(
                        teacher.source().matmul(teacher.target().t()),
                        source.matmul(target.t()),
                        config.dTemperature()));
    }
}
