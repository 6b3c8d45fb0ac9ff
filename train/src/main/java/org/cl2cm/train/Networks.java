package org.cl2cm.train;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.cl2cm.model.nn.BertConfig;
import org.cl2cm.model.nn.CrossLingualNetwork;
import org.cl2cm.model.nn.CrossModalNetwork;
import org.cl2cm.model.nn.FusionNetwork;
import org.cl2cm.model.nn.Parameters;
import org.cl2cm.model.nn.TextTower;
import org.cl2cm.model.nn.VisionTower;
import org.cl2cm.model.nn.Weights;
import org.cl2cm.train.optim.AdamW;

/// Teacher and student with their parameters, and what only training needs.
final class Networks {
    /// The discriminator of NRCCR.
    static final String DISCRIMINATOR = "discriminator";

    private static final String TEXT = "text.";
    private static final String LOG_SCALE = "objective.log_scale";

    private final TrainConfig config;
    private final Parameters teacherParameters;
    private final Parameters studentParameters;
    private final Optional<CrossLingualNetwork> teacher;
    private final CrossModalNetwork student;
    private final Parameters auxiliaryParameters;
    private final Optional<Momentum> momentum;
    private final Parameters rerankerParameters;
    private final Optional<FusionNetwork> reranker;

    Networks(TrainConfig config, BertConfig bert, Weights weights, int features) throws IOException {
        this.config = config;
        TextTower.Config text = config.text().tower(config.dimension());
        teacherParameters = new Parameters(config.seed());
        studentParameters = new Parameters(config.seed());
        if (config.loss().learnTemperature()) {
            double start = -Math.log(config.loss().temperature());
            teacherParameters.constant(LOG_SCALE, start, 1);
            studentParameters.constant(LOG_SCALE, start, 1);
        }
        VisionTower.Config vision = config.vision().tower(features, config.dimension());
        student = new CrossModalNetwork(
                new VisionTower(vision, studentParameters, "vision."),
                new TextTower(text, bert, weights, studentParameters, TEXT));
        if (config.teacher().schedule() == TrainConfig.Schedule.NONE) {
            teacher = Optional.empty();
        } else if (config.teacher().shared()) {
            teacher = Optional.of(new CrossLingualNetwork(student.text()));
            studentParameters.all().forEach((name, tensor) -> {
                if (name.startsWith(TEXT)) {
                    teacherParameters.alias(name, tensor);
                }
            });
        } else {
            teacher = Optional.of(new CrossLingualNetwork(new TextTower(text, bert, weights, teacherParameters, TEXT)));
        }
        auxiliaryParameters = new Parameters(config.seed());
        if (config.objective() == TrainConfig.Method.NRCCR && config.nrccr().language() > 0) {
            auxiliaryParameters.constant(
                    DISCRIMINATOR + ".weight", 0, 1, config.text().headWidth(bert.hidden()));
            auxiliaryParameters.constant(DISCRIMINATOR + ".bias", 0, 1);
        }
        if (config.momentum().weight() > 0) {
            Parameters copied = new Parameters(config.seed());
            CrossModalNetwork copy = new CrossModalNetwork(
                    new VisionTower(vision, copied, "vision."), new TextTower(text, bert, weights, copied, TEXT));
            copied.all().forEach((name, tensor) -> auxiliaryParameters.share("momentum." + name, tensor));
            momentum = Optional.of(new Momentum(
                    config.momentum(), copy, copied, studentParameters, auxiliaryParameters, config.dimension()));
        } else {
            momentum = Optional.empty();
        }
        rerankerParameters = new Parameters(config.seed());
        reranker = config.rerank().layers() == 0
                ? Optional.empty()
                : Optional.of(new FusionNetwork(
                        config.rerank().network(config.text().headWidth(bert.hidden()), config.dimension()),
                        rerankerParameters,
                        ""));
    }

    Optional<CrossLingualNetwork> teacher() {
        return teacher;
    }

    CrossModalNetwork student() {
        return student;
    }

    /// Those of a shared text encoder are the student's as well.
    Parameters teacherParameters() {
        return teacherParameters;
    }

    Parameters studentParameters() {
        return studentParameters;
    }

    /// What helps to train the student and is not part of the model: a discriminator, a momentum
    /// encoder and its queue.
    Parameters auxiliaryParameters() {
        return auxiliaryParameters;
    }

    Optional<Momentum> momentum() {
        return momentum;
    }

    /// What sorts the best images of a text anew, where the run trains it.
    Optional<FusionNetwork> reranker() {
        return reranker;
    }

    Parameters rerankerParameters() {
        return rerankerParameters;
    }

    /// What the teacher's cosines are multiplied with in its contrastive loss, in the logarithm, where
    /// it is learnt.
    Optional<Tensor> teacherScale() {
        return Optional.ofNullable(teacherParameters.all().get(LOG_SCALE));
    }

    /// The same of the student.
    Optional<Tensor> studentScale() {
        return Optional.ofNullable(studentParameters.all().get(LOG_SCALE));
    }

    /// Gives the student's text tower the values of the teacher's.
    void startStudentFromTeacher() {
        try (NoGradGuard _ = new NoGradGuard()) {
            teacherParameters.all().forEach((name, tensor) -> {
                if (!name.equals(LOG_SCALE)) {
                    studentParameters.get(name).copy_(tensor);
                }
            });
        }
    }

    /// The groups of an optimizer: one for each learning rate, with and without weight decay. What
    /// teacher and student share goes with the student's.
    List<AdamW.Group> groups(Parameters parameters, String prefix) {
        Map<String, Map<String, Tensor>> members = new LinkedHashMap<>();
        Map<String, double[]> settings = new LinkedHashMap<>();
        parameters.all().forEach((name, tensor) -> {
            boolean students = config.teacher().shared() && parameters == teacherParameters && name.startsWith(TEXT);
            if (!tensor.requires_grad() || students) {
                return;
            }
            double rate = rate(name);
            double decay = tensor.dim() > 1 ? config.train().weightDecay() : 0;
            String key = prefix + rate + (decay > 0 ? ".decay" : ".plain");
            members.computeIfAbsent(key, none -> new LinkedHashMap<>()).put(name, tensor);
            settings.put(key, new double[] {rate, decay});
        });
        List<AdamW.Group> groups = new ArrayList<>();
        members.forEach((key, tensors) -> {
            double[] setting = settings.getOrDefault(key, new double[2]);
            groups.add(new AdamW.Group(key, tensors, setting[0], setting[1]));
        });
        return groups;
    }

    /// The factor on the learning rate: less for pre-trained layers, and the less the deeper they lie.
    private double rate(String name) {
        String layer = "text.encoder.layer.";
        if (!name.startsWith(layer)) {
            return 1;
        }
        int number = Integer.parseInt(name.substring(layer.length(), name.indexOf('.', layer.length())));
        int below = config.text().depth() - 1 - number;
        return config.train().layerRate() * Math.pow(config.train().layerDecay(), below);
    }
}
