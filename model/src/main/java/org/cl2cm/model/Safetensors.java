package org.cl2cm.model;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.cl2cm.data.AtomicFile;
import org.cl2cm.data.DataException;

/// A memory-mapped safetensors file: eight bytes with the length of a JSON header, the header, raw little-endian
/// tensors. Safe for use by many threads.
public final class Safetensors implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
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

    /// A tensor to be written.
    ///
    /// @param data the numbers, little-endian and row-major
    public record Entry(Type type, long[] shape, MemorySegment data) {
        public Entry {
            if (size(type, shape) != data.byteSize()) {
                throw new IllegalArgumentException(data.byteSize() + " bytes do not make a " + type
                        + " tensor of shape " + Arrays.toString(shape));
            }
        }
    }

    private record Place(Type type, long[] shape, long from, long to) {}

    private final Path path;
    private final Arena arena;
    private final MemorySegment data;
    private final Map<String, Place> places;
    private final Map<String, String> metadata;

    private Safetensors(
            Path path, Arena arena, MemorySegment data, Map<String, Place> places, Map<String, String> metadata) {
        this.path = path;
        this.arena = arena;
        this.data = data;
        this.places = places;
        this.metadata = metadata;
    }

    /// Opens a file and checks its header against its length.
    ///
    /// @throws DataException when it is missing, cut off or damaged, naming file and tensor
    public static Safetensors open(Path path) throws IOException {
        Arena arena = Arena.ofShared();
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            long size = channel.size();
            if (size < 8) {
                throw DataException.in(path, "no safetensors file: only " + size + " bytes");
            }
            MemorySegment all = channel.map(FileChannel.MapMode.READ_ONLY, 0, size, arena);
            long header = all.get(ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN), 0);
            if (header <= 0 || header > Math.min(size - 8, MAX_HEADER)) {
                throw DataException.in(path, "no safetensors file, or cut off: a header of " + header + " bytes");
            }
            byte[] text = all.asSlice(8, header).toArray(ValueLayout.JAVA_BYTE);
            Map<String, String> metadata = new LinkedHashMap<>();
            Map<String, Place> places = parse(path, text, size - 8 - header, metadata);
            return new Safetensors(path, arena, all.asSlice(8 + header), places, metadata);
        } catch (NoSuchFileException e) {
            arena.close();
            throw DataException.in(path, "no such file", e);
        } catch (IOException | RuntimeException e) {
            arena.close();
            throw e;
        }
    }

    private static Map<String, Place> parse(Path path, byte[] text, long size, Map<String, String> metadata)
            throws IOException {
        JsonNode root;
        try {
            root = JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw DataException.in(path, "the header is no JSON: " + e.getOriginalMessage(), e);
        }
        Map<String, Place> places = new LinkedHashMap<>();
        for (var entry : root.properties()) {
            if (entry.getKey().equals("__metadata__")) {
                entry.getValue()
                        .properties()
                        .forEach(pair ->
                                metadata.put(pair.getKey(), pair.getValue().asText()));
            } else {
                places.put(entry.getKey(), place(path, entry.getKey(), entry.getValue(), size));
            }
        }
        return places;
    }

    private static Place place(Path path, String name, JsonNode node, long size) throws DataException {
        Type type;
        try {
            type = Type.valueOf(node.path("dtype").asText());
        } catch (IllegalArgumentException e) {
            throw DataException.in(path, "tensor \"" + name + "\": dtype " + node.path("dtype") + " is not read", e);
        }
        JsonNode extents = node.path("shape");
        JsonNode offsets = node.path("data_offsets");
        if (!extents.isArray() || !offsets.isArray() || offsets.size() != 2) {
            throw DataException.in(path, "tensor \"" + name + "\": shape or data_offsets is missing");
        }
        long[] shape = new long[extents.size()];
        for (int i = 0; i < shape.length; i++) {
            shape[i] = extents.get(i).asLong(-1);
        }
        long from = offsets.get(0).asLong(-1);
        long to = offsets.get(1).asLong(-1);
        if (from < 0 || to < from || to > size) {
            throw DataException.in(
                    path,
                    "tensor \"" + name + "\" lies at " + from + " to " + to + " of " + size
                            + " bytes: the file is cut off or damaged");
        }
        if (Arrays.stream(shape).anyMatch(extent -> extent < 0) || size(type, shape) != to - from) {
            throw DataException.in(
                    path,
                    "tensor \"" + name + "\": " + (to - from) + " bytes do not fit the shape "
                            + Arrays.toString(shape));
        }
        return new Place(type, shape, from, to);
    }

    private static long size(Type type, long[] shape) {
        long size = type.bytes();
        for (long extent : shape) {
            size = Math.multiplyExact(size, extent);
        }
        return size;
    }

    public Set<String> names() {
        return Collections.unmodifiableSet(places.keySet());
    }

    public Map<String, String> metadata() {
        return Collections.unmodifiableMap(metadata);
    }

    private Place place(String name) throws DataException {
        Place place = places.get(name);
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

    /// The numbers of a tensor, little-endian, row-major, read-only; valid until the file is closed.
    public MemorySegment data(String name) throws DataException {
        Place place = place(name);
        return data.asSlice(place.from(), place.to() - place.from());
    }

    @Override
    public void close() {
        arena.close();
    }

    /// Writes tensors in the order of `entries`, beside `path`, and renames.
    public static void write(Path path, Map<String, Entry> entries, Map<String, String> metadata) throws IOException {
        Map<String, Object> header = new LinkedHashMap<>();
        if (!metadata.isEmpty()) {
            header.put("__metadata__", metadata);
        }
        long offset = 0;
        for (Map.Entry<String, Entry> entry : entries.entrySet()) {
            long end = offset + entry.getValue().data().byteSize();
            Map<String, Object> place = new LinkedHashMap<>();
            place.put("dtype", entry.getValue().type().name());
            place.put("shape", entry.getValue().shape());
            place.put("data_offsets", new long[] {offset, end});
            header.put(entry.getKey(), place);
            offset = end;
        }
        byte[] text = JSON.writeValueAsBytes(header);
        int padded = (text.length + 7) / 8 * 8;
        AtomicFile.write(path, out -> {
            out.write(ByteBuffer.allocate(8)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putLong(padded)
                    .array());
            out.write(text);
            out.write(" ".repeat(padded - text.length).getBytes(StandardCharsets.US_ASCII));
            for (Entry entry : entries.values()) {
                copy(entry.data(), out);
            }
        });
    }

    private static void copy(MemorySegment data, OutputStream out) throws IOException {
        var channel = Channels.newChannel(out);
        long step = 1L << 24;
        for (long from = 0; from < data.byteSize(); from += step) {
            ByteBuffer buffer =
                    data.asSlice(from, Math.min(step, data.byteSize() - from)).asByteBuffer();
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
        }
    }
}
