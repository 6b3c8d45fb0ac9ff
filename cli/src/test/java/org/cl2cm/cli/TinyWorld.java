package org.cl2cm.cli;

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

/// Things of a colour, their feature vectors, captions in English and in a made-up language, and a BERT of one layer
/// with random weights: enough for whole commands in seconds.
final class TinyWorld {
    private static final List<String> COLOURS = List.of("red", "blue", "green", "black");
    private static final List<String> THINGS = List.of("dog", "cat", "house", "tree", "car", "bird");
    private static final int IMAGES = COLOURS.size() * THINGS.size();
    private static final int HIDDEN = 128;

    private final Path folder;

    /// Writes manifest.jsonl, features.npy and the folder `bert`.
    TinyWorld(Path folder) throws IOException {
        this.folder = folder;
        Random random = new Random(1);
        List<Item> items = new ArrayList<>();
        List<String> ids = new ArrayList<>();
        List<float[]> rows = new ArrayList<>();
        for (int i = 0; i < 4 * IMAGES; i++) {
            int colour = i % COLOURS.size();
            int thing = i / COLOURS.size() % THINGS.size();
            String split = i < 3 * IMAGES ? "train" : "val";
            String foreign = "x" + COLOURS.get(colour) + " x" + THINGS.get(thing);
            items.add(new Item(
                    "item" + i,
                    Optional.empty(),
                    Optional.of(split),
                    split.equals("val")
                            ? Map.of("en", List.of(english(i)), "xx", List.of(foreign))
                            : Map.of("en", List.of(english(i))),
                    Map.of("xx.mt", List.of(foreign)),
                    Map.of()));
            ids.add("item" + i);
            float[] row = new float[COLOURS.size() + THINGS.size()];
            for (int j = 0; j < row.length; j++) {
                row[j] = (float) (random.nextGaussian() * 0.2);
            }
            row[colour] += 1;
            row[COLOURS.size() + thing] += 1;
            rows.add(row);
        }
        Manifest.of(manifest(), items).write(manifest());
        FeatureWriter.write(features(), ids, rows);
        writeBert(random);
    }

    Path manifest() {
        return folder.resolve("manifest.jsonl");
    }

    Path features() {
        return folder.resolve("features.npy");
    }

    Path bert() {
        return folder.resolve("bert");
    }

    /// The English caption of an item.
    static String english(int item) {
        return "a " + COLOURS.get(item % COLOURS.size()) + " " + THINGS.get(item / COLOURS.size() % THINGS.size());
    }

    /// A command that trains on this world.
    String[] train(Path run, String... settings) {
        List<String> command = new ArrayList<>(List.of("train", "--run", run.toString()));
        List<String> all = new ArrayList<>(List.of(
                "data.manifest=" + manifest(),
                "data.features=" + features(),
                "data.translations=[xx.mt]",
                "text.model=" + bert(),
                "text.depth=1",
                // No frozen layer, so nothing goes into the user's cache.
                "text.trainable=1",
                "text.width=32",
                "dimension=32",
                "train.batch=24",
                "train.epochs=2",
                "train.threads=1",
                "train.precision=float32"));
        all.addAll(List.of(settings));
        all.forEach(setting -> command.addAll(List.of("--set", setting)));
        return command.toArray(String[]::new);
    }

