package org.cl2cm.model.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.cl2cm.data.DataException;

/// The index of a TensorFlow tensor bundle: an uncompressed LevelDB table of `BundleEntryProto`.
///
/// Read are the fields that a bundle of one shard with float tensors has.
public final class TensorBundle {
    private static final int FOOTER = 48;
    private static final long MAGIC = 0xdb4775248b80fb57L;
    private static final int FLOAT = 1;

    /// Where a tensor lies in the data file.
    ///
    /// @param offset in bytes
    public record Place(long[] shape, long offset, long size) {}

    private TensorBundle() {}

    /// @param index content of `variables.index`
    /// @return every float tensor by name
    /// @throws DataException when the index is damaged or of another kind
    public static Map<String, Place> read(byte[] index) throws IOException {
        ByteBuffer file = ByteBuffer.wrap(index).order(ByteOrder.LITTLE_ENDIAN);
        if (index.length < FOOTER || file.getLong(index.length - 8) != MAGIC) {
            throw new DataException("variables.index is no LevelDB table, or cut off");
        }
        try {
            ByteBuffer footer = slice(file, index.length - FOOTER, FOOTER);
            varint(footer);
            varint(footer);
            long indexOffset = varint(footer);
            long indexSize = varint(footer);
            Map<String, Place> tensors = new LinkedHashMap<>();
            for (byte[] handle : block(file, indexOffset, indexSize).values()) {
                ByteBuffer place = ByteBuffer.wrap(handle);
                long offset = varint(place);
                long size = varint(place);
                for (Map.Entry<String, byte[]> entry : block(file, offset, size).entrySet()) {
                    // The empty key holds the header of the bundle.
                    if (!entry.getKey().isEmpty()) {
                        place(entry.getValue()).ifPresent(found -> tensors.put(entry.getKey(), found));
                    }
                }
            }
            return tensors;
        } catch (java.nio.BufferUnderflowException | IndexOutOfBoundsException | IllegalArgumentException e) {
            throw new DataException("variables.index is damaged", e);
        }
    }

    private static ByteBuffer slice(ByteBuffer file, long offset, long size) {
        return file.slice(Math.toIntExact(offset), Math.toIntExact(size)).order(ByteOrder.LITTLE_ENDIAN);
    }

    /// The entries of a block: keys share prefixes with the key before.
    private static Map<String, byte[]> block(ByteBuffer file, long offset, long size) throws DataException {
        if (file.get(Math.toIntExact(offset + size)) != 0) {
            throw new DataException("variables.index is compressed, which is not read");
        }
        ByteBuffer block = slice(file, offset, size);
        int restarts = block.getInt(block.limit() - 4);
        block.limit(block.limit() - 4 * (restarts + 1));
        Map<String, byte[]> entries = new LinkedHashMap<>();
        byte[] key = new byte[0];
        while (block.hasRemaining()) {
            int shared = Math.toIntExact(varint(block));
            int rest = Math.toIntExact(varint(block));
            int length = Math.toIntExact(varint(block));
            key = Arrays.copyOf(key, shared + rest);
            block.get(key, shared, rest);
            byte[] value = new byte[length];
            block.get(value);
            entries.put(new String(key, StandardCharsets.UTF_8), value);
        }
        return entries;
    }

    private static java.util.Optional<Place> place(byte[] message) {
        ByteBuffer in = ByteBuffer.wrap(message).order(ByteOrder.LITTLE_ENDIAN);
        long type = 0;
        long[] shape = {};
        long offset = 0;
        long size = 0;
        while (in.hasRemaining()) {
            long tag = varint(in);
            switch ((int) (tag >>> 3)) {
                case 1 -> type = varint(in);
                case 2 -> shape = shape(bytes(in));
                case 4 -> offset = varint(in);
                case 5 -> size = varint(in);
                default -> skip(in, tag);
            }
        }
        return type == FLOAT ? java.util.Optional.of(new Place(shape, offset, size)) : java.util.Optional.empty();
    }

    /// TensorShapeProto: repeated Dim dim = 2; Dim: int64 size = 1.
    private static long[] shape(byte[] message) {
        ByteBuffer in = ByteBuffer.wrap(message).order(ByteOrder.LITTLE_ENDIAN);
        List<Long> extents = new ArrayList<>();
        while (in.hasRemaining()) {
            long tag = varint(in);
            if (tag >>> 3 != 2) {
                skip(in, tag);
                continue;
            }
            ByteBuffer dimension = ByteBuffer.wrap(bytes(in)).order(ByteOrder.LITTLE_ENDIAN);
            long extent = 0;
            while (dimension.hasRemaining()) {
                long inner = varint(dimension);
                if (inner >>> 3 == 1) {
                    extent = varint(dimension);
                } else {
                    skip(dimension, inner);
                }
            }
            extents.add(extent);
        }
        return extents.stream().mapToLong(Long::longValue).toArray();
    }

    private static byte[] bytes(ByteBuffer in) {
        byte[] bytes = new byte[Math.toIntExact(varint(in))];
        in.get(bytes);
        return bytes;
    }

    private static void skip(ByteBuffer in, long tag) {
        switch ((int) (tag & 7)) {
            case 0 -> varint(in);
            case 1 -> in.position(in.position() + 8);
            case 2 -> bytes(in);
            case 5 -> in.position(in.position() + 4);
            default -> throw new IllegalArgumentException("wire type " + (tag & 7));
        }
    }

    private static long varint(ByteBuffer in) {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            byte next = in.get();
            value |= (long) (next & 0x7f) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw new IllegalArgumentException("a varint of more than ten bytes");
    }
}
