package org.cl2cm.train;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.cl2cm.data.FeatureWriter;
import org.cl2cm.data.Item;
import org.cl2cm.data.Manifest;
import org.cl2cm.model.Safetensors;

/// A world small enough to learn in seconds: things of a colour, their noisy feature vectors, English
/// captions, and captions in a made-up language in which every word is another one, and their
/// translations back. With a tiny BERT of random weights.
final class ToyWorld {
    private static final List<String> COLOURS = List.of("red", "blue", "green", "black", "white", "pink");
    private static final List<String> THINGS = List.of("dog", "cat", "house", "tree", "car", "bird", "ball", "boat");
    private static final int HIDDEN = 32;
    private static final int LAYERS = 2;

    private ToyWorld() {}

    /// Writes manifest.jsonl, translations, features.npy and the folder `bert`, with 192 images to
    /// learn from.
    static void write(Path folder, long seed) throws IOException {
        write(folder, seed, 192, COLOURS.size() + THINGS.size());
    }

    /// @param images of the split that is learnt from
    /// @param features of an image; those beyond colour and thing are noise
    static void write(Path folder, long seed, int images, int features) throws IOException {
        Random random = new Random(seed);
        List<Item> items = new ArrayList<>();
        List<String> ids = new ArrayList<>();
        List<float[]> rows = new ArrayList<>();
        int number = 0;
        for (String split : List.of("train", "val")) {
            for (int i = 0; i < (split.equals("train") ? images : 48); i++) {
                String colour = COLOURS.get(i % COLOURS.size());
                String thing = THINGS.get(i / COLOURS.size() % THINGS.size());
                String id = "item" + number++;
                List<String> english = List.of("a " + colour + " " + thing, "the " + thing + " is " + colour);
                List<String> foreign = english.stream().map(ToyWorld::foreign).toList();
                Map<String, List<String>> captions = new LinkedHashMap<>(Map.of("en", english));
                if (split.equals("val")) {
                    captions.put("xx", foreign);
                }
                items.add(new Item(
                        id,
                        Optional.empty(),
                        Optional.of(split),
                        captions,
                        Map.of("xx.mt", new ArrayList<>(foreign), "en.xx-mt", new ArrayList<>(english)),
                        Map.of()));
                ids.add(id);
                rows.add(features(COLOURS.indexOf(colour), THINGS.indexOf(thing), features, random));
            }
        }
        Manifest.of(folder.resolve("manifest.jsonl"), items).write(folder.resolve("manifest.jsonl"));
        FeatureWriter.write(folder.resolve("features.npy"), ids, rows);
        writeParallel(folder.resolve("parallel.jsonl"));
        writeBert(folder.resolve("bert"), random);
    }

    /// Captions and their translations without images.
    private static void writeParallel(Path file) throws IOException {
        List<String> lines = new ArrayList<>();
        for (String colour : COLOURS) {
            for (String thing : THINGS) {
                String english = "a " + thing + " is " + colour;
                lines.add(new ObjectMapper()
                        .writeValueAsString(
                                Map.of("id", thing, "en", List.of(english), "xx", List.of(foreign(english)))));
            }
        }
        Files.write(file, lines);
    }

    private static String foreign(String english) {
        StringBuilder words = new StringBuilder();
        for (String word : english.split(" ", -1)) {
            words.append(words.isEmpty() ? "" : " ").append("x").append(word);
        }
        return words.toString();
    }

    private static float[] features(int colour, int thing, int features, Random random) {
        float[] row = new float[features];
        for (int i = 0; i < row.length; i++) {
            row[i] = (float) (random.nextGaussian() * 0.2);
        }
        row[colour] += 1;
        row[COLOURS.size() + thing] += 1;
        return row;
    }

    /// Writes over features.npy: images instead, the thing's place a bright square, in the colour, with
    /// noise.
    static void writePixels(Path folder, int side) throws IOException {
        Random random = new Random(7);
        List<String> ids = new ArrayList<>();
        List<float[]> rows = new ArrayList<>();
        for (int i = 0; i < 240; i++) {
            int at = i < 192 ? i : i - 192;
            int colour = 1 + at % COLOURS.size();
            int thing = at / COLOURS.size() % THINGS.size();
            float[] pixels = new float[side * side * 3];
            for (int j = 0; j < pixels.length; j++) {
                int x = j / 3 % side;
                int y = j / 3 / side;
                boolean inside = x * 4 / side == thing % 4 && y * 2 / side == thing / 4;
                boolean lit = inside && (colour >> j % 3 & 1) == 1;
                pixels[j] = (lit ? 0.8f : 0.2f) + random.nextFloat() * 0.1f;
            }
            ids.add("item" + i);
            rows.add(pixels);
        }
        FeatureWriter.write(folder.resolve("features.npy"), ids, rows);
    }

