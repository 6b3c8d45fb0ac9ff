package org.cl2cm.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Training on a disk that really runs out of space while a checkpoint is written.
class FullDiskTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    /// The optimizer of the student's stage has the vision tower too, so its checkpoints are larger.
    private static final String[] SETTINGS = {
        "teacher.schedule=two_stage", "teacher.epochs=2", "train.epochs=3", "loss.d=0.5", "vision.width=64"
    };

    @TempDir
    Path folder;

    private TinyWorld world;
    private Path undisturbed;

    @BeforeEach
    void trainUndisturbed() throws IOException {
        world = new TinyWorld(folder);
        undisturbed = folder.resolve("undisturbed");
        assertThat(Said.by((Object[]) world.train(undisturbed, SETTINGS)).exit())
                .isEqualTo(ExitCode.DONE);
    }

    private static List<String> command(String... train) {
        List<String> command = Said.java(Cl2cm.class);
        command.addAll(List.of(train));
        command.addAll(List.of("--resume", "auto"));
        return command;
    }

    /// The name of the only checkpoint.
    private static Path checkpoint(Path run) throws IOException {
        try (Stream<Path> all = Files.list(run.resolve("checkpoint"))) {
            List<Path> checkpoints = all.toList();
            assertThat(checkpoints).as("nothing half-written beside it").hasSize(1);
            return checkpoints.getFirst();
        }
    }

    private static List<String> losses(Path run) throws IOException {
        List<String> losses = new ArrayList<>();
        for (String line : Files.readAllLines(run.resolve("log.jsonl"))) {
            JsonNode node = JSON.readTree(line);
            losses.add(node.path("position") + " " + node.path("loss") + " " + node.path("valid"));
        }
        return losses;
    }

    private void endsAsTheUndisturbedRun(Path run) throws IOException {
        assertThat(run.resolve("model/model.safetensors"))
                .hasSameBinaryContentAs(undisturbed.resolve("model/model.safetensors"));
        assertThat(checkpoint(run))
                .hasFileName(checkpoint(undisturbed).getFileName().toString());
        assertThat(checkpoint(run).resolve("optimizer.safetensors"))
                .hasSameBinaryContentAs(checkpoint(undisturbed).resolve("optimizer.safetensors"));
        assertThat(losses(run)).isEqualTo(losses(undisturbed));
    }

    /// A limit on the size of a file, between the checkpoints of the teacher's stage and those of the student's: the
    /// system refuses the write in the middle of the file, whoever runs the test.
    @Test
    void aCheckpointThatCannotBeWrittenWholeLosesNothing() throws Exception {
        Path run = folder.resolve("limited");
        long optimizer = Files.size(checkpoint(undisturbed).resolve("optimizer.safetensors"));
        List<String> limited = new ArrayList<>(
                List.of("bash", "-c", "ulimit -f " + (optimizer - 1) / 1024 + "; exec \"$@\"", "limited"));
        limited.addAll(command(world.train(run, SETTINGS)));

        Said refused = Said.by(limited, folder);

        assertThat(refused.exit()).as(refused.err()).isEqualTo(ExitCode.FAILED);
        assertThat(refused.err())
                .contains("cl2cm: ", "optimizer.safetensors: cannot be written: File too large", "--resume auto");
        assertThat(JSON.readTree(checkpoint(run).resolve("trainer_state.json").toFile())
                        .path("stage")
                        .asText())
                .isEqualTo("teacher");
        TreeMap<String, String> before = Said.files(run.resolve("checkpoint"));
        assertThat(Said.by(limited, folder).exit()).as("still no room").isEqualTo(ExitCode.FAILED);
        assertThat(Said.files(run.resolve("checkpoint"))).isEqualTo(before);

        Said resumed = Said.by(command(world.train(run, SETTINGS)), folder);
        assertThat(resumed.exit()).as(resumed.err()).isEqualTo(ExitCode.DONE);
        endsAsTheUndisturbedRun(run);
    }

    /// The output of the frozen layers, which is by far the largest thing that a run writes.
    @Test
    void aCacheThatCannotBeWrittenWholeLeavesNothingAndIsMadeWhenThereIsRoom() throws Exception {
        Path run = folder.resolve("cached");
        List<String> command = command(world.train(run, "text.trainable=0"));
        command.addAll(0, List.of("env", "CL2CM_HOME=" + folder.resolve("home")));
        List<String> limited = new ArrayList<>(List.of("bash", "-c", "ulimit -f 1; exec \"$@\"", "limited"));
        limited.addAll(command);

        Said refused = Said.by(limited, folder);

        assertThat(refused.exit()).as(refused.err()).isEqualTo(ExitCode.FAILED);
        assertThat(refused.err()).containsPattern("cl2cm: .*part-00000\\.f16: cannot be written: File too large");
        assertThat(run).as("nothing trained, no run").doesNotExist();
        assertThat(Said.files(folder.resolve("home")).keySet()).allMatch(name -> name.endsWith("/lock"));

        Said whole = Said.by(command, folder);
        assertThat(whole.exit()).as(whole.err()).isEqualTo(ExitCode.DONE);
        assertThat(Said.files(folder.resolve("home")).keySet())
                .anyMatch(name -> name.endsWith("part-00000.f16"))
                .anyMatch(name -> name.endsWith("part-00000.jsonl"));
    }

    /// A disk of its own with room for one checkpoint and a half. A checkpoint needs room beside the one before.
    @Test
    void aFullDiskLosesNothingAndTheRunGoesOnWhenThereIsRoom() throws Exception {
        String root = "root".equals(System.getProperty("user.name")) ? "" : "--user --map-root-user ";
        Said mounts = Said.by(
                List.of("bash", "-c", "unshare --mount " + root + "mount -t tmpfs none " + folder.resolve("bert")),
                folder);
        if (mounts.exit() != 0) {
            System.err.println("skipped: a full disk; this user cannot mount one: "
                    + mounts.err().strip());
        }
        Assumptions.assumeTrue(mounts.exit() == 0, "cannot mount a small disk");
        Path disk = Files.createDirectory(folder.resolve("disk"));
        Path kept = Files.createDirectory(folder.resolve("kept"));
        Path run = disk.resolve("run");
        long kilobytes = 0;
        for (Path file : List.of(checkpoint(undisturbed), undisturbed)) {
            try (Stream<Path> files = Files.list(file)) {
                for (Path each : files.filter(Files::isRegularFile).toList()) {
                    kilobytes += (Files.size(each) + 4095) / 4096 * 4;
                }
            }
        }
        long optimizer = Files.size(checkpoint(undisturbed).resolve("optimizer.safetensors")) / 1024;
        // The script sees a disk that nobody else sees, and that is gone when it ends.
        String script = """
                mount -t tmpfs -o size=%dk none "$1" || exit 9
                disk=$1 kept=$2; shift 2
                "$@"; echo $? >"$kept/exit"
                cp -r "$disk/run" "$kept/full"
                "$@"; echo $? >>"$kept/exit"
                cp -r "$disk/run" "$kept/still-full"
                mount -o remount,size=64m "$disk" || exit 9
                "$@"; echo $? >>"$kept/exit"
                cp -r "$disk/run" "$kept/run"
                """.formatted(kilobytes + optimizer / 2);
        List<String> all = new ArrayList<>(List.of("bash", "-c", "exec unshare --mount " + root + "\"$@\"", "unshare"));
        all.addAll(List.of("bash", "-c", script, "disk", disk.toString(), kept.toString()));
        all.addAll(command(world.train(run, SETTINGS)));

        Said said = Said.by(all, folder);

        assertThat(said.exit()).as(said.err()).isZero();
        assertThat(Files.readAllLines(kept.resolve("exit"))).as(said.err()).containsExactly("1", "1", "0");
        assertThat(said.err())
                .containsPattern("cl2cm: " + disk + "/run/checkpoint/part/[a-z]+\\.safetensors: "
                        + "cannot be written: No space left on device")
                .contains("the checkpoint before is whole: make room and go on with --resume auto");
        Path full = checkpoint(kept.resolve("full"));
        assertThat(full).isDirectoryContaining("glob:**/trainer_state.json");
        assertThat(Said.files(kept.resolve("still-full/checkpoint")))
                .isEqualTo(Said.files(kept.resolve("full/checkpoint")));
        endsAsTheUndisturbedRun(kept.resolve("run"));
    }
}
