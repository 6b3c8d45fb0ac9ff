package org.cl2cm.train;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.cl2cm.model.nn.CrossLingualNetwork;
import org.cl2cm.model.nn.CrossModalNetwork;
import org.cl2cm.model.nn.TextTower;
import org.cl2cm.model.nn.VisionTower;
import org.cl2cm.train.optim.AdamW;
import org.cl2cm.train.optim.LearningRate;

/// The training loop of CL2CM.
///
/// ```text
/// two-stage: the teacher learns L_A and L_B from pairs and parallel text;
///            it is frozen; the student learns L_C + L_D
/// joint:     every step adds up L_A, L_B, L_C and L_D;
///            no gradient of L_D reaches the teacher
/// none:      the student alone learns L_C (base, base+)
/// ```
///
/// A re-ranker, where there is one, learns when the student has ended, see [Reranking].
final class Trainer {
    private final TrainConfig config;
    private final TrainingSet data;
    private final ImageFeatures features;
    private final BatchEncoder encoder;
    private final Networks networks;
    private final TeacherLoss teacherLoss;
    private final Objective objective;
    private final Validation validation;
    private final Run run;
    private final StepClock clock = new StepClock();
    private final Steps steps;
    private Optional<TeacherVectors> frozenTeacher = Optional.empty();
    private Optional<Momentum.Vectors> following = Optional.empty();

    Trainer(
            TrainConfig config,
            TrainingSet data,
            ImageFeatures features,
            BatchEncoder encoder,
            Networks networks,
            Validation validation,
            List<Term> terms,
            Run run) {
        this.config = config;
        this.data = data;
        this.features = features;
        this.encoder = encoder;
        this.networks = networks;
        this.teacherLoss = new TeacherLoss(config.loss(), new Contrast(config.loss(), networks.teacherScale()));
        this.objective = Objective.of(config, networks, encoder, terms);
        this.validation = validation;
        this.run = run;
        this.steps = new Steps(config, run, clock);
    }

    /// Trains to the end, from the run's last checkpoint when it has one.
    ///
    /// @return where it ended; the student then has its best weights, and so has a re-ranker
    TrainerState train() throws IOException {
        Optional<TrainerState> resumed = run.resume(networks);
        TrainerState state = resumed.orElseGet(() -> run.start(config.firstStage()));
        if (state.stage().equals(TrainerState.TEACHER)) {
            teacherStage(state);
            AdamW optimizer = optimizer(false, true);
            state = run.start(TrainerState.STUDENT);
            run.checkpoint(networks, optimizer, state);
            freezeTeacher();
            state = trainStudent(state, optimizer);
        } else if (state.stage().equals(TrainerState.STUDENT)) {
            if (resumed.isEmpty()) {
                networks.momentum().ifPresent(Momentum::start);
            }
            AdamW optimizer = optimizer(config.teacher().schedule() == TrainConfig.Schedule.JOINT, true);
            run.restore(optimizer);
            freezeTeacher();
            state = trainStudent(state, optimizer);
        }
        return networks.reranker().isEmpty() ? state : rerankerStage(state, resumed);
    }

    private void teacherStage(TrainerState state) throws IOException {
        if (config.teacher().from().isEmpty()) {
            AdamW optimizer = optimizer(true, false);
            run.restore(optimizer);
            trainTeacher(state, optimizer);
        } else {
            run.takeTeacher(networks);
        }
        if (config.teacher().startStudent()) {
            networks.startStudentFromTeacher();
        }
        networks.momentum().ifPresent(Momentum::start);
    }

    /// @param state where the student ended, or where the re-ranker stands
    /// @param resumed where the run was taken up
    private TrainerState rerankerStage(TrainerState state, Optional<TrainerState> resumed) throws IOException {
        AdamW optimizer = new AdamW(networks.groups(networks.rerankerParameters(), "reranker."));
        TrainerState start = state;
        if (resumed.filter(before -> before.stage().equals(TrainerState.RERANK)).isPresent()) {
            run.restore(optimizer);
        } else {
            start = run.startReranking(config.rerank().from().isEmpty() ? state : run.takeNetworks(networks));
            run.checkpoint(networks, optimizer, start);
        }
        return new Reranking(config, data, features, encoder, networks, validation, run, steps).train(start, optimizer);
    }

