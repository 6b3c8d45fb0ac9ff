package org.cl2cm.model;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import org.cl2cm.data.AtomicFile;
import org.cl2cm.data.DataException;
import org.cl2cm.model.SafetensorsHeader.Place;

/// A memory-mapped safetensors file: eight bytes with the length of a JSON header, the header, raw
/// little-endian tensors.
///
/// Safe for use by many threads. Nothing of it may be used after [#close].
public final class Safetensors implements AutoCloseable {
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final int LENGTH = 8;
    private static final long MAX_HEADER = 100L << 20;

    /// Number formats.
    public enum Type {
        F64(8),
        F32(4),
        F16(2),
        BF16(2),
        I64(8),
        I32(4),
        I16(2),
        I8(1),
        U8(1),
        BOOL(1);

        private final int bytes;

        Type(int bytes) {
            this.bytes = bytes;
        }

        /// Bytes of one number.
        public int bytes() {
            return bytes;
        }
    }

    /// Writes the numbers of a tensor, little-endian and row-major.
    @FunctionalInterface
    public interface Values {
        void writeTo(OutputStream out) throws IOException;
    }

    /// A tensor to be written.
    ///
    /// @param values called once, when its turn comes: what it makes need not exist before or after
    public record Entry(Type type, long[] shape, Values values) {
        public Entry {
            shape = shape.clone();
            if (Arrays.stream(shape).anyMatch(extent -> extent < 0) || SafetensorsHeader.bytes(type, shape) < 0) {
                throw new IllegalArgumentException("no tensor can have the shape " + Arrays.toString(shape));
            }
        }

        /// @param data the numbers, little-endian and row-major
        public Entry(Type type, long[] shape, MemorySegment data) {
            this(type, shape, (Values) out -> copy(data, out));
            if (size() != data.byteSize()) {
                throw new IllegalArgumentException(data.byteSize() + " bytes do not make a " + type
                        + " tensor of shape " + Arrays.toString(shape));
            }
        }

        /// Bytes of the numbers.
        public long size() {
            return SafetensorsHeader.bytes(type, shape);
        }
    }

    private final Path path;
    private final Arena arena;
    private final MemorySegment data;
    private final SafetensorsHeader header;

    private Safetensors(Path path, Arena arena, MemorySegment data, SafetensorsHeader header) {
        this.path = path;
        this.arena = arena;
        this.data = data;
        this.header = header;
    }

    /// Opens a file and checks its header against its length: every tensor inside, none over another, no
    /// gap.
    ///
    /// @throws DataException when it is missing, cut off or damaged, naming file and tensor
    public static Safetensors open(Path path) throws IOException {
        Arena arena = Arena.ofShared();
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            long size = channel.size();
            if (size < LENGTH) {
                throw DataException.in(path, "no safetensors file: only " + size + " bytes");
            }
            MemorySegment all = channel.map(FileChannel.MapMode.READ_ONLY, 0, size, arena);
            long length = all.get(LONG, 0);
            if (length <= 0 || length > Math.min(size - LENGTH, MAX_HEADER)) {
                throw DataException.in(path, "no safetensors file, or cut off: a header of " + length + " bytes");
            }
            byte[] text = all.asSlice(LENGTH, length).toArray(ValueLayout.JAVA_BYTE);
            MemorySegment data = all.asSlice(LENGTH + length);
            return new Safetensors(path, arena, data, SafetensorsHeader.parse(path, text, data.byteSize()));
        } catch (NoSuchFileException e) {
            arena.close();
            throw DataException.in(path, "no such file", e);
        } catch (IOException | RuntimeException e) {
            arena.close();
            throw e;
        }
    }

    /// Names of the tensors, in the order of the header.
    public Set<String> names() {
        return Collections.unmodifiableSet(header.places().keySet());
    }

    /// Free text that the writer put beside the tensors.
    public Map<String, String> metadata() {
        return Collections.unmodifiableMap(header.metadata());
    }

    private Place place(String name) throws DataException {
        Place place = header.places().get(name);
        if (place == null) {
            throw DataException.in(path, "tensor \"" + name + "\" is missing");
        }
        return place;
    }

    public Type type(String name) throws DataException {
        return place(name).type();
    }

    public long[] shape(String name) throws DataException {
        return place(name).shape().clone();
    }

    /// The numbers of a tensor, little-endian, row-major, read-only; valid until the file is closed. Not
    /// always aligned to the size of a number: read them with an `_UNALIGNED` layout.
    public MemorySegment data(String name) throws DataException {
        Place place = place(name);
        return data.asSlice(place.from(), place.to() - place.from());
    }

    @Override
    public void close() {
        arena.close();
    }

    /// Writes tensors in the order of `entries`, beside `path`, and renames. The same entries and
    /// metadata, in the same order, give the same bytes.
    ///
    /// @throws IOException when the disk is full or an entry writes another number of bytes than its
    ///     shape tells
    public static void write(Path path, Map<String, Entry> entries, Map<String, String> metadata) throws IOException {
        byte[] text = SafetensorsHeader.render(entries, metadata);
        AtomicFile.write(path, out -> {
            out.write(ByteBuffer.allocate(LENGTH)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putLong(text.length)
                    .array());
            out.write(text);
            for (Map.Entry<String, Entry> entry : entries.entrySet()) {
                Counted counted = new Counted(out);
                entry.getValue().values().writeTo(counted);
                if (counted.written != entry.getValue().size()) {
                    throw new IOException(path + ": tensor \"" + entry.getKey() + "\": " + counted.written
                            + " bytes were written, its shape has "
                            + entry.getValue().size());
                }
            }
        });
    }

    private static void copy(MemorySegment data, OutputStream out) throws IOException {
        byte[] buffer = new byte[(int) Math.min(1 << 20, data.byteSize())];
        for (long from = 0; from < data.byteSize(); from += buffer.length) {
            int count = (int) Math.min(buffer.length, data.byteSize() - from);
            MemorySegment.copy(data, ValueLayout.JAVA_BYTE, from, buffer, 0, count);
            out.write(buffer, 0, count);
        }
    }

    private static final class Counted extends FilterOutputStream {
        private long written;

        Counted(OutputStream out) {
            super(out);
        }

        @Override
        public void write(int b) throws IOException {
            out.write(b);
            written++;
        }

        @Override
        public void write(byte[] bytes, int from, int count) throws IOException {
            out.write(bytes, from, count);
            written += count;
        }
    }
}
