package org.cl2cm.opensearch;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.cl2cm.data.ProgressListener;
import org.cl2cm.fixture.cluster.OnACluster;
import org.cl2cm.fixture.cluster.TestCluster;
import org.cl2cm.search.ChildToKill;
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
            ChildToKill.Rounds rounds =
                    ChildToKill.killed(SwapToKill.class, folder, round, random.nextLong(), 200 + random.nextInt(2_500));
            List<String> findings = checkWhenFree(collections);
            assertThat(findings).as("seed %d, kill %d", seed, kill).isEmpty();
            try (VectorEngine engine = collections.read(SwapToKill.NAME)) {
                // An item is on the cluster before its commit: each is of the last round that was
                // acknowledged, or of the one that was under way.
                long[] newest = {round - 1};
                engine.forEach(item -> {
                    long found = Long.parseLong(String.valueOf(item.fields().get("round")));
                    assertThat(found).as("seed %d", seed).isBetween(rounds.acknowledged(), rounds.begun());
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
}