    private AdamW optimizer(boolean teacher, boolean student) {
        List<AdamW.Group> groups = new ArrayList<>();
        if (teacher) {
            groups.addAll(networks.groups(networks.teacherParameters(), "teacher."));
        }
        if (student) {
            groups.addAll(networks.groups(networks.studentParameters(), "student."));
            groups.addAll(networks.groups(networks.auxiliaryParameters(), "auxiliary."));
        }
        return new AdamW(groups);
    }

    private void freezeTeacher() {
        if (config.teacher().schedule() == TrainConfig.Schedule.TWO_STAGE) {
            CrossLingualNetwork teacher = networks.teacher().orElseThrow();
            frozenTeacher = config.loss().distils()
                    ? Optional.of(TeacherVectors.of(
                            teacher, encoder, data.texts(config.train().parallelShare() > 0)))
                    : Optional.empty();
        }
    }

    // ---- the teacher's stage

    private void trainTeacher(TrainerState start, AdamW optimizer) throws IOException {
        CrossLingualNetwork teacher = networks.teacher().orElseThrow();
        TrainerState state = start;
        while (state.epoch() < config.teacher().epochs()) {
            List<List<Triplet>> batches =
                    data.epoch(config.seed(), state.epoch(), config.train().batch(), 0);
            LearningRate rate =
                    steps.rate((long) batches.size() * config.teacher().epochs());
            while (state.batch() < batches.size()) {
                List<Triplet> batch = batches.get(state.batch());
                Random random = steps.seed(1, state.step());
                if (random.nextDouble() < config.teacher().parallelShare()) {
                    batch = data.parallelBatch(random, config.train().batch());
                }
                try (PointerScope _ = new PointerScope()) {
                    clock.start();
                    LossParts.Sum loss = teach(teacher, batch, random);
                    steps.update(loss, optimizer, config.train().rate() * rate.at(state.step()), state.step());
                    state = state.afterBatch(batches.size());
                    run.logStep(
                            state,
                            loss,
                            optimizer,
                            clock,
                            batches.size(),
                            config.teacher().epochs());
                }
                if (state.batch() == 0) {
                    clock.start();
                    Map<String, Double> scores = validation.teacher(teacher);
                    clock.stop("valid");
                    run.logEpoch(state, scores, clock);
                    run.checkpoint(networks, optimizer, state);
                    break;
                }
                run.checkpointWhenDue(networks, optimizer, state);
            }
        }
    }

    private LossParts.Sum teach(CrossLingualNetwork teacher, List<Triplet> batch, Random random) {
        List<String> texts = Stream.concat(
                        batch.stream().map(Triplet::source), batch.stream().map(Triplet::target))
                .toList();
        int n = batch.size();
        int pairs = teacherLoss.wordPairs(n);
        int[] wanted = IntStream.concat(IntStream.range(0, pairs), IntStream.range(n, n + pairs))
                .toArray();
        BatchEncoder.Encoded both = encoder.words(teacher.text(), texts, wanted, random);
        clock.stop("teacher");
        return teacherLoss.of(half(both, 0, n, pairs), half(both, 1, n, pairs));
    }

    private static BatchEncoder.Encoded half(BatchEncoder.Encoded both, int which, int texts, int withWords) {
        int word = which * withWords;
        return new BatchEncoder.Encoded(
                both.sentences().narrow(0, (long) which * texts, texts),
                both.words().narrow(0, word, withWords),
                both.mask().narrow(0, word, withWords),
                Arrays.copyOfRange(both.lengths(), word, word + withWords));
    }

    // ---- the student's stage; with a joint teacher both learn in it

    private TrainerState trainStudent(TrainerState start, AdamW optimizer) throws IOException {
        TrainerState state = start;
        while (state.epoch() < config.train().epochs() && !stale(state)) {
            List<List<Triplet>> batches = data.epoch(
                    config.seed(),
                    state.epoch(),
                    config.train().batch(),
                    config.train().parallelShare());
            LearningRate rate =
                    steps.rate((long) batches.size() * config.train().epochs());
            while (state.batch() < batches.size()) {
                try (PointerScope _ = new PointerScope()) {
                    clock.start();
                    Random random = steps.seed(2, state.step());
                    double ramp = ramp(state.step(), batches.size());
                    double progress = (double) state.step()
                            / ((long) batches.size() * config.train().epochs());
                    List<Triplet> batch = batches.get(state.batch());
                    LossParts.Sum loss = batch.getFirst().item() < 0
                            ? textLoss(batch, random)
                            : studentLoss(batch, ramp, progress, random);
                    steps.update(loss, optimizer, config.train().rate() * rate.at(state.step()), state.step());
                    follow();
                    state = state.afterBatch(batches.size());
                    run.logStep(
                            state,
                            loss,
                            optimizer,
                            clock,
                            batches.size(),
                            config.train().epochs());
                }
                if (state.batch() == 0) {
                    state = endEpoch(state);
                    run.checkpoint(networks, optimizer, state);
                    break;
                }
                run.checkpointWhenDue(networks, optimizer, state);
            }
        }
        run.finish(networks);
        return state;
    }

