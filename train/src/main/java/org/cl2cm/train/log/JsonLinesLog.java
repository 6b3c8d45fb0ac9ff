package org.cl2cm.train.log;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import org.cl2cm.data.DataException;

/// One JSON object a line. A resumed run cuts off what the run before wrote after its last checkpoint.
///
/// Not safe for use by many threads.
public final class JsonLinesLog implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String POSITION = "position";

    private final Path file;
    private final FileChannel channel;

    /// Opens the log to append.
    public JsonLinesLog(Path file) throws IOException {
        this.file = file;
        this.channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        channel.position(channel.size());
    }

    /// Cuts off every record behind `position`, and a last line that was not written whole.
    public void resumeAt(long position) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        int keep = 0;
        int start = 0;
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] == '\n') {
                String line = new String(bytes, start, i - start, StandardCharsets.UTF_8);
                start = i + 1;
                if (!before(line, position)) {
                    break;
                }
                keep = start;
            }
        }
        channel.truncate(keep);
        channel.position(keep);
    }

    private static boolean before(String line, long position) {
        try {
            return JSON.readTree(line).path(POSITION).asLong(Long.MAX_VALUE) <= position;
        } catch (JsonProcessingException e) {
            return false;
        }
    }

    /// @param position grows over the run; stands in the record as `position`
    /// @throws DataException when the disk is full, naming the file
    public void append(long position, Map<String, ?> record) throws IOException {
        com.fasterxml.jackson.databind.node.ObjectNode node = JSON.valueToTree(record);
        node.put(POSITION, position);
        ByteBuffer line = ByteBuffer.wrap((JSON.writeValueAsString(node) + "\n").getBytes(StandardCharsets.UTF_8));
        try {
            while (line.hasRemaining()) {
                channel.write(line);
            }
        } catch (IOException e) {
            throw DataException.in(file, "cannot be written: " + e.getMessage(), e);
        }
    }

    /// Forces what was written to the disk.
    public void force() throws IOException {
        channel.force(false);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
