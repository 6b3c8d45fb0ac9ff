package org.cl2cm.model.vision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.cl2cm.data.DataException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OnnxImageEncoderTest {
    private static final ImagePreprocessing.Layout NHWC = ImagePreprocessing.Layout.NHWC;
    private static final ImagePreprocessing.Layout NCHW = ImagePreprocessing.Layout.NCHW;

    @TempDir
    Path folder;

    private static BufferedImage noise(long seed, int width, int height) {
        Random random = new Random(seed);
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < width * height; i++) {
            image.setRGB(i % width, i / width, random.nextInt(1 << 24));
        }
        return image;
    }

    /// Mean red, green and blue of a rectangle, by a loop.
    private static float[] mean(BufferedImage image, int left, int top, int width, int height) {
        double[] sum = new double[3];
        for (int y = top; y < top + height; y++) {
            for (int x = left; x < left + width; x++) {
                int pixel = image.getRGB(x, y);
                for (int c = 0; c < 3; c++) {
                    sum[c] += (pixel >> (16 - 8 * c)) & 0xFF;
                }
            }
        }
        int count = width * height;
        return new float[] {(float) (sum[0] / count), (float) (sum[1] / count), (float) (sum[2] / count)};
    }

    private OnnxImageEncoder open(ImagePreprocessing.Layout layout, String output, int pool) throws IOException {
        Path file = TinyOnnx.write(folder.resolve("tiny.onnx"), layout, "feat");
        return OnnxImageEncoder.open(
                file, new OnnxImageEncoder.Options(Optional.of(output).filter(name -> !name.isEmpty()), pool, 1));
    }

    @Test
    void seesRedGreenBlueFrom0To255InBothLayouts() throws IOException {
        List<BufferedImage> images = List.of(noise(1, 8, 8), noise(2, 8, 8), noise(3, 8, 8));
        for (ImagePreprocessing.Layout layout : ImagePreprocessing.Layout.values()) {
            try (OnnxImageEncoder encoder = open(layout, "", 0)) {
                assertThat(encoder.dimension()).isEqualTo(3);
                assertThat(encoder.output()).isEqualTo("feat");
                float[] rows = encoder.encode(images);
                assertThat(rows).hasSize(9);
                for (int i = 0; i < 3; i++) {
                    float[] expected = mean(images.get(i), 0, 0, 8, 8);
                    for (int c = 0; c < 3; c++) {
                        assertThat(rows[3 * i + c]).isCloseTo(expected[c], within(1e-3f));
                    }
                }
                assertThat(encoder.encode(List.of())).isEmpty();
            }
        }
    }

    @Test
    void poolsAMapToTheMeansOfItsCells() throws IOException {
        BufferedImage image = noise(4, 8, 8);
        try (OnnxImageEncoder encoder = open(NHWC, "grid", 2)) {
            assertThat(encoder.dimension()).isEqualTo(12);
            float[] row = encoder.encode(List.of(image));
            for (int cell = 0; cell < 4; cell++) {
                float[] expected = mean(image, cell % 2 * 4, cell / 2 * 4, 4, 4);
                for (int c = 0; c < 3; c++) {
                    assertThat(row[cell * 3 + c]).isCloseTo(expected[c], within(1e-3f));
                }
            }
        }
        // Three by three to two by two: the middle row and column belong to both sides.
        float[] map = {1, 2, 3, 4, 5, 6, 7, 8, 9};
        assertThat(GraphOutput.pool(map, new long[] {1, 1, 3, 3}, 2)).containsExactly(3, 4, 6, 7);
    }

    @Test
    void readsThePreparationOfAModelFolder() throws IOException {
        TinyOnnx.write(folder.resolve("model.onnx"), NCHW, "image_embeds");
        Files.writeString(folder.resolve("preprocessor_config.json"), """
                {"do_center_crop": true, "crop_size": 8, "size": {"shortest_edge": 8}, "resample": 3,
                 "image_mean": [0.5, 0.5, 0.5], "image_std": [0.25, 0.5, 1.0]}
                """);
        BufferedImage image = noise(5, 30, 20);
        float[] expected = mean(Resize.resize(image, 12, 8, Resize.Filter.BICUBIC), 2, 0, 8, 8);
        try (OnnxImageEncoder encoder = OnnxImageEncoder.open(folder, OnnxImageEncoder.Options.defaults())) {
            assertThat(encoder.output()).isEqualTo("image_embeds");
            float[] row = encoder.encode(List.of(image));
            for (int c = 0; c < 3; c++) {
                float std = new float[] {0.25f, 0.5f, 1}[c];
                assertThat(row[c]).isCloseTo((expected[c] / 255 - 0.5f) / std, within(1e-5f));
            }
        }
    }

    @Test
    void fingerprintChangesWithGraphPreparationAndOutput() throws IOException {
        List<String> fingerprints = new ArrayList<>();
        for (ImagePreprocessing.Layout layout : ImagePreprocessing.Layout.values()) {
            for (String output : new String[] {"feat", "grid"}) {
                try (OnnxImageEncoder encoder = open(layout, output, output.equals("grid") ? 1 : 0)) {
                    fingerprints.add(encoder.fingerprint());
                }
            }
        }
        try (OnnxImageEncoder encoder = open(NCHW, "grid", 2)) {
            fingerprints.add(encoder.fingerprint());
        }
        Files.writeString(
                folder.resolve("preprocessor_config.json"),
                "{\"size\": 8, \"resample\": 3, \"do_normalize\": false, \"do_rescale\": false}");
        try (OnnxImageEncoder encoder = open(NCHW, "feat", 0)) {
            fingerprints.add(encoder.fingerprint());
        }
        assertThat(fingerprints).doesNotHaveDuplicates().allMatch(text -> text.matches("[0-9a-f]{64}"));
        try (OnnxImageEncoder encoder = open(NCHW, "feat", 0)) {
            assertThat(encoder.fingerprint()).isEqualTo(fingerprints.getLast());
        }
    }

    @Test
    void concatenatesVectorsOfLengthOne() throws IOException {
        BufferedImage image = noise(6, 8, 8);
        List<OnnxImageEncoder> parts = List.of(open(NHWC, "feat", 0), open(NCHW, "grid", 2));
        float[] first = parts.get(0).encode(List.of(image));
        float[] second = parts.get(1).encode(List.of(image));
        try (ConcatenatedEncoder encoder = new ConcatenatedEncoder(parts)) {
            assertThat(encoder.dimension()).isEqualTo(15);
            float[] rows = encoder.encode(List.of(noise(7, 8, 8), image));
            assertThat(rows).hasSize(30);
            for (int i = 0; i < 15; i++) {
                float expected = i < 3 ? first[i] / norm(first) : second[i - 3] / norm(second);
                assertThat(rows[15 + i]).isCloseTo(expected, within(1e-6f));
            }
        }
    }

    private static float norm(float[] vector) {
        double sum = 0;
        for (float value : vector) {
            sum += value * value;
        }
        return (float) Math.sqrt(sum);
    }

    @Test
    void saysWhatIsWrong() throws IOException {
        refuses("nothing", 0, "has no output \"nothing\"", "grid [n, 3, 8, 8], feat [n, 3]");
        refuses("grid", 0, "output \"grid\" is spatial; add --pool 1");
        refuses("feat", 2, "leave --pool away");
        refuses("grid", 9, "cannot be pooled to 9 x 9");
        Path text = Files.writeString(folder.resolve("text.onnx"), "not a graph");
        assertThatThrownBy(() -> OnnxImageEncoder.open(text, OnnxImageEncoder.Options.defaults()))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("text.onnx: ONNX Runtime refuses it");
        Path missing = folder.resolve("missing");
        assertThatThrownBy(() -> OnnxImageEncoder.open(missing, OnnxImageEncoder.Options.defaults()))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("no such file or folder");
        Path empty = Files.createDirectory(folder.resolve("empty"));
        assertThatThrownBy(() -> OnnxImageEncoder.open(empty, OnnxImageEncoder.Options.defaults()))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("holds no .onnx file");
        Files.writeString(
                folder.resolve("preprocessor_config.json"), "{\"size\": 9, \"resample\": 3, \"do_normalize\": false}");
        refuses("feat", 0, "makes images of 9 x 9 pixels", "takes 8 x 8");
    }

    private void refuses(String output, int pool, String... reasons) {
        assertThatThrownBy(() -> open(NHWC, output, pool))
                .isInstanceOf(DataException.class)
                .hasMessageContainingAll(reasons);
    }
}
