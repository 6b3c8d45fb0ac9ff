package org.cl2cm.opensearch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.cl2cm.data.ProgressListener;
import org.cl2cm.search.CollectionLockedException;
import org.cl2cm.search.Collections;
import org.cl2cm.search.VectorEngine;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@OnACluster
class SwapKillTest {
    /// `-Dcl2cm.kills=30` kills more often.
    private static final int KILLS = Integer.getInteger("cl2cm.kills", 4);

    private static final int LEASE = 2;

    private final TestCluster cluster;

    @TempDir
    private Path folder;

    SwapKillTest(TestCluster cluster) {
        this.cluster = cluster;
    }

    @Test
    void oneGenerationIsLiveAndWholeWheneverTheProcessDies() throws Exception {
        long seed = new Random().nextLong();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        Collections collections = Collections.in(folder);
        collections
                .create(SwapToKill.info(), cluster.options("lease", String.valueOf(LEASE)))
                .close();
        long round = 1;
        for (int kill = 0; kill < KILLS; kill++) {
            long[] begunAndAdded = killAfter(round, random.nextLong(), 200 + random.nextInt(2_500));
            List<String> findings = checkWhenFree(collections);
            assertThat(findings).as("seed %d, kill %d", seed, kill).isEmpty();
            try (VectorEngine engine = collections.read(SwapToKill.NAME)) {
                // An item is on the cluster before its commit: each is of the last round that was
                // acknowledged, or of the one that was under way.
                long[] newest = {round - 1};
                engine.forEach(item -> {
                    long found = Long.parseLong(String.valueOf(item.fields().get("round")));
                    assertThat(found).as("seed %d", seed).isBetween(begunAndAdded[1], begunAndAdded[0]);
                    newest[0] = Math.max(newest[0], found);
                });
                assertThat(engine.size()).isEqualTo(newest[0] == 0 ? 0 : SwapToKill.BATCH);
                round = newest[0] + 1;
            }
            assertThat(cluster.indexes())
                    .as("live, previous, and one that was being made")
                    .hasSizeBetween(1, 3);
        }
    }

    /// The lock of the dead holds for its lease.
    private static List<String> checkWhenFree(Collections collections) throws Exception {
        long start = System.nanoTime();
        while (true) {
            try {
                return collections.check(SwapToKill.NAME, ProgressListener.NONE);
            } catch (CollectionLockedException e) {
                if (System.nanoTime() - start > TimeUnit.SECONDS.toNanos(10L * LEASE)) {
                    throw e;
                }
                Thread.sleep(100);
            }
        }
    }

    /// @return the last rounds that the child began and acknowledged
    private long[] killAfter(long round, long seed, long milliseconds) throws IOException, InterruptedException {
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
                        SwapToKill.class.getName(),
                        folder.toString(),
                        Long.toString(round),
                        Long.toString(seed)))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        long begun = round - 1;
        long added = round - 1;
        try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
            String line = out.readLine();
            assertThat(line).isEqualTo("begin " + round);
            Thread.sleep(milliseconds);
            // Process.destroyForcibly would close the pipe with the last lines in it.
            process.toHandle().destroyForcibly();
            for (; line != null; line = out.readLine()) {
                long number = Long.parseLong(line.substring(line.indexOf(' ') + 1));
                if (line.startsWith("added ")) {
                    added = number;
                } else {
                    begun = number;
                }
            }
        } finally {
            process.destroyForcibly();
            assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(process.exitValue()).isEqualTo(128 + 9);
        return new long[] {begun, added};
    }
}
