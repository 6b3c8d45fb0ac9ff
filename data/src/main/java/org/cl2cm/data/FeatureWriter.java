package org.cl2cm.data;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Writes features as a float32 `.npy` file with its ids in `<stem>.ids.txt`, each beside its place and renamed.
///
/// The ids are written first, so a `.npy` that is there has its ids, and a kill between the two leaves no store.
public final class FeatureWriter {
    private FeatureWriter() {}

    /// @param rows `[ids.size(), dimension]` in C order
    /// @throws DataException when a value is NaN or infinite, naming row and id
    /// @throws IllegalArgumentException when the sizes do not agree, or an id is empty, stands twice or holds an
    ///     end of line
    public static void write(Path npy, List<String> ids, int dimension, float[] rows) throws IOException {
        if (dimension < 1 || rows.length != (long) ids.size() * dimension) {
            throw new IllegalArgumentException(
                    rows.length + " numbers are not " + ids.size() + " rows of dimension " + dimension);
        }
        write(npy, ids, dimension, (row, target) -> System.arraycopy(rows, row * dimension, target, 0, dimension));
    }

    /// @param rows one vector an id, all of one length of at least 1
    public static void write(Path npy, List<String> ids, List<float[]> rows) throws IOException {
        if (rows.size() != ids.size() || rows.isEmpty()) {
            throw new IllegalArgumentException(rows.size() + " rows for " + ids.size() + " ids");
        }
        int dimension = rows.getFirst().length;
        write(npy, ids, dimension, (row, target) -> {
            float[] vector = rows.get(row);
            if (vector.length != dimension) {
                throw new IllegalArgumentException(
                        "row " + row + " has " + vector.length + " numbers, the first has " + dimension);
            }
            System.arraycopy(vector, 0, target, 0, dimension);
        });
    }

    private interface Rows {
        void copy(int row, float[] target);
    }

    private static void write(Path npy, List<String> ids, int dimension, Rows rows) throws IOException {
        String name = npy.getFileName().toString();
        if (!name.endsWith(".npy")) {
            throw new IllegalArgumentException(npy + ": the name of a feature file ends in .npy");
        }
        checkIds(ids);
        Path list = npy.resolveSibling(name.substring(0, name.length() - 4) + ".ids.txt");
        AtomicFile.write(list, ids.isEmpty() ? "" : String.join("\n", ids) + "\n");
        AtomicFile.write(npy, out -> {
            out.write(NpyHeader.write(ids.size(), dimension));
            float[] vector = new float[dimension];
            ByteBuffer bytes = ByteBuffer.allocate(dimension * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            for (int row = 0; row < ids.size(); row++) {
                rows.copy(row, vector);
                bytes.clear();
                for (float value : vector) {
                    if (!Float.isFinite(value)) {
                        throw DataException.in(
                                npy, "row " + row + " (id \"" + ids.get(row) + "\") holds NaN or infinity");
                    }
                    bytes.putFloat(value);
                }
                out.write(bytes.array());
            }
        });
    }

    private static void checkIds(List<String> ids) {
        Set<String> seen = new HashSet<>();
        for (String id : ids) {
            if (id.isEmpty() || id.indexOf('\n') >= 0 || id.indexOf('\r') >= 0) {
                throw new IllegalArgumentException("id \"" + id + "\" is empty or holds an end of line");
            }
            if (!seen.add(id)) {
                throw new IllegalArgumentException("id \"" + id + "\" stands twice");
            }
        }
    }
}
