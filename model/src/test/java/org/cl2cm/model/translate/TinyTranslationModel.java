package org.cl2cm.model.translate;

import static org.cl2cm.model.OnnxMessage.BOOL;
import static org.cl2cm.model.OnnxMessage.FLOAT;
import static org.cl2cm.model.OnnxMessage.INT64;
import static org.cl2cm.model.OnnxMessage.attribute;
import static org.cl2cm.model.OnnxMessage.floats;
import static org.cl2cm.model.OnnxMessage.longs;
import static org.cl2cm.model.OnnxMessage.node;
import static org.cl2cm.model.OnnxMessage.value;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.cl2cm.model.OnnxMessage;

/// An encoder-decoder model whose outputs are known: the logits after a row of tokens are
/// `bigram[last] + sum over the source of lexicon[word] - penalty x (how often each token stands in
/// the row)`. The penalty makes them depend on every token before, as keys and values of attention do:
/// a cache that does not follow its beam gives other translations.
///
/// @param bigram `[vocabulary][vocabulary]`
/// @param lexicon `[vocabulary][vocabulary]`
record TinyTranslationModel(List<String> vocabulary, float[][] bigram, float[][] lexicon, float penalty) {
    static final int PAD = 0;
    static final int END = 1;
    static final List<String> SPECIAL = List.of("<pad>", "</s>", "<unk>");

    /// Which graphs are written.
    enum Graphs {
        NO_CACHE,
        WITH_PAST,
        MERGED
    }

    /// English to Spanish: "a red dog" becomes "un perro rojo".
    static TinyTranslationModel spanish(String... more) {
        List<String> words = new ArrayList<>(SPECIAL);
        words.addAll(List.of("a", "dog", "cat", "red", "blue", "un", "perro", "gato", "rojo", "azul"));
        words.addAll(List.of(more));
        int size = words.size();
        float[][] bigram = new float[size][size];
        for (float[] row : bigram) {
            java.util.Arrays.fill(row, -8);
        }
        float[][] lexicon = new float[size][size];
        // A translation begins with the pad token, or with that of its language.
        for (int start = 0; start < size; start++) {
            if (start == PAD || words.get(start).matches("__.*|..._....")) {
                bigram[start][words.indexOf("un")] = 4;
            }
        }
        for (String noun : List.of("perro", "gato")) {
            bigram[words.indexOf("un")][words.indexOf(noun)] = 2;
            bigram[words.indexOf(noun)][END] = 3;
            for (String colour : List.of("rojo", "azul")) {
                bigram[words.indexOf(noun)][words.indexOf(colour)] = 1;
                bigram[words.indexOf(colour)][END] = 3;
            }
        }
        lexicon[words.indexOf("dog")][words.indexOf("perro")] = 3;
        lexicon[words.indexOf("cat")][words.indexOf("gato")] = 3;
        lexicon[words.indexOf("red")][words.indexOf("rojo")] = 4;
        lexicon[words.indexOf("blue")][words.indexOf("azul")] = 4;
        return new TinyTranslationModel(words, bigram, lexicon, 1);
    }

    /// Random numbers, for searches that have to agree.
    static TinyTranslationModel random(long seed, int words) {
        Random random = new Random(seed);
        List<String> vocabulary = new ArrayList<>(SPECIAL);
        for (int i = 0; i < words; i++) {
            vocabulary.add("w" + i);
        }
        int size = vocabulary.size();
        float[][][] tables = new float[2][size][size];
        for (float[][] table : tables) {
            for (float[] row : table) {
                for (int i = 0; i < size; i++) {
                    row[i] = (float) random.nextGaussian() * 1.5f;
                }
            }
        }
        return new TinyTranslationModel(vocabulary, tables[0], tables[1], 0.7f);
    }

    /// The logits after `tokens`, by loops.
    float[] logits(int[] source, int[] tokens) {
        float[] logits = bigram[tokens[tokens.length - 1]].clone();
        for (int word : source) {
            for (int i = 0; i < logits.length; i++) {
                logits[i] += lexicon[word][i];
            }
        }
        for (int token : tokens) {
            logits[token] -= penalty;
        }
        return logits;
    }

