package org.cl2cm.model.internal;

import java.lang.foreign.MemorySegment;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;
import org.cl2cm.data.DataException;

/// The index of a TensorFlow tensor bundle: a LevelDB table of `BundleEntryProto` messages that say
/// where in the data file a tensor lies.
///
/// Read are bundles of one shard; other than float32 tensors are left out.
public final class TensorBundle {
    private static final int FLOAT = 1;
    private static final long STEP = 1 << 24;

    /// Where a float32 tensor lies in the data file.
    ///
    /// @param offset in bytes
    /// @param size in bytes
    /// @param crc masked CRC-32C of the bytes
    public record Place(long[] shape, long offset, long size, int crc) {}

    private final Map<String, Place> places;

    private TensorBundle(Map<String, Place> places) {
        this.places = places;
    }

    /// @param index content of `variables.index`
    /// @throws DataException when the index is damaged or of another kind
    public static TensorBundle read(byte[] index) throws DataException {
        Map<String, Place> places = new LinkedHashMap<>();
        for (Map.Entry<String, byte[]> pair :
                LevelTable.read("variables.index", index).entrySet()) {
            // The empty key holds the header of the bundle.
            if (!pair.getKey().isEmpty()) {
                Message message = message(pair.getKey(), pair.getValue());
                if (message.type == FLOAT) {
                    places.put(pair.getKey(), message.place(pair.getKey()));
                }
            }
        }
        return new TensorBundle(places);
    }

    /// Every float32 tensor by name, in the order of the index.
    public Map<String, Place> places() {
        return Collections.unmodifiableMap(places);
    }

    /// @param data content of the data file
    /// @return the bytes of a tensor, little-endian and row-major
    /// @throws DataException when the file is cut off or the tensor's checksum differs
    public static MemorySegment values(String name, Place place, MemorySegment data) throws DataException {
        if (place.offset() < 0 || place.size() < 0 || place.offset() + place.size() > data.byteSize()) {
            throw new DataException("tensor \"" + name + "\" lies at " + place.offset() + " to "
                    + (place.offset() + place.size()) + " of " + data.byteSize() + " bytes: the data are cut off");
        }
        MemorySegment values = data.asSlice(place.offset(), place.size());
        CRC32C crc = new CRC32C();
        for (long from = 0; from < values.byteSize(); from += STEP) {
            crc.update(values.asSlice(from, Math.min(STEP, values.byteSize() - from))
                    .asByteBuffer());
        }
        if (MaskedCrc.mask((int) crc.getValue()) != place.crc()) {
            throw new DataException("tensor \"" + name + "\" is damaged: its checksum differs");
        }
        return values;
    }

    /// Fields of a BundleEntryProto: dtype = 1, shape = 2, shard_id = 3, offset = 4, size = 5, crc32c =
    /// 6, slices = 7.
    private static final class Message {
        private long type;
        private long[] shape = {};
        private long shard;
        private long offset;
        private long size;
        private int crc;
        private boolean sliced;

        Place place(String name) throws DataException {
            if (shard != 0 || sliced) {
                throw new DataException("tensor \"" + name + "\" is in several parts, which is not read");
            }
            if (Arrays.stream(shape).reduce(Float.BYTES, (a, b) -> a * b) != size) {
                throw new DataException(
                        "tensor \"" + name + "\": " + size + " bytes do not fit the shape " + Arrays.toString(shape));
            }
            return new Place(shape, offset, size, crc);
        }
    }

    private static Message message(String name, byte[] bytes) throws DataException {
        Message message = new Message();
        ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        Varint numbers = new Varint(in);
        try {
            while (in.hasRemaining()) {
                long tag = numbers.next();
                switch ((int) (tag >>> 3)) {
                    case 1 -> message.type = numbers.next();
                    case 2 -> message.shape = shape(bytes(in));
                    case 3 -> message.shard = numbers.next();
                    case 4 -> message.offset = numbers.next();
                    case 5 -> message.size = numbers.next();
                    case 6 -> message.crc = in.getInt();
                    default -> {
                        message.sliced |= tag >>> 3 == 7;
                        skip(in, tag);
                    }
                }
            }
        } catch (BufferUnderflowException | IllegalArgumentException | ArithmeticException e) {
            throw new DataException("variables.index: the entry \"" + name + "\" is damaged", e);
        }
        return message;
    }

    /// TensorShapeProto: repeated Dim dim = 2; Dim: int64 size = 1.
    private static long[] shape(ByteBuffer in) {
        List<Long> extents = new ArrayList<>();
        while (in.hasRemaining()) {
            long tag = new Varint(in).next();
            if (tag >>> 3 == 2) {
                extents.add(extent(bytes(in)));
            } else {
                skip(in, tag);
            }
        }
        return extents.stream().mapToLong(Long::longValue).toArray();
    }

    private static long extent(ByteBuffer in) {
        long extent = 0;
        while (in.hasRemaining()) {
            long tag = new Varint(in).next();
            if (tag >>> 3 == 1) {
                extent = new Varint(in).next();
            } else {
                skip(in, tag);
            }
        }
        return extent;
    }

    private static ByteBuffer bytes(ByteBuffer in) {
        int length = Math.toIntExact(new Varint(in).next());
        if (length < 0 || length > in.remaining()) {
            throw new BufferUnderflowException();
        }
        ByteBuffer bytes = in.slice(in.position(), length).order(ByteOrder.LITTLE_ENDIAN);
        in.position(in.position() + length);
        return bytes;
    }

    private static void skip(ByteBuffer in, long tag) {
        switch ((int) (tag & 7)) {
            case 0 -> new Varint(in).next();
            case 1 -> in.getLong();
            case 2 -> bytes(in);
            case 5 -> in.getInt();
            default -> throw new IllegalArgumentException("wire type " + (tag & 7));
        }
    }
}
