package org.cl2cm.train.log;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;
import org.cl2cm.data.DataException;

/// Scalars in TensorBoard's event files: TFRecord frames around `Event` messages.
///
/// Every run and every resumption writes a file of its own. Not safe for use by many threads.
public final class TensorBoardLog implements AutoCloseable {
    private final Path file;
    private final FileChannel channel;

    /// @param folder of the run
    public TensorBoardLog(Path folder) throws IOException {
        Files.createDirectories(folder);
        long now = System.currentTimeMillis();
        file = folder.resolve("events.out.tfevents." + now / 1000 + "."
                + ProcessHandle.current().pid() + ".cl2cm");
        channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND, StandardOpenOption.WRITE);
        ByteArrayOutputStream event = new ByteArrayOutputStream();
        doubleField(event, 1, now / 1e3);
        bytesField(event, 3, "brain.Event:2".getBytes(StandardCharsets.UTF_8));
        frame(event.toByteArray());
    }

    /// @throws DataException when the disk is full, naming the file
    public void scalar(String tag, long step, double value) throws IOException {
        // Event: wall_time = 1, step = 2, summary = 5; Summary: value = 1; Value: tag = 1, simple_value = 2.
        ByteArrayOutputStream one = new ByteArrayOutputStream();
        bytesField(one, 1, tag.getBytes(StandardCharsets.UTF_8));
        one.write((2 << 3) | 5);
        one.writeBytes(little(4).putFloat((float) value).array());
        ByteArrayOutputStream summary = new ByteArrayOutputStream();
        bytesField(summary, 1, one.toByteArray());
        ByteArrayOutputStream event = new ByteArrayOutputStream();
        doubleField(event, 1, System.currentTimeMillis() / 1e3);
        event.write(2 << 3);
        varint(event, step);
        bytesField(event, 5, summary.toByteArray());
        frame(event.toByteArray());
    }

    private void frame(byte[] data) throws IOException {
        byte[] length = little(8).putLong(data.length).array();
        ByteBuffer frame = little(16 + data.length);
        frame.put(length).putInt(masked(length)).put(data).putInt(masked(data)).flip();
        try {
            while (frame.hasRemaining()) {
                channel.write(frame);
            }
        } catch (IOException e) {
            throw DataException.in(file, "cannot be written: " + e.getMessage(), e);
        }
    }

    private static int masked(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        int value = (int) crc.getValue();
        return ((value >>> 15) | (value << 17)) + 0xa282ead8;
    }

    private static ByteBuffer little(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static void doubleField(ByteArrayOutputStream out, int field, double value) {
        out.write((field << 3) | 1);
        out.writeBytes(little(8).putDouble(value).array());
    }

    private static void bytesField(ByteArrayOutputStream out, int field, byte[] bytes) {
        out.write((field << 3) | 2);
        varint(out, bytes.length);
        out.writeBytes(bytes);
    }

    private static void varint(ByteArrayOutputStream out, long value) {
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            out.write((int) ((rest & 0x7f) | 0x80));
            rest >>>= 7;
        }
        out.write((int) rest);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