    /// Writes graphs, `config.json` and `tokenizer.json`.
    Path write(Path folder, Graphs graphs, Map<String, Object> generation) throws IOException {
        Files.createDirectories(folder);
        Files.write(
                folder.resolve("encoder_model.onnx"),
                OnnxMessage.model(encoder()).bytes());
        if (graphs == Graphs.MERGED) {
            Files.write(
                    folder.resolve("decoder_model_merged.onnx"),
                    OnnxMessage.model(merged()).bytes());
        } else {
            Files.write(
                    folder.resolve("decoder_model.onnx"),
                    OnnxMessage.model(decoder(false)).bytes());
        }
        if (graphs == Graphs.WITH_PAST) {
            Files.write(
                    folder.resolve("decoder_with_past_model.onnx"),
                    OnnxMessage.model(decoder(true)).bytes());
        }
        ObjectMapper json = new ObjectMapper();
        Map<String, Object> config = new LinkedHashMap<>(Map.of("model_type", "marian", "eos_token_id", END));
        config.putAll(Map.of("decoder_start_token_id", PAD, "pad_token_id", PAD, "max_position_embeddings", 12));
        json.writeValue(folder.resolve("config.json").toFile(), config);
        Map<String, Object> settings = new LinkedHashMap<>(Map.of("bad_words_ids", List.of(List.of(PAD))));
        settings.putAll(generation);
        json.writeValue(folder.resolve("generation_config.json").toFile(), settings);
        json.writeValue(folder.resolve("tokenizer.json").toFile(), tokenizer());
        return folder;
    }

    private Map<String, Object> tokenizer() {
        Map<String, Integer> ids = new LinkedHashMap<>();
        vocabulary.forEach(word -> ids.put(word, ids.size()));
        List<Object> special = new ArrayList<>();
        for (String word : vocabulary) {
            if (SPECIAL.contains(word) || word.matches("__.*|..._....")) {
                Map<String, Object> token = new LinkedHashMap<>(Map.of("id", ids.get(word), "content", word));
                for (String no : List.of("single_word", "lstrip", "rstrip", "normalized")) {
                    token.put(no, false);
                }
                token.put("special", true);
                special.add(token);
            }
        }
        Map<String, Object> root = new LinkedHashMap<>();
        root.put("version", "1.0");
        root.put("added_tokens", special);
        root.put("pre_tokenizer", Map.of("type", "WhitespaceSplit"));
        root.put("model", Map.of("type", "WordLevel", "vocab", ids, "unk_token", "<unk>"));
        return root;
    }

    private String size() {
        return "" + vocabulary.size();
    }

    private OnnxMessage constants(OnnxMessage graph) {
        int size = vocabulary.size();
        float[] one = new float[size * size];
        for (int i = 0; i < size; i++) {
            one[i * size + i] = 1;
        }
        graph.add(5, floats("one", one, size, size));
        graph.add(5, floats("bigram", flat(bigram), size, size));
        graph.add(5, floats("lexicon", flat(lexicon), size, size));
        // Half from the keys, half from the values.
        graph.add(5, floats("penalty", new float[] {penalty / 2}, 1));
        graph.add(5, longs("axis1", 1)).add(5, longs("axis2", 2));
        graph.add(5, longs("axes12", 1, 2)).add(5, longs("axes13", 1, 3));
        return graph.add(5, floats("none", new float[0], 0, 1, 1, size));
    }

    private static float[] flat(float[][] table) {
        float[] all = new float[table.length * table.length];
        for (int i = 0; i < table.length; i++) {
            System.arraycopy(table[i], 0, all, i * table.length, table.length);
        }
        return all;
    }

    private OnnxMessage encoder() {
        OnnxMessage graph = constants(new OnnxMessage().add(2, "encoder"));
        graph.add(11, value("input_ids", INT64, "rows", "words"));
        graph.add(11, value("attention_mask", INT64, "rows", "words"));
        graph.add(1, node("Gather", "words_of", "one", "input_ids"));
        graph.add(1, node("Cast", "mask", "attention_mask").add(5, attribute("to", FLOAT)));
        graph.add(1, node("Unsqueeze", "mask3", "mask", "axis2"));
        graph.add(1, node("Mul", "last_hidden_state", "words_of", "mask3"));
        return graph.add(12, value("last_hidden_state", FLOAT, "rows", "words", size()));
    }

