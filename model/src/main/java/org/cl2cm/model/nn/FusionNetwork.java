package org.cl2cm.model.nn;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;

/// Says how well images go with a text by looking at both at once (the fusion encoder of CCLM, Zeng et
/// al., 2023, and UC2, Zhou et al., 2021), where the two towers of a [CrossModalNetwork] look at each
/// alone.
///
/// The vector of an image becomes a few tokens, which ask the words of the text, layer by layer; the
/// words are read once for all images. What it knows of an image is the vector that the vision tower
/// made, so it sorts the items of any collection of that model.
public final class FusionNetwork {
    /// What a network is made of.
    ///
    /// @param words width of the states of a text's words
    /// @param dimension of the vectors of images and texts
    /// @param tokens that an image becomes
    /// @param width of all layers
    /// @param heads attention heads; divides `width`
    /// @param layers at least 1
    /// @param dropout in all layers, in training
    public record Config(int words, int dimension, int tokens, int width, int heads, int layers, double dropout) {
        public Config {
            if (words < 1 || dimension < 1 || tokens < 1 || layers < 1) {
                throw new IllegalArgumentException("words of " + words + ", vectors of " + dimension + ", " + tokens
                        + " tokens, " + layers + " layers: each is at least 1");
            }
        }
    }

    /// The texts that images are held against.
    ///
    /// @param sentences unit vectors, `[texts, dimension]`
    /// @param words states of their tokens before pooling, `[texts, length, words]`
    /// @param padding of these, see [Padding#bias]
    public record Texts(Tensor sentences, Tensor words, Tensor padding) {}

    private final Config config;
    private final Linear text;
    private final LayerNorm textNorm;
    private final Linear image;
    private final List<CrossLayer> layers = new ArrayList<>();
    private final LayerNorm norm;
    private final Linear score;

    public FusionNetwork(Config config, Parameters parameters, String prefix) {
        this.config = config;
        this.text = Linear.create(parameters, prefix + "text", config.words(), config.width());
        this.textNorm = LayerNorm.create(parameters, prefix + "text.norm", config.width(), 1e-6);
        this.image = Linear.create(
                parameters, prefix + "image", 2L * config.dimension(), (long) config.tokens() * config.width());
        for (int i = 0; i < config.layers(); i++) {
            layers.add(new CrossLayer(
                    config.width(), config.heads(), config.dropout(), parameters, prefix + "layer." + i + "."));
        }
        this.norm = LayerNorm.create(parameters, prefix + "norm", config.width(), 1e-6);
        this.score = Linear.create(parameters, prefix + "score", config.width(), 1);
    }

    public Config config() {
        return config;
    }

    /// @param texts the images of each are its own
    /// @param images unit vectors, `[texts, images, dimension]`
    /// @return logits, `[texts, images]`, float32: the higher, the better a text and an image go
    ///     together
    public Tensor forward(Texts texts, Tensor images, boolean training) {
        long batch = images.size(0);
        long candidates = images.size(1);
        Tensor context = textNorm.forward(text.forward(texts.words()));
        // As long as a vector of standard deviation 1, which is what the layers are made for.
        double scale = Math.sqrt(config.dimension());
        Tensor shared = images.mul(texts.sentences().unsqueeze(1)).mul(Tensors.scalar(scale * scale));
        Tensor both = Tensors.cat(List.of(images.mul(Tensors.scalar(scale)), shared), -1);
        Tensor x = image.forward(both).view(batch, candidates * config.tokens(), config.width());
        for (CrossLayer layer : layers) {
            x = layer.forward(x, context, texts.padding(), training);
        }
        Tensor pooled = norm.forward(x)
                .view(batch, candidates, config.tokens(), config.width())
                .mean(new long[] {2}, false, new ScalarTypeOptional());
        return score.forward(pooled).squeeze(-1).toType(org.bytedeco.pytorch.global.torch.ScalarType.Float);
    }
}
