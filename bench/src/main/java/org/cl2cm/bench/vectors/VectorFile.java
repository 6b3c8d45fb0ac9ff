package org.cl2cm.bench.vectors;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.cl2cm.data.AtomicFile;
import org.cl2cm.data.DataException;

/// Rows of float32 in a memory-mapped `.npy` file, `[rows, dimension]`, without ids: a million vectors
/// take no heap, and NumPy reads the same file. Safe for use by many threads that read, or that write
/// different rows.
public final class VectorFile implements AutoCloseable {
    /// Of the head, in bytes; the numbers begin here.
    private static final int HEAD = 128;

    private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, HEAD - 10, 0};
    private static final Pattern SHAPE =
            Pattern.compile("'descr': '<f4', 'fortran_order': False, 'shape': \\((\\d{1,9}), (\\d{1,5})\\)");
    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final int rows;
    private final int dimension;
    private final MemorySegment data;
    private final Arena arena;

    private VectorFile(int rows, int dimension, MemorySegment data, Arena arena) {
        this.rows = rows;
        this.dimension = dimension;
        this.data = data;
        this.arena = arena;
    }

    /// Fills a file.
    @FunctionalInterface
    public interface Filler {
        void fill(VectorFile file) throws IOException;
    }

    /// Writes a file beside its place and renames it when it is full.
    ///
    /// @param rows at least 1
    public static void write(Path path, int rows, int dimension, Filler filler) throws IOException {
        Path folder = path.toAbsolutePath().getParent();
        if (folder != null) {
            Files.createDirectories(folder);
        }
        Path beside = AtomicFile.beside(path);
        try (FileChannel channel = FileChannel.open(
                        beside,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE);
                VectorFile file = map(channel, FileChannel.MapMode.READ_WRITE, rows, dimension)) {
            channel.write(head(rows, dimension), 0);
            filler.fill(file);
        }
        Files.move(beside, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static ByteBuffer head(int rows, int dimension) {
        String text = "{'descr': '<f4', 'fortran_order': False, 'shape': (" + rows + ", " + dimension + "), }";
        ByteBuffer head = ByteBuffer.allocate(HEAD);
        head.put(MAGIC).put(text.getBytes(StandardCharsets.US_ASCII));
        while (head.remaining() > 1) {
            head.put((byte) ' ');
        }
        return head.put((byte) '\n').flip();
    }

    /// @throws DataException when it is no file that [#write] wrote
    public static VectorFile open(Path path) throws IOException {
        if (!Files.isRegularFile(path)) {
            throw DataException.in(path, "no such file");
        }
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            ByteBuffer head = ByteBuffer.allocate(HEAD);
            while (head.hasRemaining() && channel.read(head) >= 0) {
                // Goes on until the head is there.
            }
            Matcher shape = SHAPE.matcher(new String(head.array(), StandardCharsets.ISO_8859_1));
            if (head.hasRemaining() || !shape.find()) {
                throw DataException.in(path, "no float32 .npy file of two dimensions as the benchmarks write it");
            }
            int rows = Integer.parseInt(shape.group(1));
            int dimension = Integer.parseInt(shape.group(2));
            long bytes = HEAD + (long) rows * dimension * Float.BYTES;
            if (channel.size() != bytes) {
                throw DataException.in(path, "holds " + channel.size() + " bytes, its shape needs " + bytes);
            }
            return map(channel, FileChannel.MapMode.READ_ONLY, rows, dimension);
        }
    }

    private static VectorFile map(FileChannel channel, FileChannel.MapMode mode, int rows, int dimension)
            throws IOException {
        if (rows < 1 || dimension < 1) {
            throw new IllegalArgumentException(rows + " rows of dimension " + dimension);
        }
        Arena arena = Arena.ofShared();
        long bytes = (long) rows * dimension * Float.BYTES;
        return new VectorFile(rows, dimension, channel.map(mode, HEAD, bytes, arena), arena);
    }

    public int rows() {
        return rows;
    }

    /// Floats in a row.
    public int dimension() {
        return dimension;
    }

    /// Copies row `row` to `target`, which is as long as the dimension.
    public void get(int row, float[] target) {
        MemorySegment.copy(data, FLOAT, at(row), target, 0, dimension);
    }

    /// The first `count` rows.
    public float[][] first(int count) {
        float[][] some = new float[Math.min(count, rows)][dimension];
        for (int row = 0; row < some.length; row++) {
            get(row, some[row]);
        }
        return some;
    }

    void put(int row, float[] vector) {
        MemorySegment.copy(vector, 0, data, FLOAT, at(row), dimension);
    }

    private long at(int row) {
        if (row < 0 || row >= rows) {
            throw new IndexOutOfBoundsException("row " + row + " of " + rows);
        }
        return (long) row * dimension * Float.BYTES;
    }

    @Override
    public void close() {
        arena.close();
    }
}
