package org.cl2cm.train;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.cl2cm.data.AtomicFile;
import org.cl2cm.data.DataException;
import org.cl2cm.data.ProgressListener;
import org.cl2cm.model.Safetensors;
import org.cl2cm.model.nn.TensorFile;
import org.cl2cm.model.nn.Tensors;
import org.cl2cm.train.log.JsonLinesLog;
import org.cl2cm.train.log.TensorBoardLog;
import org.cl2cm.train.optim.AdamW;

/// The folder of a training run: its configuration, checkpoints, logs, best weights.
///
/// ```text
/// config.yaml                     every key
/// checkpoint/N/                   see Checkpoint
/// best.safetensors                the student of the best epoch
/// best-reranker.safetensors       its re-ranker, where there is one
/// log.jsonl, events.out.tfevents* losses, scores, times
/// lock                            held by the process that trains
/// ```
final class Run implements AutoCloseable {
    private static final ObjectMapper JSON = JsonMapper.builder().build();
    private static final int LOG_EVERY = 20;
    private static final String BEST = "best.safetensors";
    private static final String DONE = "done.json";
    private static final String WEIGHT = "weight";

    private final Path folder;
    private final TrainConfig config;
    private final String configText;
    private final ProgressListener progress;
    private final java.util.function.Consumer<String> messages;
    private final RunLock lock;
    private final JsonLinesLog log;
    private final TensorBoardLog board;
    private Optional<Checkpoint> resumed = Optional.empty();
    private Map<String, Long> resumedSteps = Map.of();
    private long lastCheckpoint = System.nanoTime();
    private long lastLog = System.nanoTime();
    private long captions;
    private String lastScores = "";

    private Run(
            Path folder,
            TrainConfig config,
            String configText,
            ProgressListener progress,
            java.util.function.Consumer<String> messages,
            RunLock lock)
            throws IOException {
        this.folder = folder;
        this.config = config;
        this.configText = configText;
        this.progress = progress;
        this.messages = messages;
        this.lock = lock;
        this.log = new JsonLinesLog(folder.resolve("log.jsonl"));
        this.board = new TensorBoardLog(folder);
    }

    /// Sees whether a run with these settings can start or go on in the folder; changes nothing.
    ///
    /// @param resume whether an earlier run in the folder goes on; otherwise the folder must hold none
    static void check(Path folder, TrainConfig config, boolean resume) throws IOException {
        Path file = folder.resolve("config.yaml");
        if (!Files.exists(file)) {
            return;
        }
        if (!resume) {
            throw DataException.in(folder, "holds a run already: add --resume auto to go on, or name another folder");
        }
        // Read with the defaults of today, so that a key that came with a later version is no difference.
        Optional<String> difference = ConfigFile.difference(ConfigFile.read(Optional.of(file), List.of()), config);
        if (difference.isPresent()) {
            throw DataException.in(
                    file,
                    "the run was started with other settings (" + difference.get()
                            + "): give the same ones, or name another folder");
        }
    }

