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
        this.steps = new Steps(config, networks, run, clock);
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
            state = studentStage(state, optimizer);
        } else if (state.stage().equals(TrainerState.STUDENT)) {
            if (resumed.isEmpty()) {
                networks.momentum().ifPresent(Momentum::start);
            }
            AdamW optimizer = optimizer(config.teacher().schedule() == TrainConfig.Schedule.JOINT, true);
            run.restore(optimizer);
            state = studentStage(state, optimizer);
        }
        return networks.reranker().isEmpty() ? state : rerankerStage(state, resumed);
    }

    private void teacherStage(TrainerState state) throws IOException {
        if (config.teacher().from().isEmpty()) {
            AdamW optimizer = optimizer(true, false);
            run.restore(optimizer);
            steps.through(new TeacherStage(), state, optimizer);
        } else {
            run.takeTeacher(networks);
        }
        if (config.teacher().startStudent()) {
            networks.startStudentFromTeacher();
        }
        networks.momentum().ifPresent(Momentum::start);
    }

    private TrainerState studentStage(TrainerState state, AdamW optimizer) throws IOException {
        freezeTeacher();
        TrainerState end = steps.through(new StudentStage(), state, optimizer);
        run.finish(networks);
        return end;
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
        TrainerState end;
        try (PointerScope _ = new PointerScope()) {
            Stage stage = new Reranking(config, data, features, encoder, networks, validation, run, clock);
            end = steps.through(stage, start, optimizer);
        }
        run.finishReranker(networks);
        return end;
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

    /// The teacher alone, on pairs and parallel text.
    private final class TeacherStage implements Stage {
        private final CrossLingualNetwork teacher = networks.teacher().orElseThrow();

        @Override
        public int number() {
            return 1;
        }

        @Override
        public int epochs() {
            return config.teacher().epochs();
        }

        @Override
        public double rate() {
            return config.train().rate();
        }

        @Override
        public List<List<Triplet>> batches(int epoch) {
            return data.epoch(config.seed(), epoch, config.train().batch(), 0);
        }

        @Override
        public LossParts.Sum loss(List<Triplet> batch, Place place, Random random) {
            boolean parallel = random.nextDouble() < config.teacher().parallelShare();
            return teach(
                    teacher,
                    parallel ? data.parallelBatch(random, config.train().batch()) : batch,
                    random);
        }

        @Override
        public TrainerState endEpoch(TrainerState state) throws IOException {
            Map<String, Double> scores = validation.teacher(teacher);
            clock.stop("valid");
            run.logEpoch(state, scores, clock);
            return state;
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

    /// The student, and with it a joint teacher.
    private final class StudentStage implements Stage {
        @Override
        public int number() {
            return 2;
        }

        @Override
        public int epochs() {
            return config.train().epochs();
        }

        @Override
        public double rate() {
            return config.train().rate();
        }

        @Override
        public List<List<Triplet>> batches(int epoch) {
            return data.epoch(
                    config.seed(), epoch, config.train().batch(), config.train().parallelShare());
        }

        @Override
        public LossParts.Sum loss(List<Triplet> batch, Place place, Random random) {
            return batch.getFirst().item() < 0 ? textLoss(batch, random) : studentLoss(batch, place, random);
        }

        /// The momentum encoder follows the student, and the batch goes into its queue.
        @Override
        public void follow() {
            following.ifPresent(batch -> networks.momentum().orElseThrow().follow(batch));
            following = Optional.empty();
        }

        @Override
        public TrainerState endEpoch(TrainerState state) throws IOException {
            Validation.Scores scores = validation.student(networks.student());
            clock.stop("valid");
            run.logEpoch(state, scores.values(), clock);
            if (config.train().keep() == TrainConfig.Keep.LAST || scores.selection() > state.best()) {
                run.keepBest(networks);
                return state.withBest(scores.selection(), state.epoch());
            }
            return state;
        }

        /// Nothing was gained for long.
        @Override
        public boolean isSettled(TrainerState state) {
            int patience = config.train().patience();
            return patience > 0 && state.bestEpoch() > 0 && state.epoch() - state.bestEpoch() >= patience;
        }
    }

    /// L = L_C + lambda_A L_A + lambda_B L_B + lambda_D L_D, or what another objective adds up.
    private LossParts.Sum studentLoss(List<Triplet> batch, Stage.Place place, Random random) {
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
                parts,
                new StudentBatch(
                        batch, images, vision, texts, relations, momentum, ramp(place), place.progress(), random));
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

    private double ramp(Stage.Place place) {
        double epochs = config.loss().dRamp();
        return epochs <= 0 ? 1 : Math.min(1, (place.step() + 1) / (epochs * place.batches()));
    }
}