    private boolean stale(TrainerState state) {
        int patience = config.train().patience();
        return patience > 0 && state.bestEpoch() > 0 && state.epoch() - state.bestEpoch() >= patience;
    }

    private TrainerState endEpoch(TrainerState state) throws IOException {
        clock.start();
        Validation.Scores scores = validation.student(networks.student());
        clock.stop("valid");
        run.logEpoch(state, scores.values(), clock);
        if (config.train().keep() == TrainConfig.Keep.LAST || scores.selection() > state.best()) {
            run.keepBest(networks);
            return state.withBest(scores.selection(), state.epoch());
        }
        return state;
    }

    /// L = L_C + lambda_A L_A + lambda_B L_B + lambda_D L_D, or what another objective adds up.
    private LossParts.Sum studentLoss(List<Triplet> batch, double ramp, double progress, Random random) {
        CrossModalNetwork student = networks.student();
        List<String> sources = batch.stream().map(Triplet::source).toList();
        List<String> targets = batch.stream().map(Triplet::target).toList();
        VisionTower.Frames images =
                features.batch(batch.stream().mapToInt(Triplet::item).toArray());
        clock.stop("data");

        LossParts parts = new LossParts();
        Optional<StudentBatch.Relations> relations = Optional.empty();
        if (config.teacher().schedule() == TrainConfig.Schedule.JOINT) {
            TextTower teacher = networks.teacher().orElseThrow().text();
            int[] wanted =
                    IntStream.range(0, teacherLoss.wordPairs(batch.size())).toArray();
            BatchEncoder.Encoded s = encoder.words(teacher, sources, wanted, random);
            BatchEncoder.Encoded t = encoder.words(teacher, targets, wanted, random);
            parts.add(teacherLoss.of(s, t));
            relations = Optional.of(new StudentBatch.Relations(
                    s.sentences().detach(), t.sentences().detach()));
        } else if (frozenTeacher.isPresent()) {
            relations = Optional.of(frozenTeacher.get().relations(sources, targets));
        }
        clock.stop("teacher");

        Tensor vision = student.encodeVision(images, true);
        StudentTexts texts = StudentTexts.encode(objective, encoder, student.text(), batch, random);
        Optional<Momentum.Vectors> momentum = networks.momentum()
                .map(copy -> copy.encode(
                        encoder,
                        images,
                        objective.uses(Term.Input.SOURCE) ? sources : List.of(),
                        objective.uses(Term.Input.TARGET) ? targets : List.of()));
        clock.stop("student");
        objective.add(
                parts, new StudentBatch(batch, images, vision, texts, relations, momentum, ramp, progress, random));
        following = momentum;
        return parts.sum();
    }

    /// L_D on parallel text, where the source caption stands in for the image that it would describe.
    private LossParts.Sum textLoss(List<Triplet> batch, Random random) {
        List<String> sources = batch.stream().map(Triplet::source).toList();
        List<String> targets = batch.stream().map(Triplet::target).toList();
        clock.stop("data");
        StudentBatch.Relations relations = frozenTeacher.orElseThrow().relations(sources, targets);
        clock.stop("teacher");
        Tensor both = encoder.sentences(
                networks.student().text(),
                Stream.concat(sources.stream(), targets.stream()).toList(),
                random);
        clock.stop("student");
        int n = batch.size();
        LossParts parts = new LossParts();
        Distillation.ofTexts(parts, config.loss(), relations, both.narrow(0, 0, n), both.narrow(0, n, n));
        return parts.sum();
    }

    /// The momentum encoder follows the student, and the batch goes into its queue.
    private void follow() {
        following.ifPresent(batch -> networks.momentum().orElseThrow().follow(batch));
        following = Optional.empty();
    }

    private double ramp(long step, int batches) {
        double epochs = config.loss().dRamp();
        return epochs <= 0 ? 1 : Math.min(1, (step + 1) / (epochs * batches));
    }
}