    private static void writeBert(Path folder, Random random) throws IOException {
        Files.createDirectories(folder);
        List<String> pieces = new ArrayList<>(List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"));
        List<String> words = new ArrayList<>(List.of("a", "the", "is"));
        words.addAll(COLOURS);
        words.addAll(THINGS);
        words.forEach(word -> pieces.addAll(List.of(word, "x" + word)));
        ObjectMapper json = new ObjectMapper();
        json.writeValue(
                folder.resolve("config.json").toFile(),
                Map.of(
                        "model_type",
                        "bert",
                        "num_hidden_layers",
                        LAYERS,
                        "hidden_size",
                        HIDDEN,
                        "num_attention_heads",
                        4,
                        "intermediate_size",
                        2 * HIDDEN,
                        "vocab_size",
                        pieces.size(),
                        "max_position_embeddings",
                        16,
                        "type_vocab_size",
                        2));
        json.writeValue(folder.resolve("tokenizer.json").toFile(), tokenizer(pieces));
        try (Arena arena = Arena.ofConfined()) {
            Safetensors.write(folder.resolve("model.safetensors"), tensors(pieces.size(), random, arena), Map.of());
        }
    }

    private static Map<String, Object> tokenizer(List<String> pieces) {
        Map<String, Integer> vocabulary = new LinkedHashMap<>();
        pieces.forEach(piece -> vocabulary.put(piece, vocabulary.size()));
        Object cls = Map.of("SpecialToken", Map.of("id", "[CLS]", "type_id", 0));
        Object sep = Map.of("SpecialToken", Map.of("id", "[SEP]", "type_id", 0));
        Object text = Map.of("Sequence", Map.of("id", "A", "type_id", 0));
        Map<String, Object> root = new LinkedHashMap<>();
        root.put("version", "1.0");
        root.put(
                "added_tokens",
                pieces.subList(0, 5).stream()
                        .map(piece -> Map.of(
                                "id", pieces.indexOf(piece),
                                "content", piece,
                                "single_word", false,
                                "lstrip", false,
                                "rstrip", false,
                                "normalized", false,
                                "special", true))
                        .toList());
        root.put("pre_tokenizer", Map.of("type", "Whitespace"));
        root.put(
                "post_processor",
                Map.of(
                        "type", "TemplateProcessing",
                        "single", List.of(cls, text, sep),
                        "pair", List.of(cls, text, sep),
                        "special_tokens",
                                Map.of(
                                        "[CLS]", Map.of("id", "[CLS]", "ids", List.of(2), "tokens", List.of("[CLS]")),
                                        "[SEP]",
                                                Map.of("id", "[SEP]", "ids", List.of(3), "tokens", List.of("[SEP]")))));
        root.put("model", Map.of("type", "WordLevel", "vocab", vocabulary, "unk_token", "[UNK]"));
        return root;
    }

    private static Map<String, Safetensors.Entry> tensors(int vocabulary, Random random, Arena arena) {
        Map<String, Safetensors.Entry> tensors = new LinkedHashMap<>();
        Map<String, long[]> shapes = new LinkedHashMap<>();
        shapes.put("embeddings.word_embeddings.weight", new long[] {vocabulary, HIDDEN});
        shapes.put("embeddings.position_embeddings.weight", new long[] {16, HIDDEN});
        shapes.put("embeddings.token_type_embeddings.weight", new long[] {2, HIDDEN});
        shapes.put("embeddings.LayerNorm.weight", new long[] {HIDDEN});
        shapes.put("embeddings.LayerNorm.bias", new long[] {HIDDEN});
        for (int layer = 0; layer < LAYERS; layer++) {
            String prefix = "encoder.layer." + layer + ".";
            for (String name : List.of(
                    "attention.self.query", "attention.self.key", "attention.self.value", "attention.output.dense")) {
                shapes.put(prefix + name + ".weight", new long[] {HIDDEN, HIDDEN});
                shapes.put(prefix + name + ".bias", new long[] {HIDDEN});
            }
            shapes.put(prefix + "intermediate.dense.weight", new long[] {2 * HIDDEN, HIDDEN});
            shapes.put(prefix + "intermediate.dense.bias", new long[] {2 * HIDDEN});
            shapes.put(prefix + "output.dense.weight", new long[] {HIDDEN, 2 * HIDDEN});
            shapes.put(prefix + "output.dense.bias", new long[] {HIDDEN});
            for (String name : List.of("attention.output.LayerNorm", "output.LayerNorm")) {
                shapes.put(prefix + name + ".weight", new long[] {HIDDEN});
                shapes.put(prefix + name + ".bias", new long[] {HIDDEN});
            }
        }
        shapes.put("cls.predictions.transform.dense.weight", new long[] {HIDDEN, HIDDEN});
        shapes.put("cls.predictions.transform.dense.bias", new long[] {HIDDEN});
        shapes.put("cls.predictions.transform.LayerNorm.weight", new long[] {HIDDEN});
        shapes.put("cls.predictions.transform.LayerNorm.bias", new long[] {HIDDEN});
        shapes.put("cls.predictions.bias", new long[] {vocabulary});
        shapes.forEach((name, shape) -> {
            long size = 1;
            for (long extent : shape) {
                size *= extent;
            }
            MemorySegment data = arena.allocate(4 * size, 4);
            for (long i = 0; i < size; i++) {
                float value = name.endsWith("LayerNorm.weight") ? 1f : (float) (random.nextGaussian() * 0.1);
                data.setAtIndex(ValueLayout.JAVA_FLOAT, i, value);
            }
            tensors.put(
                    (name.startsWith("cls.") ? "" : "bert.") + name,
                    new Safetensors.Entry(Safetensors.Type.F32, shape, data));
        });
        return tensors;
    }

    /// Settings for a run on this world.
    static List<String> settings(Path world, String... more) {
        List<String> settings = new ArrayList<>(List.of(
                "data.manifest=" + world.resolve("manifest.jsonl"),
                "data.features=" + world.resolve("features.npy"),
                "data.translations=[xx.mt]",
                "text.model=" + world.resolve("bert"),
                "text.depth=2",
                "text.width=32",
                "dimension=32",
                "train.batch=32",
                "train.epochs=12",
                "vision.dropout=0.1",
                "train.threads=1",
                "train.precision=float32",
                "train.rate=0.003"));
        settings.addAll(List.of(more));
        return settings;
    }
}
