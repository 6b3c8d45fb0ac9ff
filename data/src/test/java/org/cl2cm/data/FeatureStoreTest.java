package org.cl2cm.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FeatureStoreTest {
    private static final long SEED = 42;

    @TempDir
    Path folder;

    private static float[] numbers(int count) {
        Random random = new Random(SEED);
        float[] numbers = new float[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = random.nextFloat() * 2 - 1;
        }
        return numbers;
    }

    /// A `.npy` file put together by hand from its parts.
    private Path npy(String name, int version, String header, byte[] data) throws IOException {
        byte[] text = header.getBytes(StandardCharsets.US_ASCII);
        ByteBuffer file = ByteBuffer.allocate(8 + 4 + text.length + data.length).order(ByteOrder.LITTLE_ENDIAN);
        file.put((byte) 0x93).put("NUMPY".getBytes(StandardCharsets.US_ASCII));
        file.put((byte) version).put((byte) 0);
        if (version == 1) {
            file.putShort((short) text.length);
        } else {
            file.putInt(text.length);
        }
        file.put(text).put(data);
        Path path = folder.resolve(name);
        byte[] bytes = new byte[file.position()];
        file.flip().get(bytes);
        Files.write(path, bytes);
        return path;
    }

    private static byte[] floats(float... values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * 4).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            bytes.putFloat(value);
        }
        return bytes.array();
    }

    private static String header(String type, boolean fortran, String shape) {
        return "{'descr': '" + type + "', 'fortran_order': " + (fortran ? "True" : "False") + ", 'shape': (" + shape
                + "), }   \n";
    }

    @Test
    void readsBackWhatWasWritten() throws IOException {
        float[] rows = numbers(3 * 5);
        Path npy = folder.resolve("a.npy");
        FeatureWriter.write(npy, List.of("x", "y z", "日本"), 5, rows);
        try (FeatureStore store = FeatureStore.open(npy)) {
            assertThat(store.dimension()).isEqualTo(5);
            assertThat(store.ids()).containsExactly("x", "y z", "日本");
            assertThat(store.indexOf("日本")).isEqualTo(2);
            assertThat(store.indexOf("no")).isEqualTo(-1);
            assertThat(store.get("y z")).containsExactly(rows[5], rows[6], rows[7], rows[8], rows[9]);
            float[] target = new float[7];
            store.copy(2, target, 1);
            assertThat(target).containsExactly(0, rows[10], rows[11], rows[12], rows[13], rows[14], 0);
            assertThatThrownBy(() -> store.get("no"))
                    .isInstanceOf(DataException.class)
                    .hasMessageContaining("a.npy")
                    .hasMessageContaining("\"no\"");
            assertThatThrownBy(() -> store.copy(3, target, 0)).isInstanceOf(IndexOutOfBoundsException.class);
        }
        byte[] bytes = Files.readAllBytes(npy);
        assertThat((bytes.length - 15 * 4) % 64)
                .as("numbers begin at a multiple of 64")
                .isZero();
    }

    @Test
    void readsVersionTwoUnalignedAndHalfPrecision() throws IOException {
        Files.writeString(folder.resolve("ids.txt"), "a\nb\n");
        Path two =
                npy("two.npy", 2, "{\"descr\": \"<f4\", \"fortran_order\": False, \"shape\": (2, 1)}\n", floats(1, -2));
        try (FeatureStore store = FeatureStore.open(two)) {
            assertThat(store.get("b")).containsExactly(-2);
        }
        ByteBuffer half = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
        half.putShort((short) 0x3c00)
                .putShort((short) 0xc000)
                .putShort((short) 0x3555)
                .putShort((short) 0x7bff);
        Path sixteen = npy("half.npy", 1, header("<f2", false, "2, 2"), half.array());
        try (FeatureStore store = FeatureStore.open(sixteen)) {
            assertThat(store.get("a")).containsExactly(1, -2);
            assertThat(store.get("b")).containsExactly(0.33325195f, 65504);
        }
    }

    @Test
    void refusesWrongShapesNamingThem() throws IOException {
        Files.writeString(folder.resolve("ids.txt"), "a\nb\n");
        refused(npy("one.npy", 1, header("<f4", false, "2,"), floats(1, 2)), "1 dimensions, need 2");
        refused(npy("three.npy", 1, header("<f4", false, "2, 1, 1"), floats(1, 2)), "3 dimensions, need 2");
        refused(npy("double.npy", 1, header("<f8", false, "2, 1"), new byte[16]), "'<f8'");
        refused(npy("fortran.npy", 1, header("<f4", true, "2, 1"), floats(1, 2)), "Fortran");
        refused(npy("short.npy", 1, header("<f4", false, "2, 2"), floats(1, 2, 3)), "holds 12 bytes");
        refused(npy("long.npy", 1, header("<f4", false, "2, 1"), floats(1, 2, 3)), "needs 8");
        refused(npy("huge.npy", 1, header("<f4", false, "9999999999, 9999999999"), floats(1)), "out of range");
        refused(npy("v9.npy", 9, header("<f4", false, "2, 1"), floats(1, 2)), "version 9");
        Path text = folder.resolve("text.npy");
        Files.writeString(text, "this is not an array");
        refused(text, "not a .npy file");
        Files.writeString(text, "");
        refused(text, "ends inside the npy header");
    }

    private static void refused(Path path, String because) {
        assertThatThrownBy(() -> FeatureStore.open(path).close())
                .isInstanceOf(DataException.class)
                .hasMessageContaining(path.getFileName().toString())
                .hasMessageContaining(because);
    }

    @Test
    void refusesNumbersThatAreNotFiniteNamingRowAndId() throws IOException {
        Files.writeString(folder.resolve("ids.txt"), "a\nb\n");
        refused(npy("nan.npy", 1, header("<f4", false, "2, 2"), floats(1, 2, 3, Float.NaN)), "row 1 (id \"b\")");
        refused(
                npy("inf.npy", 1, header("<f4", false, "2, 1"), floats(Float.NEGATIVE_INFINITY, 2)),
                "row 0 (id \"a\")");
        byte[] half = {0, 0x3c, 0, 0x7e};
        refused(npy("half.npy", 1, header("<f2", false, "2, 1"), half), "row 1 (id \"b\")");
    }

    @Test
    void refusesWrongIds() throws IOException {
        Path file = npy("x.npy", 1, header("<f4", false, "2, 1"), floats(1, 2));
        refused(file, "x.ids.txt");
        Path ids = folder.resolve("x.ids.txt");
        Files.writeString(ids, "a\n");
        assertThatThrownBy(() -> FeatureStore.open(file).close())
                .hasMessageContaining("x.ids.txt: holds 1 ids")
                .hasMessageContaining("2 rows");
        Files.writeString(ids, "a\na\n");
        assertThatThrownBy(() -> FeatureStore.open(file).close())
                .hasMessageContaining("x.ids.txt:2: id \"a\" stands in this store twice");
        Files.write(ids, new byte[] {'a', '\n', (byte) 0xe9, '\n'});
        assertThatThrownBy(() -> FeatureStore.open(file).close()).hasMessageContaining("x.ids.txt:2: not UTF-8");
    }

    @Test
    void readsPartitionsAsOneStore() throws IOException {
        float[] rows = numbers(12);
        FeatureWriter.write(folder.resolve("part-00000.npy"), List.of("a", "b"), 3, java.util.Arrays.copyOf(rows, 6));
        FeatureWriter.write(folder.resolve("part-00001.npy"), List.of(), 3, new float[0]);
        FeatureWriter.write(
                folder.resolve("part-00007.npy"),
                List.of("c", "d"),
                List.of(java.util.Arrays.copyOfRange(rows, 6, 9), java.util.Arrays.copyOfRange(rows, 9, 12)));
        Files.writeString(folder.resolve("part-00008.npy.part"), "half-written");
        try (FeatureStore store = FeatureStore.open(folder)) {
            assertThat(store.ids()).containsExactly("a", "b", "c", "d");
            for (int row = 0; row < 4; row++) {
                assertThat(store.get(store.ids().get(row)))
                        .containsExactly(rows[3 * row], rows[3 * row + 1], rows[3 * row + 2]);
            }
        }
        FeatureWriter.write(folder.resolve("part-00009.npy"), List.of("a"), 3, new float[3]);
        assertThatThrownBy(() -> FeatureStore.open(folder).close()).hasMessageContaining("part-00009.ids.txt:1");
        FeatureWriter.write(folder.resolve("part-00009.npy"), List.of("e"), 2, new float[2]);
        assertThatThrownBy(() -> FeatureStore.open(folder).close()).hasMessageContaining("part-00009.npy: dimension 2");
    }

    @Test
    void readsBigFileAndItsFrames() throws IOException {
        Files.write(folder.resolve("feature.bin"), floats(1, 2, 3, 4, 5, 6));
        Files.writeString(folder.resolve("shape.txt"), "3 2\n");
        Files.writeString(folder.resolve("id.txt"), "v1_0 v1_1\tv2_0 \n");
        try (FeatureStore store = FeatureStore.open(folder)) {
            assertThat(store.get("v2_0")).containsExactly(5, 6);
            assertThat(store.ids()).containsExactly("v1_0", "v1_1", "v2_0");
        }
        Path frames = folder.resolve("video2frames.txt");
        Files.writeString(frames, "{'v1': ['v1_0', 'v1_1'], \"it's\": [u'v2_0']}");
        assertThat(VideoFrames.read(frames))
                .hasSize(2)
                .containsEntry("v1", List.of("v1_0", "v1_1"))
                .containsEntry("it's", List.of("v2_0"));
        Files.writeString(frames, "{'v1': ['v1_0', 'v1_");
        assertThatThrownBy(() -> VideoFrames.read(frames)).isInstanceOf(DataException.class);
        Files.writeString(frames, "{'v1': ['v1_0']");
        assertThatThrownBy(() -> VideoFrames.read(frames)).hasMessageContaining("is the copy complete?");
        Files.writeString(folder.resolve("shape.txt"), "4 2");
        assertThatThrownBy(() -> FeatureStore.open(folder).close())
                .hasMessageContaining("feature.bin")
                .hasMessageContaining("needs 32");
        Files.writeString(folder.resolve("shape.txt"), "3 x");
        assertThatThrownBy(() -> FeatureStore.open(folder).close()).hasMessageContaining("shape.txt");
    }

    @Test
    void saysWhatAFolderWithoutFeaturesLacks() {
        assertThatThrownBy(() -> FeatureStore.open(folder).close()).hasMessageContaining("holds no features");
        assertThatThrownBy(() -> FeatureStore.open(folder.resolve("no")).close())
                .hasMessageContaining("no such file or folder");
    }

    @Test
    void writerLeavesNothingHalfWritten() {
        Path npy = folder.resolve("bad.npy");
        assertThatThrownBy(() -> FeatureWriter.write(npy, List.of("a", "b"), 1, new float[] {1, Float.NaN}))
                .hasMessageContaining("row 1 (id \"b\")");
        assertThat(npy).doesNotExist();
        assertThat(AtomicFile.beside(npy)).doesNotExist();
        assertThatThrownBy(() -> FeatureWriter.write(npy, List.of("a", "a"), 1, new float[2]))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> FeatureWriter.write(npy, List.of("a\nb"), 1, new float[1]))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> FeatureWriter.write(npy, List.of("a"), 2, new float[3]))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void concatenatesStoresById() throws IOException {
        Path first = folder.resolve("first.npy");
        Path second = folder.resolve("second.npy");
        FeatureWriter.write(first, List.of("a", "b"), 2, new float[] {3, 4, 0, 0});
        FeatureWriter.write(second, List.of("b", "a"), 1, new float[] {-5, 7});
        try (FeatureStore both =
                new ConcatenatedFeatures(List.of(FeatureStore.open(first), FeatureStore.open(second)), true)) {
            assertThat(both.dimension()).isEqualTo(3);
            assertThat(both.get("a"))
                    .containsExactly(new float[] {0.6f, 0.8f, 1}, org.assertj.core.data.Offset.offset(1e-6f));
            assertThat(both.get("b")).containsExactly(0, 0, -1);
            assertThatThrownBy(() -> both.get("c")).hasMessageContaining("\"c\"");
        }
        try (FeatureStore both =
                new ConcatenatedFeatures(List.of(FeatureStore.open(first), FeatureStore.open(second)), false)) {
            assertThat(both.get("a")).containsExactly(3, 4, 7);
        }
        FeatureWriter.write(second, List.of("b", "c"), 1, new float[] {-5, 7});
        try (FeatureStore one = FeatureStore.open(first);
                FeatureStore other = FeatureStore.open(second)) {
            assertThatThrownBy(() -> new ConcatenatedFeatures(List.of(one, other), true))
                    .isInstanceOf(DataException.class)
                    .hasMessageContaining("no id \"a\"");
        }
    }
}
