package org.cl2cm.model.nn;

import java.io.IOException;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/// One layer of BERT (Devlin et al., 2019): self-attention and a feed-forward network, each followed by
/// residual and normalisation. Tensor names are those of Hugging Face checkpoints.
public final class TransformerLayer {
    /// Sizes of a layer.
    ///
    /// @param hidden width of the states
    /// @param heads attention heads; divides `hidden`
    /// @param intermediate width of the feed-forward network
    /// @param epsilon of the normalisations
    /// @param dropout share of the outputs dropped in training, 0 to 1
    public record Shape(int hidden, int heads, int intermediate, double epsilon, double dropout) {
        public Shape {
            if (hidden <= 0 || heads <= 0 || hidden % heads != 0) {
                throw new IllegalArgumentException(heads + " heads do not divide a width of " + hidden);
            }
        }
    }

    private final Shape shape;
    private final Linear query;
    private final Linear key;
    private final Linear value;
    private final Linear attention;
    private final LayerNorm attentionNorm;
    private final Linear intermediate;
    private final Linear output;
    private final LayerNorm outputNorm;
    private final Dropout dropout;

    private TransformerLayer(Shape shape, Source source) throws IOException {
        int h = shape.hidden();
        int f = shape.intermediate();
        this.shape = shape;
        this.query = source.linear("attention.self.query", h, h);
        this.key = source.linear("attention.self.key", h, h);
        this.value = source.linear("attention.self.value", h, h);
        this.attention = source.linear("attention.output.dense", h, h);
        this.attentionNorm = source.norm("attention.output.LayerNorm", h, shape.epsilon());
        this.intermediate = source.linear("intermediate.dense", h, f);
        this.output = source.linear("output.dense", f, h);
        this.outputNorm = source.norm("output.LayerNorm", h, shape.epsilon());
        this.dropout = new Dropout(shape.dropout());
    }

    /// Where the tensors of a layer come from.
    private interface Source {
        Tensor weight(String name, long... shape) throws IOException;

        default Linear linear(String name, long in, long out) throws IOException {
            return new Linear(weight(name + ".weight", out, in), weight(name + ".bias", out));
        }

        default LayerNorm norm(String name, long hidden, double epsilon) throws IOException {
            return new LayerNorm(weight(name + ".weight", hidden), weight(name + ".bias", hidden), epsilon);
        }
    }

    /// A layer that does not train. Its matrices are kept in the format that they are used in, which
    /// autocast would otherwise convert them to in every pass.
    static TransformerLayer frozen(Shape shape, Weights weights, String prefix, Precision precision)
            throws IOException {
        return new TransformerLayer(shape, (name, extents) -> {
            Tensor values = weights.get(prefix + name, extents);
            return name.contains("LayerNorm") ? values : values.toType(precision.type());
        });
    }

    /// A layer that trains, started from pre-trained weights.
    static TransformerLayer tuned(
            Shape shape, Weights weights, String prefix, Parameters parameters, String parameterPrefix)
            throws IOException {
        return new TransformerLayer(
                shape, (name, extents) -> parameters.copy(parameterPrefix + name, weights.get(prefix + name, extents)));
    }

    /// A layer that trains, started at random as BERT was: normal, deviation 0.02.
    static TransformerLayer random(Shape shape, Parameters parameters, String prefix) {
        try {
            return new TransformerLayer(shape, (name, extents) -> {
                if (name.endsWith("LayerNorm.weight")) {
                    return parameters.constant(prefix + name, 1, extents);
                }
                return name.endsWith(".bias")
                        ? parameters.constant(prefix + name, 0, extents)
                        : parameters.normal(prefix + name, 0.02, extents);
            });
        } catch (IOException impossible) {
            throw new java.io.UncheckedIOException(impossible);
        }
    }

    /// @param x `[batch, length, hidden]`
    /// @param padding 0 for a token, a large negative number for a pad, `[batch, 1, 1, length]`
    /// @param training whether dropout is on
    /// @return `[batch, length, hidden]`
    public Tensor forward(Tensor x, Tensor padding, boolean training) {
        long batch = x.size(0);
        long length = x.size(1);
        Tensor q = heads(query.forward(x), batch, length);
        Tensor k = heads(key.forward(x), batch, length);
        Tensor v = heads(value.forward(x), batch, length);
        Tensor mixed = Attention.of(q, k, v, padding);
        Tensor joined = mixed.transpose(1, 2).reshape(batch, length, shape.hidden());
        Tensor attended = attentionNorm.forward(x.add(dropout.apply(attention.forward(joined), training)));
        Tensor wide = torch.gelu(intermediate.forward(attended));
        return outputNorm.forward(attended.add(dropout.apply(output.forward(wide), training)));
    }

    /// The same layer with the words of another text in the place of the text's own: every token asks,
    /// the context answers, and nothing of the token itself gets past the attention (the
    /// cross-attention branch of NRCCR, Wang et al., MM 2022, which has no residual either).
    ///
    /// @param x `[batch, length, hidden]`
    /// @param context `[batch, context length, hidden]`
    /// @param padding of the context, `[batch, 1, 1, context length]`
    /// @return `[batch, length, hidden]`
    public Tensor cross(Tensor x, Tensor context, Tensor padding, boolean training) {
        long batch = x.size(0);
        long length = x.size(1);
        Tensor q = heads(query.forward(x), batch, length);
        Tensor k = heads(key.forward(context), batch, context.size(1));
        Tensor v = heads(value.forward(context), batch, context.size(1));
        Tensor mixed = Attention.of(q, k, v, padding);
        Tensor joined = mixed.transpose(1, 2).reshape(batch, length, shape.hidden());
        Tensor attended = attentionNorm.forward(dropout.apply(attention.forward(joined), training));
        Tensor wide = torch.gelu(intermediate.forward(attended));
        return outputNorm.forward(attended.add(dropout.apply(output.forward(wide), training)));
    }

    private Tensor heads(Tensor x, long batch, long length) {
        return x.view(batch, length, shape.heads(), shape.hidden() / shape.heads())
                .transpose(1, 2);
    }
}
