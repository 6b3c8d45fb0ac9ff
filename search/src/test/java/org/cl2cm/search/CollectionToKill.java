package org.cl2cm.search;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.cl2cm.data.ProgressListener;

/// A process that adds, deletes, makes generations, rolls back, compacts and takes snapshots for
/// ever, and says what is done; its parent kills it.
final class CollectionToKill {
    static final String NAME = "killed";
    static final String MODEL = "model";
    static final int BATCH = 20;
    private static final int DIMENSION = 16;

    private CollectionToKill() {}

    static CollectionInfo info() {
        return CollectionInfo.of(NAME, DIMENSION, MODEL);
    }

    /// Item `i` as it is in round `round`.
    private static VectorItem item(int i, long round) {
        return new VectorItem(
                "item-" + i,
                TestVectors.scattered(i, 1, DIMENSION).getFirst().vector(),
                Map.of("round", Long.toString(round)));
    }

    /// @param arguments folder of collections, first round, seed
    public static void main(String[] arguments) throws IOException {
        Path folder = Path.of(arguments[0]);
        Collections collections = Collections.in(folder);
        Random random = new Random(Long.parseLong(arguments[2]));
        for (long round = Long.parseLong(arguments[1]); ; round++) {
            System.out.println("begin " + round);
            System.out.flush();
            add(collections, round);
            System.out.println("added " + round);
            System.out.flush();
            switch (random.nextInt(4)) {
                case 0 -> {
                    try (NextGeneration next = collections.next(info())) {
                        next.copy(VectorSource.same(), ProgressListener.NONE);
                        next.goLive(VectorSource.same());
                    }
                }
                case 1 -> {
                    // Back and forth: nothing written is in the one that was live before.
                    if (collections.previous(NAME).isPresent()) {
                        try (NextGeneration next = collections.next(info())) {
                            next.goLive(items -> items.stream()
                                    .map(item -> Optional.of(item.vector()))
                                    .toList());
                        }
                        collections.rollback(NAME);
                        collections.rollback(NAME);
                    }
                }
                case 2 -> collections.snapshot(NAME, folder.resolve("snapshots/" + round));
                default -> collections.compact(NAME, 1, false);
            }
        }
    }

    private static void add(Collections collections, long round) throws IOException {
        try (VectorEngine engine = collections.write(NAME, MODEL)) {
            List<VectorItem> items = new ArrayList<>();
            for (int i = 0; i < BATCH; i++) {
                items.add(item(i, round));
            }
            items.add(item(BATCH + (int) (round % 1_000), round));
            engine.delete(List.of("item-" + (BATCH + (int) ((round + 500) % 1_000))));
            engine.upsert(items);
            engine.commit();
        }
    }
}
