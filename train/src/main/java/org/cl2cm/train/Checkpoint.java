package org.cl2cm.train;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.cl2cm.data.AtomicFile;
import org.cl2cm.data.DataException;
import org.cl2cm.model.nn.Parameters;
import org.cl2cm.model.nn.TensorFile;
import org.cl2cm.train.optim.AdamW;

/// A checkpoint of a run: `checkpoint/N` in its folder, where N grows over the run.
///
/// ```text
/// trainer_state.json
/// teacher.safetensors student.safetensors optimizer.safetensors
/// auxiliary.safetensors           what only training needs, where there is any
/// reranker.safetensors            where the run trains one
/// ```
///
/// It is written beside its place and renamed, and the one before is removed afterwards; a kill at any
/// instant leaves a whole one.
record Checkpoint(Path folder) {
    private static final ObjectMapper JSON = JsonMapper.builder().build();
    private static final String STATE = "trainer_state.json";
    private static final String TEACHER = "teacher.safetensors";
    private static final String STUDENT = "student.safetensors";
    private static final String AUXILIARY = "auxiliary.safetensors";
    private static final String RERANKER = "reranker.safetensors";
    private static final String OPTIMIZER = "optimizer.safetensors";

    /// The last one of a run, if it has any.
    static Optional<Checkpoint> last(Path run) throws IOException {
        List<Long> all = positions(run);
        return all.isEmpty() ? Optional.empty() : Optional.of(at(run, Collections.max(all)));
    }

    /// @throws DataException when it cannot be written, for example on a full disk; the one before is
    ///     whole then, and nothing of the new one is left
    static void write(Path run, Networks networks, AdamW optimizer, TrainerState state) throws IOException {
        List<Long> before = positions(run);
        Path beside = Files.createDirectories(all(run)).resolve("part");
        delete(beside);
        try {
            writeFiles(Files.createDirectories(beside), networks, optimizer, state);
        } catch (IOException e) {
            delete(beside);
            throw new DataException(
                    e.getMessage() + "; "
                            + (before.isEmpty() ? "no checkpoint was written yet" : "the checkpoint before is whole")
                            + ": make room and go on with --resume auto",
                    e);
        }
        Path place = at(run, state.position()).folder;
        delete(place);
        Files.move(beside, place, StandardCopyOption.ATOMIC_MOVE);
        for (long old : before) {
            if (old != state.position()) {
                delete(at(run, old).folder);
            }
        }
    }

    TrainerState state() throws IOException {
        return JSON.readValue(folder.resolve(STATE).toFile(), TrainerState.class);
    }

    boolean hasTeacher() {
        return Files.exists(folder.resolve(TEACHER));
    }

    void loadTeacher(Networks networks) throws IOException {
        loadTeacher(networks.teacherParameters());
    }

    /// @param teacher takes the values
    void loadTeacher(Parameters teacher) throws IOException {
        load(folder.resolve(TEACHER), teacher);
    }

    void loadStudent(Networks networks) throws IOException {
        load(folder.resolve(STUDENT), networks.studentParameters());
    }

    void loadAuxiliary(Networks networks) throws IOException {
        if (!networks.auxiliaryParameters().all().isEmpty()) {
            load(folder.resolve(AUXILIARY), networks.auxiliaryParameters());
        }
    }

    void loadReranker(Networks networks) throws IOException {
        if (networks.reranker().isPresent()) {
            load(folder.resolve(RERANKER), networks.rerankerParameters());
        }
    }

    /// @param steps how many the optimizer had done in `stage`
    void loadOptimizer(AdamW optimizer, long steps) throws IOException {
        try (TensorFile file = TensorFile.open(folder.resolve(OPTIMIZER))) {
            for (var entry : optimizer.state().entrySet()) {
                file.copyTo(entry.getKey(), entry.getValue());
            }
        }
        optimizer.restoreSteps(steps);
    }

    /// Copies the tensors of a file over the parameters of the same names.
    static void load(Path file, Parameters parameters) throws IOException {
        try (TensorFile tensors = TensorFile.open(file)) {
            for (var entry : parameters.all().entrySet()) {
                tensors.copyTo(entry.getKey(), entry.getValue());
            }
        }
    }

    private static void writeFiles(Path to, Networks networks, AdamW optimizer, TrainerState state) throws IOException {
        TensorFile.write(to.resolve(STUDENT), networks.studentParameters().all(), Map.of());
        if (networks.teacher().isPresent()) {
            TensorFile.write(to.resolve(TEACHER), networks.teacherParameters().all(), Map.of());
        }
        if (!networks.auxiliaryParameters().all().isEmpty()) {
            TensorFile.write(
                    to.resolve(AUXILIARY), networks.auxiliaryParameters().all(), Map.of());
        }
        if (networks.reranker().isPresent()) {
            TensorFile.write(to.resolve(RERANKER), networks.rerankerParameters().all(), Map.of());
        }
        TensorFile.write(to.resolve(OPTIMIZER), optimizer.state(), Map.of());
        byte[] json = JSON.writeValueAsBytes(state.withOptimizerSteps(optimizer.steps()));
        AtomicFile.write(to.resolve(STATE), out -> out.write(json));
    }

    private static Path all(Path run) {
        return run.resolve("checkpoint");
    }

    private static Checkpoint at(Path run, long position) {
        return new Checkpoint(all(run).resolve(Long.toString(position)));
    }

    private static List<Long> positions(Path run) throws IOException {
        List<Long> positions = new ArrayList<>();
        if (Files.isDirectory(all(run))) {
            try (var listing = Files.newDirectoryStream(all(run))) {
                for (Path path : listing) {
                    String name = path.getFileName().toString();
                    if (name.chars().allMatch(Character::isDigit)) {
                        positions.add(Long.parseLong(name));
                    }
                }
            }
        }
        return positions;
    }

    private static void delete(Path folder) throws IOException {
        if (Files.isDirectory(folder)) {
            try (var listing = Files.newDirectoryStream(folder)) {
                for (Path file : listing) {
                    Files.delete(file);
                }
            }
            Files.delete(folder);
        }
    }
}
