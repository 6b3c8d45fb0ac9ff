package org.cl2cm.model.internal;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.cl2cm.data.AtomicFile;
import org.cl2cm.data.DataException;

/// The small files of a Hugging Face folder with a cased BERT. The same input gives the same bytes:
/// fingerprints are made of them.
public final class BertFiles {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final List<String> SPECIAL = List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]");
    private static final String WORDS = "bert.embeddings.word_embeddings.weight";
    private static final String POSITIONS = "bert.embeddings.position_embeddings.weight";
    private static final String SEGMENTS = "bert.embeddings.token_type_embeddings.weight";
    private static final String WIDE = "bert.encoder.layer.0.intermediate.dense.weight";
    private static final int HEAD = 64;

    private BertFiles() {}

    /// Writes `config.json`, `vocab.txt`, `tokenizer.json`, `tokenizer_config.json`.
    ///
    /// @param vocabulary content of `vocab.txt`
    /// @param shapes of the tensors by their names in the folder
    /// @throws DataException when the vocabulary has a piece twice, lacks a special one or does not
    ///     fit the embeddings
    public static void write(Path folder, byte[] vocabulary, Map<String, long[]> shapes) throws IOException {
        Map<String, Integer> pieces = pieces(vocabulary);
        ObjectNode config = config(shapes);
        if (config.get("vocab_size").intValue() != pieces.size()) {
            throw new DataException("vocab.txt has " + pieces.size() + " pieces, tensor \"" + WORDS + "\" has "
                    + config.get("vocab_size") + " rows");
        }
        AtomicFile.write(folder.resolve("config.json"), config.toPrettyString() + "\n");
        AtomicFile.write(folder.resolve("vocab.txt"), out -> out.write(vocabulary));
        AtomicFile.write(folder.resolve("tokenizer.json"), out -> out.write(JSON.writeValueAsBytes(tokenizer(pieces))));
        ObjectNode settings = JSON.createObjectNode()
                .put("tokenizer_class", "BertTokenizer")
                .put("do_lower_case", false)
                .put("strip_accents", false)
                .put("tokenize_chinese_chars", true)
                .put("model_max_length", config.get("max_position_embeddings").intValue());
        for (String token : SPECIAL) {
            settings.put(key(token), token);
        }
        AtomicFile.write(folder.resolve("tokenizer_config.json"), settings.toPrettyString() + "\n");
    }

    private static String key(String token) {
        return token.substring(1, token.length() - 1).toLowerCase(java.util.Locale.ROOT) + "_token";
    }

    private static Map<String, Integer> pieces(byte[] vocabulary) throws DataException {
        Map<String, Integer> pieces = new LinkedHashMap<>();
        for (String piece :
                new String(vocabulary, StandardCharsets.UTF_8).lines().toList()) {
            if (pieces.putIfAbsent(piece, pieces.size()) != null) {
                throw new DataException("vocab.txt:" + (pieces.size() + 1) + ": \"" + piece + "\" comes twice");
            }
        }
        for (String token : SPECIAL) {
            if (!pieces.containsKey(token)) {
                throw new DataException("vocab.txt: the piece " + token + " is missing");
            }
        }
        return pieces;
    }

    private static ObjectNode config(Map<String, long[]> shapes) throws DataException {
        long[] words = shape(shapes, WORDS);
        int layers = 0;
        while (shapes.containsKey("bert.encoder.layer." + layers + ".output.dense.weight")) {
            layers++;
        }
        ObjectNode config = JSON.createObjectNode();
        config.putArray("architectures").add("BertForMaskedLM");
        return config.put("model_type", "bert")
                .put("hidden_act", "gelu")
                .put("hidden_size", words[1])
                .put("intermediate_size", shape(shapes, WIDE)[0])
                .put("layer_norm_eps", 1e-12)
                .put("max_position_embeddings", shape(shapes, POSITIONS)[0])
                .put("num_attention_heads", words[1] / HEAD)
                .put("num_hidden_layers", layers)
                .put("pad_token_id", 0)
                .put("type_vocab_size", shape(shapes, SEGMENTS)[0])
                .put("vocab_size", words[0]);
    }

    private static long[] shape(Map<String, long[]> shapes, String name) throws DataException {
        long[] shape = shapes.get(name);
        if (shape == null || shape.length != 2) {
            throw new DataException("tensor \"" + name + "\" is missing or no matrix");
        }
        return shape;
    }

    /// A `tokenizer.json` as the Hugging Face tokenizers library writes it for a cased BERT.
    private static ObjectNode tokenizer(Map<String, Integer> pieces) {
        ObjectNode root = JSON.createObjectNode();
        root.put("version", "1.0").putNull("truncation").putNull("padding");
        ArrayNode added = root.putArray("added_tokens");
        for (String token : SPECIAL) {
            added.addObject()
                    .put("id", pieces.get(token))
                    .put("content", token)
                    .put("single_word", false)
                    .put("lstrip", false)
                    .put("rstrip", false)
                    .put("normalized", false)
                    .put("special", true);
        }
        root.putObject("normalizer")
                .put("type", "BertNormalizer")
                .put("clean_text", true)
                .put("handle_chinese_chars", true)
                .put("strip_accents", false)
                .put("lowercase", false);
        root.putObject("pre_tokenizer").put("type", "BertPreTokenizer");
        postProcessor(root.putObject("post_processor"), pieces);
        root.putObject("decoder").put("type", "WordPiece").put("prefix", "##").put("cleanup", true);
        ObjectNode model = root.putObject("model")
                .put("type", "WordPiece")
                .put("unk_token", "[UNK]")
                .put("continuing_subword_prefix", "##")
                .put("max_input_chars_per_word", 100);
        ObjectNode ids = model.putObject("vocab");
        pieces.forEach(ids::put);
        return root;
    }

    private static void postProcessor(ObjectNode node, Map<String, Integer> pieces) {
        node.put("type", "TemplateProcessing");
        ArrayNode single = node.putArray("single");
        step(single, "SpecialToken", "[CLS]", 0);
        step(single, "Sequence", "A", 0);
        step(single, "SpecialToken", "[SEP]", 0);
        ArrayNode pair = node.putArray("pair");
        pair.addAll(single);
        step(pair, "Sequence", "B", 1);
        step(pair, "SpecialToken", "[SEP]", 1);
        ObjectNode tokens = node.putObject("special_tokens");
        for (String token : List.of("[CLS]", "[SEP]")) {
            ObjectNode one = tokens.putObject(token).put("id", token);
            one.putArray("ids").add(pieces.get(token));
            one.putArray("tokens").add(token);
        }
    }

    private static void step(ArrayNode steps, String kind, String id, int segment) {
        steps.addObject().putObject(kind).put("id", id).put("type_id", segment);
    }
}