    private void writeBert(Random random) throws IOException {
        Files.createDirectories(bert());
        List<String> pieces = new ArrayList<>(List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a"));
        COLOURS.forEach(word -> pieces.addAll(List.of(word, "x" + word)));
        THINGS.forEach(word -> pieces.addAll(List.of(word, "x" + word)));
        ObjectMapper json = new ObjectMapper();
        Map<String, Object> config = new LinkedHashMap<>(Map.of("model_type", "bert", "vocab_size", pieces.size()));
        config.putAll(Map.of("num_hidden_layers", 1, "hidden_size", HIDDEN, "intermediate_size", 2 * HIDDEN));
        config.putAll(Map.of("num_attention_heads", 4, "max_position_embeddings", 16, "type_vocab_size", 2));
        json.writeValue(bert().resolve("config.json").toFile(), config);
        json.writeValue(bert().resolve("tokenizer.json").toFile(), tokenizer(pieces));
        try (Arena arena = Arena.ofConfined()) {
            Safetensors.write(bert().resolve("model.safetensors"), tensors(pieces.size(), random, arena), Map.of());
        }
    }

    private static Map<String, Object> tokenizer(List<String> pieces) {
        Map<String, Integer> vocabulary = new LinkedHashMap<>();
        pieces.forEach(piece -> vocabulary.put(piece, vocabulary.size()));
        List<Object> special = new ArrayList<>();
        for (String piece : pieces.subList(0, 5)) {
            Map<String, Object> token = new LinkedHashMap<>();
            token.put("id", vocabulary.get(piece));
            token.put("content", piece);
            for (String no : List.of("single_word", "lstrip", "rstrip", "normalized")) {
                token.put(no, false);
            }
            token.put("special", true);
            special.add(token);
        }
        Object cls = Map.of("SpecialToken", Map.of("id", "[CLS]", "type_id", 0));
        Object sep = Map.of("SpecialToken", Map.of("id", "[SEP]", "type_id", 0));
        List<Object> sentence = List.of(cls, Map.of("Sequence", Map.of("id", "A", "type_id", 0)), sep);
        Map<String, Object> marks = new LinkedHashMap<>();
        for (String mark : List.of("[CLS]", "[SEP]")) {
            marks.put(mark, Map.of("id", mark, "ids", List.of(pieces.indexOf(mark)), "tokens", List.of(mark)));
        }
        Map<String, Object> root = new LinkedHashMap<>();
        root.put("version", "1.0");
        root.put("added_tokens", special);
        root.put("pre_tokenizer", Map.of("type", "Whitespace"));
        root.put(
                "post_processor",
                Map.of("type", "TemplateProcessing", "single", sentence, "pair", sentence, "special_tokens", marks));
        root.put("model", Map.of("type", "WordLevel", "vocab", vocabulary, "unk_token", "[UNK]"));
        return root;
    }

    private static Map<String, Safetensors.Entry> tensors(int vocabulary, Random random, Arena arena) {
        Map<String, long[]> shapes = new LinkedHashMap<>();
        shapes.put("embeddings.word_embeddings.weight", new long[] {vocabulary, HIDDEN});
        shapes.put("embeddings.position_embeddings.weight", new long[] {16, HIDDEN});
        shapes.put("embeddings.token_type_embeddings.weight", new long[] {2, HIDDEN});
        norm(shapes, "embeddings.LayerNorm");
        String layer = "encoder.layer.0.";
        for (String name : List.of("self.query", "self.key", "self.value", "output.dense")) {
            linear(shapes, layer + "attention." + name, HIDDEN, HIDDEN);
        }
        linear(shapes, layer + "intermediate.dense", 2 * HIDDEN, HIDDEN);
        linear(shapes, layer + "output.dense", HIDDEN, 2 * HIDDEN);
        norm(shapes, layer + "attention.output.LayerNorm");
        norm(shapes, layer + "output.LayerNorm");
        Map<String, Safetensors.Entry> tensors = new LinkedHashMap<>();
        shapes.forEach((name, shape) -> {
            long size = shape.length == 1 ? shape[0] : shape[0] * shape[1];
            MemorySegment data = arena.allocate(Float.BYTES * size, Float.BYTES);
            for (long i = 0; i < size; i++) {
                float value = name.endsWith("LayerNorm.weight") ? 1 : (float) (random.nextGaussian() * 0.1);
                data.setAtIndex(ValueLayout.JAVA_FLOAT, i, value);
            }
            tensors.put("bert." + name, new Safetensors.Entry(Safetensors.Type.F32, shape, data));
        });
        return tensors;
    }

    private static void linear(Map<String, long[]> shapes, String name, int out, int in) {
        shapes.put(name + ".weight", new long[] {out, in});
        shapes.put(name + ".bias", new long[] {out});
    }

    private static void norm(Map<String, long[]> shapes, String name) {
        shapes.put(name + ".weight", new long[] {HIDDEN});
        shapes.put(name + ".bias", new long[] {HIDDEN});
    }
}
