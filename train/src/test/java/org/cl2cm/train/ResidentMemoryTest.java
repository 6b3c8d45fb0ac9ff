package org.cl2cm.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.cl2cm.data.ProgressListener;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// 500 steps in a process of its own need no more memory at the end than after the warm-up.
class ResidentMemoryTest {
    private static final int STEPS = 500;
    /// 1,000 images with 2 captions in batches of 100: 20 steps an epoch, and one tensor of a step has 100 kB: one that
    /// is left behind in each step adds up to a tenth of the process.
    private static final int IMAGES = 1_000;

    private static final List<String> SETTINGS = List.of(
            "train.batch=100", "dimension=256", "text.width=64", "train.epochs=25", "train.checkpoint_minutes=60");

    @TempDir
    private Path folder;

    /// Resident kilobytes after a step.
    private record Sample(String stage, long step, long kilobytes) {
        static Sample of(String line) {
            String[] words = line.split(" ", -1);
            return new Sample(words[0], Long.parseLong(words[1]), Long.parseLong(words[2]));
        }
    }

    @Test
    void staysFlatWithoutATeacher() throws Exception {
        List<Sample> samples = train("teacher.schedule=none", "loss.d=0");
        flat(samples, "student");
    }

    @Test
    void staysFlatInBothStagesWithEveryLoss() throws Exception {
        List<Sample> samples = train(
                "teacher.schedule=two_stage", "teacher.epochs=25", "loss.b=0.1", "loss.d=0.5", "loss.d_modal=0.1");
        flat(samples, "teacher");
        flat(samples, "student");
    }

    private static void flat(List<Sample> samples, String stage) {
        double warm = mean(samples, stage, 100, 160);
        double end = mean(samples, stage, STEPS - 60, STEPS);
        System.err.printf(
                "resident memory, %s: %.1f MB after the warm-up, %.1f MB after %d steps (%+.2f %%)%n",
                stage, warm / 1024, end / 1024, STEPS, 100 * (end / warm - 1));
        assertThat(end).as("%s: %s", stage, samples).isLessThan(1.05 * warm);
    }

    /// The mean over steps `from` to `to`; every 20th step is there.
    private static double mean(List<Sample> samples, String stage, long from, long to) {
        List<Sample> some = samples.stream()
                .filter(sample -> sample.stage().equals(stage) && sample.step() >= from && sample.step() <= to)
                .toList();
        assertThat(some).hasSize(4);
        return some.stream().mapToLong(Sample::kilobytes).average().orElseThrow();
    }

    private List<Sample> train(String... settings) throws Exception {
        ToyWorld.write(folder, 1, IMAGES, 256);
        List<String> all = new ArrayList<>(SETTINGS);
        all.addAll(List.of(settings));
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                // A heap that is small and of one size, so that what is seen is what the networks need.
                "-Xms96m",
                "-Xmx96m",
                "-Xmn24m",
                "-XX:+UseSerialGC",
                // The second compiler would take memory whenever it finds the time.
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "--add-modules=jdk.incubator.vector",
                "-Dorg.bytedeco.javacpp.maxPhysicalBytes=0",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                folder.toString()));
        command.addAll(all);
        Path out = folder.resolve("out.txt");
        Path err = folder.resolve("err.txt");
        int exit = new ProcessBuilder(command)
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start()
                .waitFor();
        assertThat(exit).as(Files.readString(err)).isZero();
        return Files.readAllLines(out).stream().map(Sample::of).toList();
    }

    /// What the process runs: prints stage, step and resident kilobytes every 20 steps.
    static final class Main {
        private Main() {}

        public static void main(String[] arguments) throws IOException {
            Path folder = Path.of(arguments[0]);
            String[] settings = Stream.of(arguments).skip(1).toArray(String[]::new);
            TrainConfig config = ConfigFile.read(Optional.empty(), ToyWorld.settings(folder, settings));
            ProgressListener progress = (done, total, detail) ->
                    System.out.println(detail.substring(0, detail.indexOf(' ')) + " " + done + " " + resident());
            new Training(
                            config,
                            folder.resolve("home"),
                            ProgressListener.NONE,
                            ProgressListener.NONE,
                            progress,
                            message -> {})
                    .run(folder.resolve("run"), false);
        }

        private static long resident() {
            try (Stream<String> lines = Files.lines(Path.of("/proc/self/status"))) {
                return lines.filter(line -> line.startsWith("VmRSS:"))
                        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                        .findFirst()
                        .orElseThrow();
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        }
    }
}
