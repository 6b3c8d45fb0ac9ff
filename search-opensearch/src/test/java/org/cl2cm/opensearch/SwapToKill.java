package org.cl2cm.opensearch;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.cl2cm.data.DataException;
import org.cl2cm.data.ProgressListener;
import org.cl2cm.search.CollectionInfo;
import org.cl2cm.search.CollectionLockedException;
import org.cl2cm.search.Collections;
import org.cl2cm.search.NextGeneration;
import org.cl2cm.search.TestVectors;
import org.cl2cm.search.VectorEngine;
import org.cl2cm.search.VectorItem;
import org.cl2cm.search.VectorSource;

/// A process that adds a round of items, makes the next generation, rolls back and forth and compacts,
/// for ever, and says what is done; its parent kills it.
final class SwapToKill {
    static final String NAME = "killed";
    static final int BATCH = 20;
    private static final String MODEL = "model";
    private static final int DIMENSION = 16;

    private static final int ATTEMPTS = 200;

    private SwapToKill() {}

    static CollectionInfo info() {
        return CollectionInfo.of(NAME, DIMENSION, MODEL).withEngine(OpenSearchProvider.NAME);
    }

    /// @param arguments folder of collections, first round, seed
    public static void main(String[] arguments) throws IOException, InterruptedException {
        Collections collections = Collections.in(Path.of(arguments[0]));
        Random random = new Random(Long.parseLong(arguments[2]));
        for (long round = Long.parseLong(arguments[1]); ; round++) {
            System.out.println("begin " + round);
            System.out.flush();
            add(collections, round);
            System.out.println("added " + round);
            System.out.flush();
            if (random.nextInt(4) > 0) {
                try (NextGeneration next = nextWhenFree(collections)) {
                    next.copy(VectorSource.same(), ProgressListener.NONE);
                    next.goLive(VectorSource.same());
                }
                if (random.nextBoolean()) {
                    // Back and forth: both hold the same.
                    collections.rollback(NAME);
                    collections.rollback(NAME);
                }
            }
        }
    }

    /// Two locks of the dead hold for their lease: that of the writer, and that of whoever swaps.
    private static NextGeneration nextWhenFree(Collections collections) throws IOException, InterruptedException {
        for (int attempt = 1; ; attempt++) {
            try {
                return collections.next(info());
            } catch (DataException e) {
                if (!(e.getCause() instanceof CollectionLockedException) || attempt == ATTEMPTS) {
                    throw e;
                }
                Thread.sleep(100);
            }
        }
    }

    private static void add(Collections collections, long round) throws IOException {
        try (VectorEngine engine = collections.write(NAME, MODEL)) {
            List<VectorItem> items = new ArrayList<>();
            for (int i = 0; i < BATCH; i++) {
                items.add(new VectorItem(
                        "item-" + i,
                        TestVectors.scattered(i, 1, DIMENSION).getFirst().vector(),
                        Map.of("round", Long.toString(round))));
            }
            engine.upsert(items);
            engine.commit();
        }
    }
}
