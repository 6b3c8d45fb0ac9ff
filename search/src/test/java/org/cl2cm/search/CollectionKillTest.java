package org.cl2cm.search;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.cl2cm.data.ProgressListener;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CollectionKillTest {
    /// `-Dcl2cm.kills=50` kills more often.
    private static final int KILLS = Integer.getInteger("cl2cm.kills", 12);

    @TempDir
    private Path folder;

    @Test
    void nothingAcknowledgedIsLostWheneverTheProcessDies() throws Exception {
        long seed = new Random().nextLong();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        Collections collections = Collections.in(folder);
        collections.create(CollectionToKill.info()).close();
        long round = 1;
        for (int kill = 0; kill < KILLS; kill++) {
            ChildToKill.Rounds rounds =
                    ChildToKill.killed(CollectionToKill.class, folder, round, random.nextLong(), random.nextInt(700));
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
}