    /// The nodes of a decoder; the names of its outputs begin with `prefix`.
    private static void decode(OnnxMessage graph, String prefix, boolean goesOn) {
        graph.add(1, node("Gather", prefix + "tokens", "one", "input_ids"));
        graph.add(1, node("Unsqueeze", prefix + "now", prefix + "tokens", "axis1"));
        for (String part : List.of("key", "value")) {
            String present = prefix + "present.0.decoder." + part;
            graph.add(
                    1,
                    goesOn
                            ? node("Concat", present, "past_key_values.0.decoder." + part, prefix + "now")
                                    .add(5, attribute("axis", 2))
                            : node("Identity", present, prefix + "now"));
        }
        if (!goesOn) {
            graph.add(1, node("Unsqueeze", prefix + "present.0.encoder.key", "encoder_hidden_states", "axis1"));
            graph.add(1, node("Identity", prefix + "present.0.encoder.value", prefix + "present.0.encoder.key"));
        }
        String source = goesOn ? "past_key_values.0.encoder.key" : prefix + "present.0.encoder.key";
        graph.add(1, node("Cast", prefix + "mask", "encoder_attention_mask").add(5, attribute("to", FLOAT)));
        graph.add(1, node("Unsqueeze", prefix + "mask4", prefix + "mask", "axes13"));
        graph.add(1, node("Mul", prefix + "seen", source, prefix + "mask4"));
        graph.add(1, sum(prefix + "bag", prefix + "seen"));
        graph.add(1, node("MatMul", prefix + "meant", prefix + "bag", "lexicon"));
        graph.add(1, node("Unsqueeze", prefix + "meant3", prefix + "meant", "axis1"));
        graph.add(
                1, node("Add", prefix + "both", prefix + "present.0.decoder.key", prefix + "present.0.decoder.value"));
        graph.add(1, sum(prefix + "counts", prefix + "both"));
        graph.add(1, node("Unsqueeze", prefix + "counts3", prefix + "counts", "axis1"));
        graph.add(1, node("Mul", prefix + "minus", prefix + "counts3", "penalty"));
        graph.add(1, node("Gather", prefix + "follows", "bigram", "input_ids"));
        graph.add(1, node("Add", prefix + "plus", prefix + "follows", prefix + "meant3"));
        graph.add(1, node("Sub", prefix + "logits", prefix + "plus", prefix + "minus"));
    }

    private static OnnxMessage sum(String output, String input) {
        return node("ReduceSum", output, input, "axes12").add(5, attribute("keepdims", 0));
    }

    private OnnxMessage decoder(boolean goesOn) {
        OnnxMessage graph = constants(new OnnxMessage().add(2, "decoder"));
        inputs(graph, !goesOn, goesOn);
        decode(graph, "", goesOn);
        return outputs(graph, "", !goesOn);
    }

    private void inputs(OnnxMessage graph, boolean states, boolean past) {
        graph.add(11, value("encoder_attention_mask", INT64, "rows", "words"));
        graph.add(11, value("input_ids", INT64, "rows", "length"));
        if (states) {
            graph.add(11, value("encoder_hidden_states", FLOAT, "rows", "words", size()));
        }
        for (String which : List.of("decoder.key", "decoder.value", "encoder.key", "encoder.value")) {
            if (past) {
                graph.add(11, value("past_key_values.0." + which, FLOAT, "rows", "1", which.substring(0, 2), size()));
            }
        }
    }

    private OnnxMessage outputs(OnnxMessage graph, String prefix, boolean encoder) {
        graph.add(12, value(prefix + "logits", FLOAT, "rows", "length", size()));
        for (String part : List.of("key", "value")) {
            graph.add(12, value(prefix + "present.0.decoder." + part, FLOAT, "rows", "1", "past", size()));
        }
        for (String part : List.of("key", "value")) {
            if (encoder) {
                graph.add(12, value(prefix + "present.0.encoder." + part, FLOAT, "any", "1", "source", size()));
            }
        }
        return graph;
    }

    /// Both decoders in one, as the exporter merges them: where the cache is used, the keys and values
    /// of the encoder come out empty.
    private OnnxMessage merged() {
        OnnxMessage first = new OnnxMessage().add(2, "first");
        decode(first, "f.", false);
        OnnxMessage later = new OnnxMessage().add(2, "later");
        decode(later, "l.", true);
        later.add(1, node("Identity", "l.present.0.encoder.key", "none"));
        later.add(1, node("Identity", "l.present.0.encoder.value", "none"));
        OnnxMessage choice = new OnnxMessage().add(1, "use_cache_branch").add(2, "logits");
        for (String which : List.of("decoder.key", "decoder.value", "encoder.key", "encoder.value")) {
            choice.add(2, "present.0." + which);
        }
        choice.add(4, "If");
        choice.add(5, attribute("then_branch", outputs(later, "l.", true)));
        choice.add(5, attribute("else_branch", outputs(first, "f.", true)));
        OnnxMessage graph = constants(new OnnxMessage().add(2, "merged"));
        inputs(graph, true, true);
        graph.add(11, value("use_cache_branch", BOOL, "1"));
        graph.add(1, choice);
        return outputs(graph, "", true);
    }
}
