package org.cl2cm.data;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// One memory-mapped file of rows of numbers, `[rows, dimension]` in C order.
///
/// @param data the numbers alone, without any header
/// @param half whether they are float16 instead of float32
record FeatureMatrix(Path file, MemorySegment data, int rows, int dimension, boolean half) {
    // npy headers have any length, so the numbers need not be aligned.
    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    /// Maps the numbers of `file` from `offset` on.
    ///
    /// @throws DataException when the file has not exactly the size its shape asks for
    static FeatureMatrix map(Path file, long offset, long rows, long dimension, boolean half, Arena arena)
            throws IOException {
        if (rows < 0 || dimension < 1 || rows > Integer.MAX_VALUE - 8 || dimension > 1 << 24) {
            throw DataException.in(file, "shape (" + rows + ", " + dimension + ") is out of range");
        }
        long bytes = rows * dimension * (half ? Short.BYTES : Float.BYTES);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            long found = channel.size() - offset;
            if (found != bytes) {
                throw DataException.in(
                        file,
                        "holds " + found + " bytes of numbers, but shape (" + rows + ", " + dimension + ") in "
                                + (half ? "float16" : "float32") + " needs " + bytes
                                + (found < bytes ? "; is the copy complete?" : "; is this the right shape?"));
            }
            MemorySegment data =
                    bytes == 0 ? MemorySegment.NULL : channel.map(FileChannel.MapMode.READ_ONLY, offset, bytes, arena);
            return new FeatureMatrix(file, data, (int) rows, (int) dimension, half);
        }
    }

    void copy(int row, float[] target, int offset) {
        long first = (long) row * dimension;
        if (half) {
            for (int i = 0; i < dimension; i++) {
                target[offset + i] = Float.float16ToFloat(data.getAtIndex(SHORT, first + i));
            }
        } else {
            MemorySegment.copy(data, FLOAT, first * Float.BYTES, target, offset, dimension);
        }
    }

    /// The first row with a value that is NaN or infinite, or -1.
    int firstRowNotFinite() {
        int mask = half ? 0x7c00 : 0x7f800000;
        for (int row = 0; row < rows; row++) {
            long first = (long) row * dimension;
            boolean finite = true;
            for (int i = 0; i < dimension; i++) {
                int bits = half ? data.getAtIndex(SHORT, first + i) : data.getAtIndex(INT, first + i);
                finite &= (bits & mask) != mask;
            }
            if (!finite) {
                return row;
            }
        }
        return -1;
    }
}
