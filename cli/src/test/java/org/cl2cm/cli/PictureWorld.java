package org.cl2cm.cli;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import javax.imageio.ImageIO;
import org.cl2cm.data.Item;
import org.cl2cm.data.Manifest;
import org.cl2cm.data.ProgressListener;
import org.cl2cm.model.Safetensors;
import org.cl2cm.model.internal.BertFiles;
import org.cl2cm.train.ConfigFile;
import org.cl2cm.train.Training;

/// Twenty-four pictures of coloured squares with captions, a BERT of two layers and random weights, image encoders of
/// a few bytes: all that a model needs to be trained in a second.
final class PictureWorld {
    static final int PICTURES = 24;

    /// A graph with input `image` [n, 8, 8, 3], outputs `feat` [n, 3], the mean colour, and `grid` [n, 3, 8, 8].
    private static final String GRAPH =
            "CAg6xwEKKwoFaW1hZ2USBGdyaWQiCVRyYW5zcG9zZSoRCgRwZXJtQABAA0ABQAKgAQcKHwoEZ3JpZBIE"
                    + "bWVhbiIRR2xvYmFsQXZlcmFnZVBvb2wKFQoEbWVhbhIEZmVhdCIHRmxhdHRlbhIEdGlueVogCgVpbWFnZRIXChUIARIRCgMSAW4K"
                    + "AggICgIICAoCCANiHwoEZ3JpZBIXChUIARIRCgMSAW4KAggDCgIICAoCCAhiFwoEZmVhdBIPCg0IARIJCgMSAW4KAggDQgQKABAN";

    private static final List<String> WORDS = List.of("a", "square", "in", "red", "green", "blue");
    private static final int HIDDEN = 64;

    private PictureWorld() {}

    /// Writes `images`, `manifest.jsonl`, `bert`, `one.onnx` and `two.onnx`.
    static void write(Path folder) throws IOException {
        Random random = new Random(7);
        Files.createDirectories(folder.resolve("images"));
        List<String> media = new ArrayList<>();
        for (int i = 0; i < PICTURES; i++) {
            String name = "images/p" + i + ".png";
            ImageIO.write(picture(random), "png", folder.resolve(name).toFile());
            media.add(name);
        }
        manifest(folder, media);
        bert(folder.resolve("bert"), random);
        byte[] graph = Base64.getDecoder().decode(GRAPH);
        Files.write(folder.resolve("one.onnx"), graph);
        // The graph by another name: the same features, but another file.
        String text = new String(graph, StandardCharsets.ISO_8859_1).replace("tiny", "tony");
        Files.write(folder.resolve("two.onnx"), text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /// Items `p0`, `p1` ... of these pictures, the last eight for validation.
    static void manifest(Path folder, List<String> media) throws IOException {
        List<Item> items = new ArrayList<>();
        for (int i = 0; i < media.size(); i++) {
            String colour = WORDS.get(3 + i % 3);
            boolean valid = i >= media.size() - 8;
            List<String> foreign = List.of("xa xsquare xin x" + colour);
            items.add(new Item(
                    "p" + i,
                    Optional.of(media.get(i)),
                    Optional.of(valid ? "val" : "train"),
                    valid
                            ? Map.of("en", List.of("a square in " + colour), "xx", foreign)
                            : Map.of("en", List.of("a square in " + colour)),
                    Map.of("xx.mt", new ArrayList<>(foreign)),
                    Map.of()));
        }
        Manifest.of(folder.resolve("manifest.jsonl"), items).write(folder.resolve("manifest.jsonl"));
    }

    private static BufferedImage picture(Random random) {
        BufferedImage image = new BufferedImage(32, 32, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = image.createGraphics();
        for (int y = 0; y < 32; y += 8) {
            for (int x = 0; x < 32; x += 8) {
                graphics.setColor(new Color(random.nextInt(256), random.nextInt(256), random.nextInt(256)));
                graphics.fillRect(x, y, 8, 8);
            }
        }
        graphics.dispose();
        return image;
    }

    private static void bert(Path folder, Random random) throws IOException {
        List<String> pieces = new ArrayList<>(List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"));
        WORDS.forEach(word -> pieces.addAll(List.of(word, "x" + word)));
        Map<String, long[]> shapes = new LinkedHashMap<>();
        shapes.put("bert.embeddings.word_embeddings.weight", new long[] {pieces.size(), HIDDEN});
        shapes.put("bert.embeddings.position_embeddings.weight", new long[] {32, HIDDEN});
        shapes.put("bert.embeddings.token_type_embeddings.weight", new long[] {2, HIDDEN});
        norm(shapes, "bert.embeddings.LayerNorm");
        for (int i = 0; i < 2; i++) {
            String layer = "bert.encoder.layer." + i + ".";
            for (String part : List.of("self.query", "self.key", "self.value", "output.dense")) {
                linear(shapes, layer + "attention." + part, HIDDEN, HIDDEN);
            }
            norm(shapes, layer + "attention.output.LayerNorm");
            linear(shapes, layer + "intermediate.dense", HIDDEN, 2 * HIDDEN);
            linear(shapes, layer + "output.dense", 2 * HIDDEN, HIDDEN);
            norm(shapes, layer + "output.LayerNorm");
        }
        Files.createDirectories(folder);
        BertFiles.write(folder, String.join("\n", pieces).getBytes(StandardCharsets.UTF_8), shapes);
        Map<String, Safetensors.Entry> tensors = new LinkedHashMap<>();
        shapes.forEach((name, shape) -> tensors.put(
                name,
                new Safetensors.Entry(
                        Safetensors.Type.F32, shape, values(shape, name.endsWith("Norm.weight"), random))));
        Safetensors.write(folder.resolve("model.safetensors"), tensors, Map.of());
    }

    private static void linear(Map<String, long[]> shapes, String name, long in, long out) {
        shapes.put(name + ".weight", new long[] {out, in});
        shapes.put(name + ".bias", new long[] {out});
    }

    private static void norm(Map<String, long[]> shapes, String name) {
        shapes.put(name + ".weight", new long[] {HIDDEN});
        shapes.put(name + ".bias", new long[] {HIDDEN});
    }

    private static MemorySegment values(long[] shape, boolean ones, Random random) {
        int size = 1;
        for (long extent : shape) {
            size *= (int) extent;
        }
        ByteBuffer bytes = ByteBuffer.allocate(4 * size).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < size; i++) {
            bytes.putFloat(ones ? 1 : (float) (random.nextGaussian() * 0.1));
        }
        return MemorySegment.ofArray(bytes.array());
    }

    /// Trains two epochs on features of the world.
    ///
    /// @return the model's folder
    static Path train(Path folder, String run, Path features, String... more) throws IOException {
        List<String> settings = new ArrayList<>(List.of(
                "data.manifest=" + folder.resolve("manifest.jsonl"),
                "data.features=" + features,
                "data.translations=[xx.mt]",
                "text.model=" + folder.resolve("bert"),
                "text.depth=2",
                "text.trainable=1",
                "text.width=32",
                "dimension=16",
                "train.batch=8",
                "train.epochs=2",
                "train.threads=1",
                "train.precision=float32"));
        settings.addAll(List.of(more));
        return new Training(
                        ConfigFile.read(Optional.empty(), settings),
                        folder.resolve("home"),
                        ProgressListener.NONE,
                        ProgressListener.NONE,
                        ProgressListener.NONE,
                        message -> {})
                .run(folder.resolve(run), false);
    }
}
