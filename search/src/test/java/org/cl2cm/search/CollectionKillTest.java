package org.cl2cm.search;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.cl2cm.data.ProgressListener;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CollectionKillTest {
    /// `-Dcl2cm.kills=50` kills more often.
    private static final int KILLS = Integer.getInteger("cl2cm.kills", 12);

    @TempDir
    private Path folder;

    /// The last rounds that a child began and acknowledged.
    private record Rounds(long begun, long acknowledged) {}

    @Test
    void nothingAcknowledgedIsLostWheneverTheProcessDies() throws Exception {
        long seed = new Random().nextLong();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        Collections collections = Collections.in(folder);
        collections.create(CollectionToKill.info()).close();
        long round = 1;
        for (int kill = 0; kill < KILLS; kill++) {
            Rounds rounds = killAfter(round, random.nextLong(), random.nextInt(700));
            assertThat(collections.check(CollectionToKill.NAME, ProgressListener.NONE))
                    .as("seed %d, kill %d", seed, kill)
                    .isEmpty();
            try (VectorEngine engine = collections.read(CollectionToKill.NAME)) {
                long found = round(engine);
                assertThat(found)
                        .as("seed %d, kill %d", seed, kill)
                        .isBetween(Math.max(rounds.acknowledged(), round - 1), Math.max(rounds.begun(), round - 1));
                round = found + 1;
            }
        }
        checkSnapshots(collections);
    }

    /// The round that the live generation holds: all of it, since a round is one commit.
    private static long round(VectorEngine engine) throws IOException {
        long[] round = {-1};
        for (int i = 0; i < CollectionToKill.BATCH; i++) {
            var item = engine.get("item-" + i);
            long found = item.isEmpty()
                    ? 0
                    : Long.parseLong(String.valueOf(item.get().fields().get("round")));
            assertThat(round[0] < 0 || round[0] == found)
                    .as("a commit is whole")
                    .isTrue();
            round[0] = found;
        }
        return round[0];
    }

    private void checkSnapshots(Collections collections) throws IOException {
        Path snapshots = folder.resolve("snapshots");
        if (!Files.isDirectory(snapshots)) {
            return;
        }
        try (var listing = Files.newDirectoryStream(snapshots)) {
            for (Path snapshot : listing) {
                String name = snapshot.getFileName().toString();
                if (!name.endsWith(".part")) {
                    collections.restore(snapshot, "restored");
                    assertThat(collections.check("restored", ProgressListener.NONE))
                            .isEmpty();
                    try (VectorEngine engine = collections.read("restored")) {
                        assertThat(round(engine)).isEqualTo(Long.parseLong(name));
                    }
                    Files.delete(folder.resolve("restored/collection.json"));
                }
            }
        }
    }

    private Rounds killAfter(long round, long seed, long milliseconds) throws IOException, InterruptedException {
        String java = ProcessHandle.current().info().command().orElseThrow();
        String classes = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        Process process = new ProcessBuilder(List.of(
                        java,
                        "-Xmx256m",
                        "-XX:TieredStopAtLevel=1",
                        "--enable-native-access=ALL-UNNAMED",
                        "--add-modules=jdk.incubator.vector",
                        "-cp",
                        classes,
                        CollectionToKill.class.getName(),
                        folder.toString(),
                        Long.toString(round),
                        Long.toString(seed)))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        long begun = round - 1;
        long acknowledged = round - 1;
        try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
            String line = out.readLine();
            assertThat(line).isEqualTo("begin " + round);
            Thread.sleep(milliseconds);
            // Process.destroyForcibly would close the pipe with the last lines in it.
            process.toHandle().destroyForcibly();
            for (; line != null; line = out.readLine()) {
                long number = Long.parseLong(line.substring(line.indexOf(' ') + 1));
                if (line.startsWith("added ")) {
                    acknowledged = number;
                } else {
                    begun = number;
                }
            }
        } finally {
            process.destroyForcibly();
            assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(process.exitValue()).isEqualTo(128 + 9);
        return new Rounds(begun, acknowledged);
    }
}
