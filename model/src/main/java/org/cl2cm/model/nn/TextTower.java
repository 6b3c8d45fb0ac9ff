package org.cl2cm.model.nn;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/// From the states of the frozen layers of a multilingual BERT to a unit vector a text: the upper BERT
/// layers that train, a head that narrows the states, normalises them and may have transformer layers
/// of its own, pooling, a linear map, L2.
public final class TextTower {
    /// What a tower is made of.
    ///
    /// @param depth BERT layers in use; the layers above are cut off
    /// @param trainable how many of the top layers of these train, 0 to `depth`
    /// @param width that the head narrows the states to; 0 leaves the head out, its layers too
    /// @param blocks the head's own layers
    /// @param heads attention heads of the head's own layers
    /// @param dropout in all layers that train
    /// @param pooling how the states of a text become one
    /// @param dimension of the result
    public record Config(
            int depth,
            int trainable,
            int width,
            int blocks,
            int heads,
            double dropout,
            Pooling pooling,
            int dimension) {
        public Config {
            if (depth < 0 || trainable < 0 || trainable > depth) {
                throw new IllegalArgumentException(trainable + " trainable layers of " + depth);
            }
            if (dimension <= 0) {
                throw new IllegalArgumentException("dimension " + dimension);
            }
        }

        /// Layers that never change.
        public int frozen() {
            return depth - trainable;
        }
    }

    /// How the states of a text become one.
    public enum Pooling {
        /// The mean over all tokens.
        MEAN,
        /// The state of the first token.
        CLS,
        /// The mean and the maximum of each coordinate, side by side.
        MEAN_MAX
    }

    /// @param sentences unit vectors, `[batch, dimension]`
    /// @param words states of the tokens before pooling, `[batch, length, width]`
    /// @param beneath states of the tokens below the head's last layer, `[batch, length, width]`;
    ///     `words` where the head has no layers
    public record Output(Tensor sentences, Tensor words, Tensor beneath) {}

    private final Config config;
    private final List<TransformerLayer> layers = new ArrayList<>();
    private final Optional<Linear> narrow;
    private final Optional<LayerNorm> narrowNorm;
    private final List<TransformerLayer> blocks = new ArrayList<>();
    private final Linear projection;
    private final Dropout dropout;

    /// @param weights of the pre-trained BERT; read only when layers train
    /// @param parameters takes this tower's tensors, their names under `prefix`
    public TextTower(Config config, BertConfig bert, Weights weights, Parameters parameters, String prefix)
            throws IOException {
        this.config = config;
        this.dropout = new Dropout(config.dropout());
        for (int i = config.frozen(); i < config.depth(); i++) {
            String name = "encoder.layer." + i + ".";
            layers.add(TransformerLayer.tuned(bert.layer(config.dropout()), weights, name, parameters, prefix + name));
        }
        int width = bert.hidden();
        if (config.width() > 0) {
            width = config.width();
            narrow = Optional.of(Linear.create(parameters, prefix + "head.narrow", bert.hidden(), width));
            narrowNorm = Optional.of(LayerNorm.create(parameters, prefix + "head.norm", width, 1e-6));
            TransformerLayer.Shape shape =
                    new TransformerLayer.Shape(width, config.heads(), 4 * width, 1e-6, config.dropout());
            for (int i = 0; i < config.blocks(); i++) {
                blocks.add(TransformerLayer.random(shape, parameters, prefix + "head.layer." + i + "."));
            }
        } else {
            narrow = Optional.empty();
            narrowNorm = Optional.empty();
        }
        int pooled = config.pooling() == Pooling.MEAN_MAX ? 2 * width : width;
        projection = Linear.create(parameters, prefix + "head.projection", pooled, config.dimension());
    }

    public Config config() {
        return config;
    }

    /// @param states output of the frozen layers, `[batch, length, hidden]`, any float type
    /// @param lengths tokens of each text, special tokens included
    public Output forward(Tensor states, int[] lengths, boolean training) {
        Tensor padding = Padding.bias(lengths, Math.toIntExact(states.size(1)));
        Tensor x = layers(states, padding, training);
        if (narrow.isPresent() && narrowNorm.isPresent()) {
            x = narrowNorm.get().forward(narrow.get().forward(dropout.apply(x, training)));
        }
        Tensor beneath = x;
        for (TransformerLayer block : blocks) {
            beneath = x;
            x = block.forward(x, padding, training);
        }
        x = x.toType(torch.ScalarType.Float);
        beneath = blocks.isEmpty() ? x : beneath.toType(torch.ScalarType.Float);
        return new Output(sentences(x, lengths, padding), x, beneath);
    }

    /// The BERT layers that train, without the head.
    ///
    /// @param states output of the frozen layers, `[batch, length, hidden]`, any float type
    /// @param padding see [Padding#bias]
    /// @return `[batch, length, hidden]`
    public Tensor layers(Tensor states, Tensor padding, boolean training) {
        Tensor x = states.toType(torch.ScalarType.Float);
        for (TransformerLayer layer : layers) {
            x = layer.forward(x, padding, training);
        }
        return x;
    }

    /// A text as another one tells it: the head's last layer with the tokens of `context` in the place
    /// of the text's own. What the text says and the context does not is lost, which for a translation
    /// and its source is the noise.
    ///
    /// @param beneath of the text, `[batch, length, width]`, see [Output]
    /// @param context `beneath` of the other text, `[batch, context length, width]`
    /// @return unit vectors, `[batch, dimension]`
    /// @throws IllegalStateException when the head has no layer
    public Tensor retold(Tensor beneath, int[] lengths, Tensor context, int[] contextLengths, boolean training) {
        if (blocks.isEmpty()) {
            throw new IllegalStateException("the head has no layer to attend with");
        }
        Tensor padding = Padding.bias(lengths, Math.toIntExact(beneath.size(1)));
        Tensor contextPadding = Padding.bias(contextLengths, Math.toIntExact(context.size(1)));
        Tensor x = blocks.getLast()
                .cross(beneath, context, contextPadding, training)
                .toType(torch.ScalarType.Float);
        return sentences(x, lengths, padding);
    }

    private Tensor sentences(Tensor words, int[] lengths, Tensor padding) {
        return Tensors.unit(projection.forward(pool(words, lengths, padding)).toType(torch.ScalarType.Float));
    }

    private Tensor pool(Tensor x, int[] lengths, Tensor padding) {
        return switch (config.pooling()) {
            case CLS -> x.select(1, 0);
            case MEAN -> mean(x, lengths);
            case MEAN_MAX ->
                Tensors.cat(
                        List.of(
                                mean(x, lengths),
                                x.add(padding.view(lengths.length, -1, 1)).amax(new long[] {1}, false)),
                        -1);
        };
    }

    private static Tensor mean(Tensor x, int[] lengths) {
        int length = Math.toIntExact(x.size(1));
        Tensor tokens = Padding.tokens(lengths, length);
        Tensor share = tokens.div(tokens.sum(new long[] {1}, true, new ScalarTypeOptional()));
        return x.mul(share.unsqueeze(-1)).sum(new long[] {1}, false, new ScalarTypeOptional());
    }
}
