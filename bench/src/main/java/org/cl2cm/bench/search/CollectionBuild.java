package org.cl2cm.bench.search;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.cl2cm.bench.Folders;
import org.cl2cm.bench.vectors.VectorFile;
import org.cl2cm.search.CollectionInfo;
import org.cl2cm.search.CollectionStats;
import org.cl2cm.search.Collections;
import org.cl2cm.search.FieldType;
import org.cl2cm.search.ItemStatus;
import org.cl2cm.search.VectorEngine;
import org.cl2cm.search.VectorItem;

/// Makes a collection of the first rows of a file, as `index create` does: in batches, with a commit
/// every 10,000 items.
public final class CollectionBuild {
    private static final int BATCH = 500;
    private static final int BATCHES_A_COMMIT = 20;

    private CollectionBuild() {}

    /// The declared fields of such a collection.
    public static Map<String, FieldType> fields() {
        return Map.of("part", FieldType.NUMBER);
    }

    /// Makes the collection anew; one of that name is removed first.
    ///
    /// @param info with [#fields]
    static SearchResult.Build run(Collections collections, CollectionInfo info, Path vectors, int rows)
            throws IOException {
        Folders.remove(collections.folder(info.name()));
        long start = System.nanoTime();
        fill(collections, info, vectors, rows);
        double seconds = (System.nanoTime() - start) / 1e9;
        try (VectorEngine engine = collections.read(info.name())) {
            CollectionStats stats = engine.stats();
            return new SearchResult.Build(
                    seconds,
                    stats.bytes(),
                    stats.segments(),
                    stats.method().name().toLowerCase(Locale.ROOT));
        }
    }

    /// Makes the collection of the first `rows` rows of `vectors`, ids being the numbers of the rows.
    ///
    /// @throws IOException when an item is refused
    public static void fill(Collections collections, CollectionInfo info, Path vectors, int rows) throws IOException {
        try (VectorFile file = VectorFile.open(vectors);
                VectorEngine engine = collections.create(info)) {
            List<VectorItem> batch = new ArrayList<>();
            int batches = 0;
            for (int row = 0; row < rows; row++) {
                float[] vector = new float[file.dimension()];
                file.get(row, vector);
                batch.add(new VectorItem(
                        Integer.toString(row), vector, Map.of("part", Integer.toString(SearchCase.part(row)))));
                if (batch.size() == BATCH || row == rows - 1) {
                    for (ItemStatus status : engine.upsert(batch)) {
                        if (status.isRefused()) {
                            throw new IOException("item " + status.id() + " was refused: " + status.reason());
                        }
                    }
                    batch.clear();
                    if (++batches % BATCHES_A_COMMIT == 0) {
                        engine.commit();
                    }
                }
            }
        }
    }
}
