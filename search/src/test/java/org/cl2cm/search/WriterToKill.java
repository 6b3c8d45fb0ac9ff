package org.cl2cm.search;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/// A process that adds batches for ever, commits every one and says so; its parent kills it.
final class WriterToKill {
    static final int BATCH = 50;
    static final int DIMENSION = 16;

    private WriterToKill() {}

    public static void main(String[] arguments) throws IOException {
        try (VectorEngine engine =
                Collections.in(Path.of(arguments[0])).write(arguments[1], VectorEngineContract.MODEL)) {
            List<VectorItem> items = TestVectors.scattered(1, 10_000, DIMENSION);
            for (int batch = 0; ; batch++) {
                int from = batch * BATCH % items.size();
                engine.upsert(items.subList(from, from + BATCH));
                engine.commit();
                System.out.println((batch + 1) * BATCH);
                System.out.flush();
            }
        }
    }
}
