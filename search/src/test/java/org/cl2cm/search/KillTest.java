package org.cl2cm.search;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KillTest {
    @TempDir
    Path folder = Path.of("");

    @Test
    void aKilledWriterLeavesWhatItCommitted() throws Exception {
        Collections collections = Collections.in(folder);
        collections
                .create(CollectionInfo.of("killed", WriterToKill.DIMENSION, VectorEngineContract.MODEL))
                .close();
        // Different instants: after the first commit, after some, and while the next batch is on its way.
        for (int commits : new int[] {1, 4, 9}) {
            long acknowledged = killAfter(commits);
            try (VectorEngine engine = collections.write("killed", VectorEngineContract.MODEL)) {
                long items = engine.stats().items();
                assertThat(items).isGreaterThanOrEqualTo(acknowledged);
                assertThat(items % WriterToKill.BATCH).isZero();
                VectorItem first =
                        TestVectors.scattered(1, 1, WriterToKill.DIMENSION).getFirst();
                assertThat(engine.get(first.id())).isPresent();
                assertThat(engine.search(new VectorQuery(VectorEngineContract.MODEL, first.vector(), 10)))
                        .hasSize(10);
            }
        }
    }

    /// @return items the process said were committed
    private long killAfter(int commits) throws IOException, InterruptedException {
        long acknowledged = 0;
        try (ChildToKill child = ChildToKill.start(WriterToKill.class, folder, "killed")) {
            for (int i = 0; i < commits; i++) {
                acknowledged = Long.parseLong(String.valueOf(child.line()));
            }
            for (String line : child.kill()) {
                acknowledged = Long.parseLong(line);
            }
        }
        return acknowledged;
    }

    @Test
    void whatWasNotCommittedIsGoneAndNothingElse() throws Exception {
        Collections collections = Collections.in(folder);
        try (VectorEngine engine = collections.create(CollectionInfo.of("cut", 2, "m"))) {
            engine.upsert(List.of(new VectorItem("kept", new float[] {1, 0}, Map.of())));
            engine.commit();
            engine.upsert(List.of(new VectorItem("lost", new float[] {0, 1}, Map.of())));
            engine.delete(List.of("kept"));
            // A reader sees what a process would find that starts after a kill at this instant.
            try (VectorEngine reader = collections.read("cut")) {
                assertThat(reader.get("kept")).isPresent();
                assertThat(reader.get("lost")).isEmpty();
                assertThat(reader.stats().items()).isEqualTo(1);
            }
        }
    }
}
