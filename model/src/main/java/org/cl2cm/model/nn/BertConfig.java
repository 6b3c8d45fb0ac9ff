package org.cl2cm.model.nn;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.cl2cm.data.DataException;

/// Sizes of a BERT- or XLM-R-shaped encoder, as in the `config.json` of a Hugging Face folder.
///
/// @param firstPosition position of the first token: 0 for BERT, pad id + 1 for XLM-R
public record BertConfig(
        int layers,
        int hidden,
        int heads,
        int intermediate,
        int vocabulary,
        int positions,
        int segments,
        double epsilon,
        int firstPosition) {

    /// @throws DataException when the folder has no config.json or another kind of network
    public static BertConfig read(Path folder) throws IOException {
        Path file = folder.resolve("config.json");
        if (!Files.isRegularFile(file)) {
            throw DataException.in(folder, "no Hugging Face model folder: config.json is missing");
        }
        JsonNode node = new ObjectMapper().readTree(file.toFile());
        String type = node.path("model_type").asText("bert");
        boolean roberta = type.equals("xlm-roberta") || type.equals("roberta");
        if (!roberta && !type.equals("bert")) {
            throw DataException.in(file, "key \"model_type\": " + type + "; bert, roberta and xlm-roberta are read");
        }
        return new BertConfig(
                size(file, node, "num_hidden_layers"),
                size(file, node, "hidden_size"),
                size(file, node, "num_attention_heads"),
                size(file, node, "intermediate_size"),
                size(file, node, "vocab_size"),
                size(file, node, "max_position_embeddings"),
                size(file, node, "type_vocab_size"),
                node.path("layer_norm_eps").asDouble(1e-12),
                roberta ? node.path("pad_token_id").asInt(1) + 1 : 0);
    }

    private static int size(Path file, JsonNode node, String key) throws DataException {
        JsonNode value = node.get(key);
        if (value == null || !value.isInt() || value.intValue() <= 0) {
            throw DataException.in(file, "key \"" + key + "\" is missing or not a positive whole number");
        }
        return value.intValue();
    }

    /// Tokens in the longest text, special tokens included.
    public int maxLength() {
        return positions - firstPosition;
    }

    TransformerLayer.Shape layer(double dropout) {
        return new TransformerLayer.Shape(hidden, heads, intermediate, epsilon, dropout);
    }
}
