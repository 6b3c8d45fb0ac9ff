package org.cl2cm.model.internal;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.cl2cm.data.DataException;

/// A LevelDB table (sstable) without compression: blocks of sorted key-value pairs, an index block that
/// says where they lie, a footer that says where the index lies. Every block carries a CRC-32C, which is
/// checked.
final class LevelTable {
    private static final int FOOTER = 48;
    private static final long MAGIC = 0xdb4775248b80fb57L;

    private final String name;
    private final ByteBuffer file;

    private LevelTable(String name, byte[] content) {
        this.name = name;
        this.file = ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN);
    }

    /// @param name of the file, for messages
    /// @return the pairs in the order of the file
    /// @throws DataException when it is cut off, damaged or compressed
    static Map<String, byte[]> read(String name, byte[] content) throws DataException {
        return new LevelTable(name, content).pairs();
    }

    private Map<String, byte[]> pairs() throws DataException {
        int end = file.limit() - FOOTER;
        if (end < 0 || file.getLong(file.limit() - 8) != MAGIC) {
            throw new DataException(name + ": no LevelDB table, or cut off");
        }
        try {
            Varint footer = new Varint(slice(end, FOOTER));
            // The first block has no pairs of ours; reading it checks it.
            block(footer.next(), footer.next());
            Map<String, byte[]> pairs = new LinkedHashMap<>();
            for (byte[] handle : block(footer.next(), footer.next()).values()) {
                Varint place = new Varint(ByteBuffer.wrap(handle));
                pairs.putAll(block(place.next(), place.next()));
            }
            return pairs;
        } catch (BufferUnderflowException
                | IndexOutOfBoundsException
                | IllegalArgumentException
                | ArithmeticException e) {
            throw new DataException(name + ": damaged: " + e, e);
        }
    }

    private ByteBuffer slice(long offset, long size) {
        return file.slice(Math.toIntExact(offset), Math.toIntExact(size)).order(ByteOrder.LITTLE_ENDIAN);
    }

    /// A block's keys share prefixes with the key before; the restart points at its end are not needed
    /// to read all.
    private Map<String, byte[]> block(long offset, long size) throws DataException {
        ByteBuffer trailer = slice(offset + size, 5);
        byte compression = trailer.get();
        if (compression != 0) {
            throw new DataException(name + ": compressed (" + compression + "), which is not read");
        }
        if (MaskedCrc.of(slice(offset, size + 1)) != trailer.getInt()) {
            throw new DataException(name + ": the block at " + offset + " is damaged: its checksum differs");
        }
        ByteBuffer block = slice(offset, size);
        int restarts = block.getInt(block.limit() - 4);
        block.limit(Math.subtractExact(block.limit(), Math.multiplyExact(4, restarts + 1)));
        Varint numbers = new Varint(block);
        Map<String, byte[]> entries = new LinkedHashMap<>();
        byte[] key = new byte[0];
        while (block.hasRemaining()) {
            int shared = Math.toIntExact(numbers.next());
            int rest = Math.toIntExact(numbers.next());
            int length = Math.toIntExact(numbers.next());
            if (shared > key.length || rest > block.remaining() || length > block.remaining()) {
                throw new IllegalArgumentException("an entry longer than its block");
            }
            key = Arrays.copyOf(key, shared + rest);
            block.get(key, shared, rest);
            byte[] value = new byte[length];
            block.get(value);
            entries.put(new String(key, StandardCharsets.UTF_8), value);
        }
        return entries;
    }
}
