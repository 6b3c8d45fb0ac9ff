package org.cl2cm.model.vision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.cl2cm.data.DataException;
import org.cl2cm.data.FeatureStore;
import org.cl2cm.data.Item;
import org.cl2cm.data.Manifest;
import org.cl2cm.data.ProgressListener;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FeatureExtractionTest {
    static final FeatureExtraction.Settings SETTINGS = new FeatureExtraction.Settings(4, 3, 2, -1, false);

    private static final int IMAGES = 42;

    @TempDir
    Path folder;

    private Path pictures = Path.of("");
    private Path graph = Path.of("");

    /// Forty-two pictures of one colour each; 7 is text, 20 to 23 (a partition of their own) are cut
    /// off.
    @BeforeEach
    void makePictures() throws IOException {
        pictures = Files.createDirectories(folder.resolve("pictures"));
        graph = TinyOnnx.write(folder.resolve("tiny.onnx"), ImagePreprocessing.Layout.NHWC, "feat");
        for (int i = 0; i < IMAGES; i++) {
            BufferedImage image = new BufferedImage(9 + i % 5, 8 + i % 3, BufferedImage.TYPE_INT_RGB);
            for (int pixel = 0; pixel < image.getWidth() * image.getHeight(); pixel++) {
                image.setRGB(pixel % image.getWidth(), pixel / image.getWidth(), colour(i));
            }
            Path file = pictures.resolve("p%02d.png".formatted(i));
            ImageIO.write(image, "png", file.toFile());
            if (i == 7) {
                Files.writeString(file, "no picture");
            } else if (i >= 20 && i < 24) {
                byte[] bytes = Files.readAllBytes(file);
                Files.write(file, Arrays.copyOf(bytes, bytes.length / 2));
            }
        }
    }

    private static int colour(int i) {
        return ((5 * i) << 16) | ((255 - i) << 8) | (3 * i);
    }

    private FeatureExtraction.Report run(ImageList images, FeatureExtraction.Settings settings, Path to)
            throws IOException {
        try (OnnxImageEncoder encoder = OnnxImageEncoder.open(graph, OnnxImageEncoder.Options.defaults())) {
            return new FeatureExtraction(encoder, images, settings, ProgressListener.NONE).run(to);
        }
    }

    /// Every file in a folder with its bytes.
    private static Map<String, List<Byte>> content(Path folder) throws IOException {
        Map<String, List<Byte>> content = new TreeMap<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                List<Byte> bytes = new ArrayList<>();
                for (byte value : Files.readAllBytes(file)) {
                    bytes.add(value);
                }
                content.put(file.getFileName().toString(), bytes);
            }
        }
        return content;
    }

    @Test
    void recordsBadImagesAndEncodesTheRest() throws IOException {
        Path to = folder.resolve("features");
        FeatureExtraction.Report report = run(ImageList.open(pictures), SETTINGS, to);
        assertThat(report).isEqualTo(new FeatureExtraction.Report(42, 37, 5, 0));
        assertThat(Files.readAllLines(to.resolve("errors.jsonl")))
                .hasSize(5)
                .first()
                .satisfies(line -> assertThat(line)
                        .startsWith("{\"id\":\"p07\",\"file\":\"p07.png\",\"reason\":\"not a JPEG, PNG")
                        .contains("no picture"));
        try (FeatureStore store = FeatureStore.open(to)) {
            assertThat(store.ids()).hasSize(37).doesNotContain("p07", "p20", "p23");
            for (int i : new int[] {0, 6, 8, 24, 41}) {
                float[] vector = store.get("p%02d".formatted(i));
                assertThat(vector[0]).isCloseTo(5 * i, within(1e-3f));
                assertThat(vector[1]).isCloseTo(255 - i, within(1e-3f));
                assertThat(vector[2]).isCloseTo(3 * i, within(1e-3f));
            }
        }
    }

    @Test
    void threadsAndBatchesDoNotChangeABit() throws IOException {
        run(ImageList.open(pictures), SETTINGS, folder.resolve("a"));
        run(ImageList.open(pictures), new FeatureExtraction.Settings(4, 1, 1, -1, false), folder.resolve("b"));
        assertThat(content(folder.resolve("a"))).isEqualTo(content(folder.resolve("b")));
    }

    @Test
    void endsWithTheSameBytesAfterKills() throws Exception {
        Path undisturbed = folder.resolve("undisturbed");
        run(ImageList.open(pictures), SETTINGS, undisturbed);
        long seed = 20260102;
        Random random = new Random(seed);
        Path killed = folder.resolve("killed");
        List<Integer> finishedAtKill = new ArrayList<>();
        for (int until : new int[] {1, 4, 7}) {
            Process process = start(killed);
            try {
                long limit = System.nanoTime() + 120_000_000_000L;
                while (!Files.exists(ExtractionPlan.npy(killed, until)) && process.isAlive()) {
                    assertThat(System.nanoTime()).as("the job hangs").isLessThan(limit);
                    Thread.sleep(1);
                }
                Thread.sleep(random.nextInt(30));
            } finally {
                process.destroyForcibly().waitFor();
            }
            assertThat(process.exitValue()).as("seed %d", seed).isEqualTo(128 + 9);
            finishedAtKill.add((int) content(killed).keySet().stream()
                    .filter(name -> name.endsWith(".npy"))
                    .count());
        }
        assertThat(finishedAtKill).isSorted().doesNotContain(11);
        FeatureExtraction.Report report = run(ImageList.open(pictures), SETTINGS, killed);
        assertThat(report.kept()).isGreaterThanOrEqualTo(32);
        assertThat(report.failed()).isEqualTo(5);
        assertThat(content(killed)).as("seed %d", seed).isEqualTo(content(undisturbed));
    }

    private Process start(Path to) throws IOException {
        String path = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-Djava.awt.headless=true",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        path,
                        KilledExtraction.class.getName(),
                        pictures.toString(),
                        graph.toString(),
                        to.toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    @Test
    void doesNotEncodeAFinishedPartitionAgain() throws IOException {
        Path to = folder.resolve("features");
        run(ImageList.open(pictures), SETTINGS, to);
        Files.delete(ExtractionPlan.npy(to, 3));
        AtomicInteger calls = new AtomicInteger();
        FeatureExtraction.Report report;
        try (OnnxImageEncoder encoder = OnnxImageEncoder.open(graph, OnnxImageEncoder.Options.defaults())) {
            report = new FeatureExtraction(
                            new CountingEncoder(encoder, calls),
                            ImageList.open(pictures),
                            SETTINGS,
                            ProgressListener.NONE)
                    .run(to);
        }
        assertThat(calls).hasValue(4);
        assertThat(report.kept()).isEqualTo(38);
    }

    /// Counts the images it encodes, and answers NaN where a channel is full.
    private record CountingEncoder(ImageEncoder encoder, AtomicInteger calls) implements ImageEncoder {
        @Override
        public int dimension() {
            return encoder.dimension();
        }

        @Override
        public String fingerprint() {
            return encoder.fingerprint();
        }

        @Override
        public List<EncoderSource> sources() {
            return encoder.sources();
        }

        @Override
        public int inputLength() {
            return encoder.inputLength();
        }

        @Override
        public float[] prepare(BufferedImage image) {
            return encoder.prepare(image);
        }

        @Override
        public float[] encodePrepared(List<float[]> prepared) throws IOException {
            calls.addAndGet(prepared.size());
            float[] rows = encoder.encodePrepared(prepared);
            for (int i = 0; i < rows.length; i++) {
                rows[i] = rows[i] == 255 ? Float.NaN : rows[i];
            }
            return rows;
        }

        @Override
        public void close() {}
    }

    @Test
    void anImageWithoutNumbersFailsAlone() throws IOException {
        Path to = folder.resolve("features");
        try (OnnxImageEncoder encoder = OnnxImageEncoder.open(graph, OnnxImageEncoder.Options.defaults())) {
            new FeatureExtraction(
                            new CountingEncoder(encoder, new AtomicInteger()),
                            ImageList.open(pictures),
                            SETTINGS,
                            ProgressListener.NONE)
                    .run(to);
        }
        assertThat(Files.readAllLines(to.resolve("errors.jsonl")))
                .hasSize(6)
                .first()
                .satisfies(line -> assertThat(line).contains("\"id\":\"p00\"", "NaN or infinity"));
        try (FeatureStore store = FeatureStore.open(to)) {
            assertThat(store.ids()).hasSize(36).doesNotContain("p00");
        }
    }

    @Test
    void refusesAFolderOfAnotherPlanUnlessToldToOverwrite() throws IOException {
        Path to = folder.resolve("features");
        ImageList all = ImageList.open(pictures);
        run(all, SETTINGS, to);
        refuses(all.first(12), SETTINGS, to, "holds features of 42 images, not 12", "--overwrite");
        FeatureExtraction.Settings larger = new FeatureExtraction.Settings(5, 3, 2, -1, false);
        refuses(all, larger, to, "partitions of 4, not 5");
        ImageList turned = new ImageList(all.entries().reversed());
        refuses(turned, SETTINGS, to, "other images, or the same in another order");
        TinyOnnx.write(graph, ImagePreprocessing.Layout.NCHW, "feat");
        refuses(all, SETTINGS, to, "another encoder");
        Path own = Files.writeString(to.resolve("notes.txt"), "mine");
        run(all.first(6), new FeatureExtraction.Settings(4, 3, 1, -1, true), to);
        assertThat(content(to).keySet())
                .containsExactly(
                        "encode.json",
                        "notes.txt",
                        "part-00000.ids.txt",
                        "part-00000.npy",
                        "part-00001.ids.txt",
                        "part-00001.npy");
        assertThat(own).hasContent("mine");
        Files.delete(to.resolve("encode.json"));
        refuses(all, SETTINGS, to, "without encode.json");
        Files.writeString(to.resolve("encode.json"), "{\"a\":1}");
        refuses(all, SETTINGS, to, "not the plan of a feature folder");
    }

    private void refuses(ImageList images, FeatureExtraction.Settings settings, Path to, String... reasons) {
        assertThatThrownBy(() -> run(images, settings, to))
                .isInstanceOf(DataException.class)
                .hasMessageContainingAll(reasons);
    }

    @Test
    void refusesAPartitionThatWasChanged() throws IOException {
        Path to = folder.resolve("features");
        run(ImageList.open(pictures), SETTINGS, to);
        Files.writeString(ExtractionPlan.ids(to, 2), "p08\np09\n");
        refuses(ImageList.open(pictures), SETTINGS, to, "part-00002.ids.txt", "the folder was changed");
    }

    @Test
    void stopsAfterTooManyErrorsAndNamesThem() throws IOException {
        Path to = folder.resolve("features");
        FeatureExtraction.Settings strict = new FeatureExtraction.Settings(4, 3, 2, 1, false);
        refuses(ImageList.open(pictures), strict, to, "images failed, more than --max-errors 1", "errors.jsonl");
        assertThat(Files.readAllLines(to.resolve("errors.jsonl"))).hasSizeGreaterThan(1);
        // With a higher bound the same folder is continued.
        FeatureExtraction.Report report =
                run(ImageList.open(pictures), new FeatureExtraction.Settings(4, 3, 2, 5, false), to);
        assertThat(report).isEqualTo(new FeatureExtraction.Report(42, 37, 5, 20));
    }

    @Test
    void failsWhenNoImageAtAllCouldBeEncoded() throws IOException {
        ImageList bad = new ImageList(ImageList.open(pictures).entries().subList(20, 24));
        refuses(bad, SETTINGS, folder.resolve("features"), "none could be encoded");
    }

    @Test
    void encodesAManifestAndNamesItemsWithoutMedia() throws IOException {
        Manifest manifest = Manifest.of(
                pictures.resolve("list.jsonl"),
                List.of(
                        item("b", Optional.of("p02.png")),
                        item("none", Optional.empty()),
                        item("a", Optional.of("x"))));
        Path to = folder.resolve("features");
        FeatureExtraction.Report report = run(ImageList.of(manifest), SETTINGS, to);
        assertThat(report.failed()).isEqualTo(2);
        assertThat(Files.readAllLines(to.resolve("errors.jsonl")))
                .containsExactly(
                        "{\"id\":\"none\",\"file\":\"\",\"reason\":\"the manifest names no media file\"}",
                        "{\"id\":\"a\",\"file\":\"x\",\"reason\":\"no such file\"}");
        try (FeatureStore store = FeatureStore.open(to)) {
            assertThat(store.ids()).containsExactly("b");
        }
    }

    private static Item item(String id, Optional<String> media) {
        return new Item(id, media, Optional.empty(), Map.of(), Map.of(), Map.of());
    }

    @Test
    void aFolderGivesIdsByPathAndRefusesTwoOfOneId() throws IOException {
        Path tree = Files.createDirectories(folder.resolve("tree/b/c"));
        Path top = folder.resolve("tree");
        Files.copy(pictures.resolve("p01.png"), tree.resolve("dog.PNG"));
        Files.copy(pictures.resolve("p01.png"), top.resolve("cat.png"));
        Files.writeString(top.resolve("cat.txt"), "a cat");
        assertThat(ImageList.open(top).entries().stream().map(ImageList.Entry::id))
                .containsExactly("b/c/dog", "cat");
        Files.copy(pictures.resolve("p01.png"), top.resolve("cat.bmp"));
        assertThatThrownBy(() -> ImageList.open(top))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("cat.bmp and cat.png would both have the id \"cat\"");
        Path empty = Files.createDirectory(folder.resolve("empty"));
        assertThatThrownBy(() -> ImageList.open(empty))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("holds no JPEG, PNG");
    }
}