    /// Starts a run or goes on with the one in the folder, see [#check].
    ///
    /// @throws DataException when another process trains in the folder
    static Run open(
            Path folder,
            TrainConfig config,
            boolean resume,
            ProgressListener progress,
            java.util.function.Consumer<String> messages)
            throws IOException {
        check(folder, config, resume);
        Files.createDirectories(folder);
        RunLock lock = RunLock.take(folder);
        try {
            // Another process may have started a run here since the first look.
            check(folder, config, resume);
            String text = ConfigFile.write(config);
            Path file = folder.resolve("config.yaml");
            if (!Files.exists(file)) {
                AtomicFile.write(file, text);
            }
            return new Run(folder, config, text, progress, messages, lock);
        } catch (IOException | RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    /// @param student where it ended
    TrainerState startReranking(TrainerState student) {
        return TrainerState.reranking(student, configText);
    }

    TrainerState start(String stage) {
        return TrainerState.start(stage, configText);
    }

    /// Loads weights of the last checkpoint.
    Optional<TrainerState> resume(Networks networks) throws IOException {
        Optional<Checkpoint> last = Checkpoint.last(folder);
        if (last.isEmpty()) {
            return Optional.empty();
        }
        Checkpoint from = last.get();
        TrainerState state = from.state();
        from.loadStudent(networks);
        from.loadAuxiliary(networks);
        from.loadReranker(networks);
        if (networks.teacher().isPresent()) {
            from.loadTeacher(networks);
        }
        resumed = last;
        resumedSteps = state.optimizerSteps();
        log.resumeAt(state.position());
        messages.accept("resumes: " + state.stage() + ", epoch " + (state.epoch() + 1) + ", step " + state.step());
        return Optional.of(state);
    }

    /// Gives the networks the teacher of another run, `teacher.from`.
    void takeTeacher(Networks networks) throws IOException {
        Path from = Path.of(config.teacher().from());
        teacherOf(from).loadTeacher(networks);
        messages.accept("takes the teacher of " + from);
    }

    /// Sees whether the teacher of `teacher.from` is there, has been trained to the end, and fits;
    /// loads nothing.
    static void checkTeacher(TrainConfig config) throws IOException {
        Path from = Path.of(config.teacher().from());
        teacherOf(from);
        Path file = from.resolve("config.yaml");
        TrainConfig other = ConfigFile.read(Optional.of(file), List.of());
        if (!other.text().sameNetwork(config.text())
                || other.dimension() != config.dimension()
                || (config.loss().learnTemperature() && !other.loss().learnTemperature())) {
            throw DataException.in(
                    file,
                    "key \"teacher.from\": the teacher of that run is another network: the keys under \"text\","
                            + " \"dimension\" and \"loss.learn_temperature\" must be the same, dropout excepted");
        }
    }

    private static Checkpoint teacherOf(Path run) throws IOException {
        Checkpoint last = Checkpoint.last(run)
                .orElseThrow(() -> DataException.in(run, "key \"teacher.from\": no run with a checkpoint is there"));
        if (!last.hasTeacher() || last.state().stage().equals(TrainerState.TEACHER)) {
            throw DataException.in(run, "key \"teacher.from\": that run has no teacher that is trained to the end");
        }
        return last;
    }

    /// Gives the networks those of another run, `rerank.from`.
    ///
    /// @return where that run's student ended
    TrainerState takeNetworks(Networks networks) throws IOException {
        Path from = Path.of(config.rerank().from());
        Checkpoint last = Checkpoint.last(from).orElseThrow();
        Checkpoint.load(from.resolve(BEST), networks.studentParameters());
        if (networks.teacher().isPresent() && last.hasTeacher()) {
            last.loadTeacher(networks);
        }
        messages.accept("takes the networks of " + from);
        return last.state().ofStudent();
    }

    /// Sees whether the run of `rerank.from` has ended, and with networks that fit; loads nothing.
    ///
    /// @param features length of the image features
    static void checkNetworks(TrainConfig config, int features) throws IOException {
        Path from = Path.of(config.rerank().from());
        if (!Files.exists(from.resolve(DONE))
                || !Files.exists(from.resolve(BEST))
                || Checkpoint.last(from).isEmpty()) {
            throw DataException.in(from, "key \"rerank.from\": no run that has ended is there");
        }
        Path file = from.resolve("config.yaml");
        TrainConfig other = ConfigFile.read(Optional.of(file), List.of());
        int dimension = config.dimension();
        if (!other.text().sameNetwork(config.text())
                || !other.vision()
                        .tower(features, other.dimension())
                        .equals(config.vision().tower(features, dimension))
                || other.dimension() != dimension
                || other.loss().learnTemperature() != config.loss().learnTemperature()
                || (config.teacher().schedule() != TrainConfig.Schedule.NONE
                        && other.teacher().schedule() == TrainConfig.Schedule.NONE)) {
            throw DataException.in(
                    file,
                    "key \"rerank.from\": that run has other networks: the keys under \"text\" (dropout excepted) and"
                            + " \"vision\", \"dimension\", \"teacher.schedule\" and \"loss.learn_temperature\" must be"
                            + " the same");
        }
    }

    /// Loads the optimizer's state of the checkpoint that was resumed from.
    void restore(AdamW optimizer) throws IOException {
        if (resumed.isPresent()) {
            resumed.get().loadOptimizer(optimizer, resumedSteps.getOrDefault("steps", 0L));
        }
    }

    void checkpointWhenDue(Networks networks, AdamW optimizer, TrainerState state) throws IOException {
        double minutes = (System.nanoTime() - lastCheckpoint) / 60e9;
        if (state.step() % config.train().accumulate() == 0
                && minutes >= config.train().checkpointMinutes()) {
            checkpoint(networks, optimizer, state);
        }
    }

    /// @throws DataException when it cannot be written, for example on a full disk; the one before is
    ///     whole then, and nothing of the new one is left
    void checkpoint(Networks networks, AdamW optimizer, TrainerState state) throws IOException {
        lastCheckpoint = System.nanoTime();
        log.force();
        Checkpoint.write(folder, networks, optimizer, state);
    }

    void keepBest(Networks networks) throws IOException {
        TensorFile.write(best(), networks.studentParameters().all(), Map.of());
    }

    Path best() {
        return folder.resolve(BEST);
    }

    /// @param weight of its logits beside the cosines
    void keepBestReranker(Networks networks, double weight) throws IOException {
        TensorFile.write(bestReranker(), networks.rerankerParameters().all(), Map.of(WEIGHT, Double.toString(weight)));
    }

    private Path bestReranker() {
        return folder.resolve("best-reranker.safetensors");
    }

    /// Gives the re-ranker its best weights.
    void finishReranker(Networks networks) throws IOException {
        Checkpoint.load(bestReranker(), networks.rerankerParameters());
    }

    /// What the logits of the re-ranker are worth beside the cosines, as validation chose it.
    double rerankerWeight() throws IOException {
        try (Safetensors file = Safetensors.open(bestReranker())) {
            return Double.parseDouble(file.metadata().getOrDefault(WEIGHT, "0"));
        }
    }

    Path folder() {
        return folder;
    }

    void logStep(TrainerState state, LossParts.Sum loss, AdamW optimizer, StepClock clock, int batches, int epochs) {
        captions += config.train().batch();
        boolean due = state.step() % LOG_EVERY == 0;
        if (!due) {
            return;
        }
        Map<String, Object> record = new LinkedHashMap<>();
        record.put("position", state.position());
        record.put("stage", state.stage());
        record.put("step", state.step());
        record.put("loss", Tensors.scalar(loss.total()));
        StringBuilder text =
                new StringBuilder(String.format(java.util.Locale.ROOT, "loss %.4f", Tensors.scalar(loss.total())));
        for (Map.Entry<String, Tensor> part : loss.parts().entrySet()) {
            double value = Tensors.scalar(part.getValue());
            record.put("loss_" + part.getKey(), value);
            text.append(String.format(java.util.Locale.ROOT, " %s %.4f", part.getKey(), value));
        }
        double seconds = (System.nanoTime() - lastLog) / 1e9;
        lastLog = System.nanoTime();
        record.put("norm", optimizer.lastNorm());
        record.put("captions_per_second", Math.round(captions / seconds));
        record.put("resident_mb", Memory.residentMegabytes());
        record.put("seconds", clock.take());
        text.append(", ")
                .append(Math.round(captions / seconds))
                .append(" captions/s, ")
                .append(Memory.residentMegabytes())
                .append(" MB");
        captions = 0;
        write(record, state);
        progress.update(state.step(), (long) batches * epochs, state.stage() + " " + text + lastScores);
    }

    void logEpoch(TrainerState state, Map<String, Double> scores, StepClock clock) {
        Map<String, Object> record = new LinkedHashMap<>();
        record.put("position", state.position());
        record.put("stage", state.stage());
        record.put("epoch", state.epoch());
        record.put("valid", scores);
        record.put("seconds", clock.take());
        write(record, state);
        lastScores = ", valid " + scores;
        messages.accept(state.stage() + " epoch " + state.epoch() + ": " + scores);
    }

    private void write(Map<String, Object> record, TrainerState state) {
        try {
            log.append(state.position(), record);
            for (Map.Entry<String, Object> entry : record.entrySet()) {
                if (entry.getValue() instanceof Double value) {
                    board.scalar(state.stage() + "/" + entry.getKey(), state.step(), value);
                } else if (entry.getValue() instanceof Map<?, ?> values) {
                    for (Map.Entry<?, ?> value : values.entrySet()) {
                        if (value.getValue() instanceof Double number) {
                            board.scalar(
                                    state.stage() + "/" + entry.getKey() + "/" + value.getKey(), state.step(), number);
                        }
                    }
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void warn(String message) {
        messages.accept("warning: " + message);
    }

    /// Says how the run went, in `done.json`: its presence means that the run has ended. A run that had
    /// ended before keeps what it said, since going on with it trained nothing.
    ///
    /// @param seconds of what is not in the log: the cache and the test
    void done(TrainerState state, Map<String, Double> seconds) throws IOException {
        Map<String, Object> facts = new LinkedHashMap<>();
        TrainerState student = state.ofStudent();
        facts.put("best", student.best());
        facts.put("best_epoch", student.bestEpoch());
        facts.put("epochs", student.epoch());
        facts.put("seconds", seconds);
        facts.put("peak_mb", Memory.peakMegabytes());
        Path file = folder.resolve(DONE);
        if (Files.exists(file)) {
            return;
        }
        AtomicFile.write(file, out -> out.write(JSON.writeValueAsBytes(facts)));
    }

    /// Gives the student its best weights.
    void finish(Networks networks) throws IOException {
        if (!Files.exists(best())) {
            keepBest(networks);
        }
        Checkpoint.load(best(), networks.studentParameters());
    }

    @Override
    public void close() throws IOException {
        try (lock) {
            log.close();
            board.close();
        }
    }
}
