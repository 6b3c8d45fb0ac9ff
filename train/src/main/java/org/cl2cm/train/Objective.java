package org.cl2cm.train;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.cl2cm.model.nn.Tensors;
import org.cl2cm.train.losses.ContrastiveLoss;
import org.cl2cm.train.losses.HardestNegativeLoss;
import org.cl2cm.train.losses.Ipot;
import org.cl2cm.train.losses.RelationalDistillation;
import org.cl2cm.train.losses.Sinkhorn;
import org.cl2cm.train.losses.WordAlignmentLoss;

/// The losses of CL2CM with their weights: A and B for the teacher, C and D for the student.
final class Objective {
    /// A weighted sum and its parts, the parts not weighted.
    record Sum(Tensor total, Map<String, Tensor> parts) {}

    /// Vectors of the teacher for a batch: s and t, `[batch, dimension]`, detached.
    record Relations(Tensor source, Tensor target) {}

    private final TrainConfig.Loss config;
    private final WordAlignmentLoss words;
    private final Optional<Tensor> teacherScale;
    private final Optional<Tensor> studentScale;

    /// @param teacherScale of the cosines in loss A, in the logarithm, where it is learnt
    /// @param studentScale the same of loss C
    Objective(TrainConfig.Loss config, Optional<Tensor> teacherScale, Optional<Tensor> studentScale) {
        this.config = config;
        this.teacherScale = teacherScale;
        this.studentScale = studentScale;
        this.words = words(config);
    }

    /// The word-level loss, which finds the transport plans.
    static WordAlignmentLoss words(TrainConfig.Loss config) {
        return new WordAlignmentLoss(
                config.transport() == TrainConfig.Transport.IPOT ? Ipot.DEFAULT : Sinkhorn.DEFAULT,
                config.temperature());
    }

    /// How many pairs of a batch, its first ones, loss B looks at; 0 without it. The order of a batch is random.
    int wordPairs(int batch) {
        if (config.b() <= 0) {
            return 0;
        }
        return config.bPairs() == 0 ? batch : Math.min(batch, config.bPairs());
    }

    boolean usesTarget() {
        return config.vt() > 0 || config.d() > 0 || config.dModal() > 0;
    }

    boolean usesSource() {
        return config.vs() > 0 || config.dModal() > 0;
    }

    /// lambda_A L_A + lambda_B L_B.
    Sum teacher(BatchEncoder.Encoded source, BatchEncoder.Encoded target) {
        Parts parts = new Parts();
        if (config.a() > 0) {
            parts.add("a", config.a(), contrast(source.sentences(), target.sentences(), teacherScale));
        }
        if (config.b() > 0) {
            Tensor b = config.words() == TrainConfig.Words.SELF_LABELLING
                    ? words.selfLabelling(source.words(), source.mask(), target.words(), target.mask())
                    : words.transportCost(source.words(), source.mask(), target.words(), target.mask());
            parts.add("b", config.b(), b);
        }
        return parts.sum();
    }

    /// L_C, with both of its parts.
    void contrastive(Parts parts, Tensor vision, Optional<Tensor> source, Optional<Tensor> target) {
        if (config.vt() > 0 && target.isPresent()) {
            parts.add("vt", config.vt(), contrast(vision, target.get(), studentScale));
        }
        if (config.vs() > 0 && source.isPresent()) {
            parts.add("vs", config.vs(), contrast(vision, source.get(), studentScale));
        }
    }

    /// lambda_D L_D: s_i describes v_i, so the teacher's (s_i, t_j) tells what (v_i, t_j) ought to be.
    ///
    /// @param ramp 0 to 1
    void distillation(
            Parts parts,
            Relations teacher,
            Tensor vision,
            Optional<Tensor> source,
            Optional<Tensor> target,
            double ramp) {
        if (config.d() > 0 && target.isPresent()) {
            parts.add(
                    "d",
                    config.d() * ramp,
                    RelationalDistillation.loss(
                            teacher.source().matmul(teacher.target().t()),
                            vision.matmul(target.get().t()),
                            config.dTemperature()));
        }
        if (config.dModal() > 0 && target.isPresent() && source.isPresent()) {
            Tensor texts = RelationalDistillation.inModal(
                    teacher.target().matmul(teacher.target().t()),
                    target.get().matmul(target.get().t()),
                    config.dTemperature());
            Tensor images = RelationalDistillation.inModal(
                    teacher.source().matmul(teacher.source().t()), vision.matmul(vision.t()), config.dTemperature());
            parts.add("d_modal", config.dModal() * ramp, texts.add(images));
        }
    }

    /// L_D on texts alone.
    void textDistillation(Parts parts, Relations teacher, Tensor source, Tensor target) {
        parts.add(
                "d_text",
                config.dText(),
                RelationalDistillation.loss(
                        teacher.source().matmul(teacher.target().t()),
                        source.matmul(target.t()),
                        config.dTemperature()));
    }

    private Tensor contrast(Tensor x, Tensor y, Optional<Tensor> scale) {
        if (config.negatives() == TrainConfig.Negatives.HARDEST) {
            return HardestNegativeLoss.loss(x, y, config.margin());
        }
        return scale.map(learnt -> ContrastiveLoss.infoNce(x, y, learnt))
                .orElseGet(() -> ContrastiveLoss.infoNce(x, y, config.temperature()));
    }

    /// Adds up.
    static final class Parts {
        private final List<Tensor> weighted = new ArrayList<>();
        private final Map<String, Tensor> parts = new LinkedHashMap<>();

        void add(String name, double weight, Tensor loss) {
            weighted.add(loss.mul(Tensors.scalar(weight)));
            parts.put(name, loss);
        }

        void add(Sum sum) {
            weighted.add(sum.total());
            parts.putAll(sum.parts());
        }

        Sum sum() {
            Tensor total = weighted.stream().reduce(Tensor::add).orElseThrow();
            return new Sum(total, parts);
        }
    }
}
