package org.cl2cm.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.cl2cm.data.DataException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SafetensorsTest {
    private static final String TWO = "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},"
            + "\"b\":{\"dtype\":\"I64\",\"shape\":[],\"data_offsets\":[8,16]}}";

    @TempDir
    Path folder;

    private Path file(String header, int data) throws IOException {
        byte[] text = header.getBytes(StandardCharsets.UTF_8);
        ByteBuffer bytes = ByteBuffer.allocate(8 + text.length + data).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(text.length).put(text);
        return Files.write(folder.resolve("hand.safetensors"), bytes.array());
    }

    private static byte[] random(int size, long seed) {
        byte[] bytes = new byte[size];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    private static byte[] bytes(Safetensors file, String name) throws IOException {
        return file.data(name).toArray(ValueLayout.JAVA_BYTE);
    }

    @Test
    void everyBitOfEveryTypeSurvives() throws IOException {
        Map<String, Safetensors.Entry> entries = new LinkedHashMap<>();
        Map<String, byte[]> data = new LinkedHashMap<>();
        for (Safetensors.Type type : Safetensors.Type.values()) {
            // Random bits hold NaNs of many kinds, which a detour over numbers would change.
            byte[] bits = random(3 * 5 * type.bytes(), type.name().hashCode());
            data.put("t." + type, bits);
            entries.put("t." + type, new Safetensors.Entry(type, new long[] {3, 5}, MemorySegment.ofArray(bits)));
        }
        entries.put("empty", new Safetensors.Entry(Safetensors.Type.F32, new long[] {0, 4}, out -> {}));
        data.put("empty", new byte[0]);
        Path file = folder.resolve("all.safetensors");
        Safetensors.write(file, entries, Map.of("who", "Käthe \"ü\""));

        try (Safetensors read = Safetensors.open(file)) {
            assertThat(read.names()).containsExactlyElementsOf(data.keySet());
            assertThat(read.metadata()).containsExactly(Map.entry("who", "Käthe \"ü\""));
            assertThat(read.shape("t.BF16")).containsExactly(3, 5);
            assertThat(read.type("t.BF16")).isEqualTo(Safetensors.Type.BF16);
            for (Map.Entry<String, byte[]> entry : data.entrySet()) {
                assertThat(bytes(read, entry.getKey())).isEqualTo(entry.getValue());
            }
        }
        byte[] first = Files.readAllBytes(file);
        Safetensors.write(file, entries, Map.of("who", "Käthe \"ü\""));
        assertThat(Files.readAllBytes(file)).isEqualTo(first);
        assertThat(first.length % 8)
                .isEqualTo(data.values().stream().mapToInt(b -> b.length).sum() % 8);
    }

    @Test
    void readsAFileMadeByHand() throws IOException {
        try (Safetensors read = Safetensors.open(file(TWO, 16))) {
            assertThat(read.names()).containsExactly("a", "b");
            assertThat(read.shape("b")).isEmpty();
            assertThat(read.data("b").byteSize()).isEqualTo(8);
            assertThat(read.metadata()).isEmpty();
            assertThatThrownBy(() -> read.data("c"))
                    .isInstanceOf(DataException.class)
                    .hasMessageContaining("hand.safetensors")
                    .hasMessageContaining("\"c\" is missing");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[8,16] | [4,12]  | \"b\" starts at 4, inside the tensor before it",
                "[8,16] | [9,17]  | \"b\" lies at 9 to 17 of 16 bytes",
                "[0,8]  | [0,4]   | \"a\": 4 bytes do not fit the shape [2]",
                "[2]    | [-2]    | \"a\": 8 bytes do not fit the shape",
                "[2]    | [4611686018427387904,4] | \"a\": 8 bytes do not fit",
                "[2]    | [2.5]   | \"a\": 8 bytes do not fit",
                "F32    | F8_E4M3 | \"a\": dtype \"F8_E4M3\" is not read",
                "shape  | form    | \"a\": shape or data_offsets is missing",
                "\"b\"  | \"a\"   | Duplicate field 'a'",
                "{\"a\" | \"a\"   | the header is no JSON",
            })
    void namesFileAndTensorOfADamagedHeader(String old, String damaged, String message) throws IOException {
        Path file = file(TWO.replaceFirst(java.util.regex.Pattern.quote(old), damaged), 16);
        assertThatThrownBy(() -> Safetensors.open(file))
                .isInstanceOf(DataException.class)
                .hasMessageStartingWith(file.toString())
                .hasMessageContaining(message);
    }

    @Test
    void refusesAFileCutOffAnywhere() throws IOException {
        byte[] whole = Files.readAllBytes(file(TWO, 16));
        Path cut = folder.resolve("cut.safetensors");
        for (int length = 0; length < whole.length; length++) {
            Files.write(cut, java.util.Arrays.copyOf(whole, length));
            assertThatThrownBy(() -> Safetensors.open(cut))
                    .as("cut to %d bytes", length)
                    .isInstanceOf(DataException.class)
                    .hasMessageStartingWith(cut.toString());
        }
        Files.write(cut, java.util.Arrays.copyOf(whole, whole.length + 1));
        assertThatThrownBy(() -> Safetensors.open(cut)).hasMessageContaining("1 bytes behind the last tensor");
        assertThatThrownBy(() -> Safetensors.open(folder.resolve("none"))).hasMessageContaining("no such file");
    }

    @Test
    void anEntryThatWritesTooLittleLeavesTheOldFile() throws IOException {
        Path file = folder.resolve("old.safetensors");
        Files.writeString(file, "old");
        Map<String, Safetensors.Entry> entries =
                Map.of("x", new Safetensors.Entry(Safetensors.Type.F32, new long[] {2}, out -> out.write(new byte[7])));
        assertThatThrownBy(() -> Safetensors.write(file, entries, Map.of()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("tensor \"x\": 7 bytes were written, its shape has 8");
        assertThat(file).hasContent("old");
        try (var files = Files.list(folder)) {
            assertThat(files).containsExactly(file);
        }
        assertThatThrownBy(() ->
                        new Safetensors.Entry(Safetensors.Type.F32, new long[] {2}, MemorySegment.ofArray(new byte[7])))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
