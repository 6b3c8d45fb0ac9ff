package org.cl2cm.train.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogsTest {
    @TempDir
    private Path folder;

    private static void write(Path file, int from, int to) throws IOException {
        try (JsonLinesLog log = new JsonLinesLog(file)) {
            for (int position = from; position <= to; position++) {
                log.append(position, Map.of("loss", 1.0 / position));
            }
        }
    }

    @Test
    void aResumedRunLeavesTheLogOfAnUndisturbedOne() throws IOException {
        Path whole = folder.resolve("whole.jsonl");
        write(whole, 1, 9);
        Path killed = folder.resolve("killed.jsonl");
        write(killed, 1, 7);
        Files.writeString(killed, "{\"loss\":0.12", StandardOpenOption.APPEND);
        try (JsonLinesLog log = new JsonLinesLog(killed)) {
            log.resumeAt(5);
        }
        assertThat(Files.readAllLines(killed)).hasSize(5);
        write(killed, 6, 9);
        assertThat(Files.readString(killed)).isEqualTo(Files.readString(whole));
    }

    @Test
    void aHalfWrittenLastLineIsCutEvenWhenNothingElseIs() throws IOException {
        Path file = folder.resolve("log.jsonl");
        write(file, 1, 3);
        String before = Files.readString(file);
        Files.writeString(file, "{\"posi", StandardOpenOption.APPEND);
        try (JsonLinesLog log = new JsonLinesLog(file)) {
            log.resumeAt(100);
        }
        assertThat(Files.readString(file)).isEqualTo(before);
        assertThat(before.lines().findFirst().orElseThrow()).isEqualTo("{\"loss\":1.0,\"position\":1}");
    }

    /// What a TensorBoard event of a scalar says.
    private record Event(double time, String version, long step, String tag, float value) {}

    /// A reader of protobuf written for this test.
    private record Message(ByteBuffer bytes) {
        Message {
            bytes.order(ByteOrder.LITTLE_ENDIAN);
        }

        boolean hasMore() {
            return bytes.hasRemaining();
        }

        long varint() {
            long value = 0;
            for (int shift = 0; ; shift += 7) {
                byte next = bytes.get();
                value |= (next & 0x7fL) << shift;
                if (next >= 0) {
                    return value;
                }
            }
        }

        ByteBuffer slice() {
            int length = Math.toIntExact(varint());
            ByteBuffer slice = bytes.slice(bytes.position(), length);
            bytes.position(bytes.position() + length);
            return slice;
        }

        String text() {
            return StandardCharsets.UTF_8.decode(slice()).toString();
        }
    }

    /// Field number and wire type.
    private static int key(int field, int wire) {
        return (field << 3) | wire;
    }

    private static Event event(ByteBuffer data) {
        double time = 0;
        String version = "";
        long step = 0;
        String tag = "";
        float value = 0;
        Message event = new Message(data);
        while (event.hasMore()) {
            int key = Math.toIntExact(event.varint());
            if (key == key(1, 1)) {
                time = event.bytes().getDouble();
            } else if (key == key(2, 0)) {
                step = event.varint();
            } else if (key == key(3, 2)) {
                version = event.text();
            } else {
                assertThat(key).isEqualTo(key(5, 2));
                Message summary = new Message(event.slice());
                assertThat(summary.varint()).isEqualTo(key(1, 2));
                Message scalar = new Message(summary.slice());
                assertThat(scalar.varint()).isEqualTo(key(1, 2));
                tag = scalar.text();
                assertThat(scalar.varint()).isEqualTo(key(2, 5));
                value = scalar.bytes().getFloat();
                assertThat(scalar.hasMore() || summary.hasMore()).isFalse();
            }
        }
        return new Event(time, version, step, tag, value);
    }

    /// CRC-32C bit by bit (reflected polynomial), masked as TFRecord has it.
    private static int maskedChecksum(byte[] bytes) {
        int crc = -1;
        for (byte next : bytes) {
            crc ^= next & 0xff;
            for (int bit = 0; bit < 8; bit++) {
                crc = (crc >>> 1) ^ ((crc & 1) == 0 ? 0 : 0x82F63B78);
            }
        }
        return Integer.rotateRight(~crc, 15) + 0xa282ead8;
    }

    private static List<Event> events(Path file) throws IOException {
        List<Event> events = new ArrayList<>();
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        while (bytes.hasRemaining()) {
            byte[] length = new byte[8];
            bytes.get(length);
            assertThat(bytes.getInt()).isEqualTo(maskedChecksum(length));
            long size = ByteBuffer.wrap(length).order(ByteOrder.LITTLE_ENDIAN).getLong();
            byte[] data = new byte[Math.toIntExact(size)];
            bytes.get(data);
            assertThat(bytes.getInt()).isEqualTo(maskedChecksum(data));
            events.add(event(ByteBuffer.wrap(data)));
        }
        return events;
    }

    @Test
    void tensorBoardEventsAreReadBack() throws IOException {
        try (TensorBoardLog log = new TensorBoardLog(folder)) {
            log.scalar("loss/total", 1, 0.25);
            log.scalar("verlust/größe", 300, -1e-3);
            log.scalar("rate", 5_000_000_000L, 2);
        }
        Path file;
        try (Stream<Path> files = Files.list(folder)) {
            file = files.findFirst().orElseThrow();
        }
        assertThat(String.valueOf(file.getFileName())).startsWith("events.out.tfevents.");
        List<Event> events = events(file);
        assertThat(events.getFirst().version()).isEqualTo("brain.Event:2");
        List<Event> scalars = events.subList(1, events.size());
        assertThat(scalars.stream().map(Event::tag)).containsExactly("loss/total", "verlust/größe", "rate");
        assertThat(scalars.stream().map(Event::step)).containsExactly(1L, 300L, 5_000_000_000L);
        assertThat(scalars.stream().map(Event::value)).containsExactly(0.25f, -1e-3f, 2f);
        double now = System.currentTimeMillis() / 1e3;
        assertThat(events).allSatisfy(event -> assertThat(event.time()).isBetween(now - 60, now));
    }
}
