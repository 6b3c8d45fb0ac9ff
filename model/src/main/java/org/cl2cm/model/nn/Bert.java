package org.cl2cm.model.nn;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/// A pre-trained multilingual BERT that does not train: embeddings and the first layers.
///
/// Safe for use by many threads once made.
public final class Bert {
    private final BertConfig config;
    private final Tensor words;
    private final Tensor positions;
    private final Tensor segment;
    private final LayerNorm norm;
    private final List<TransformerLayer> layers;

    private Bert(
            BertConfig config,
            Tensor words,
            Tensor positions,
            Tensor segment,
            LayerNorm norm,
            List<TransformerLayer> layers) {
        this.config = config;
        this.words = words;
        this.positions = positions;
        this.segment = segment;
        this.norm = norm;
        this.layers = layers;
    }

    /// @param precision format of the matrices; a pass has to run in the same one
    /// @param depth how many layers are loaded, at most `config.layers()`
    public static Bert load(BertConfig config, Weights weights, int depth, Precision precision) throws IOException {
        if (depth < 0 || depth > config.layers()) {
            throw new IllegalArgumentException("depth " + depth + " of a network of " + config.layers() + " layers");
        }
        int h = config.hidden();
        Tensor words = weights.get("embeddings.word_embeddings.weight", config.vocabulary(), h);
        Tensor positions = weights.get("embeddings.position_embeddings.weight", config.positions(), h);
        Tensor segments = weights.get("embeddings.token_type_embeddings.weight", config.segments(), h);
        LayerNorm norm = new LayerNorm(
                weights.get("embeddings.LayerNorm.weight", h),
                weights.get("embeddings.LayerNorm.bias", h),
                config.epsilon());
        List<TransformerLayer> layers = new ArrayList<>();
        for (int i = 0; i < depth; i++) {
            layers.add(TransformerLayer.frozen(config.layer(0), weights, "encoder.layer." + i + ".", precision));
        }
        return new Bert(config, words, positions, segments.narrow(0, 0, 1), norm, List.copyOf(layers));
    }

    public BertConfig config() {
        return config;
    }

    public int depth() {
        return layers.size();
    }

    /// @param ids `[batch, length]`, int64
    /// @return the input of layer 0, `[batch, length, hidden]`
    public Tensor embed(Tensor ids) {
        Tensor places = positions.narrow(0, config.firstPosition(), ids.size(1));
        return norm.forward(torch.embedding(words, ids).add(segment).add(places));
    }

    /// Runs layers `from` (inclusive) to `to` (exclusive).
    ///
    /// @param states `[batch, length, hidden]`
    /// @param padding see [Padding#bias]
    public Tensor run(Tensor states, Tensor padding, int from, int to) {
        Tensor x = states;
        for (TransformerLayer layer : layers.subList(from, to)) {
            Tensor input = x;
            x = Tensors.scoped(() -> layer.forward(input, padding, false));
        }
        return x;
    }
}
