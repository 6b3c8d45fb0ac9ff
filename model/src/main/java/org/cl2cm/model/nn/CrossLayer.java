package org.cl2cm.model.nn;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/// A transformer layer whose tokens look at a context and not at each other: cross-attention and a
/// feed-forward network, each normalised before and added to what was there.
final class CrossLayer {
    private final int heads;
    private final LayerNorm attentionNorm;
    private final Linear query;
    private final Linear key;
    private final Linear value;
    private final Linear attention;
    private final LayerNorm wideNorm;
    private final Linear intermediate;
    private final Linear output;
    private final Dropout dropout;

    CrossLayer(int width, int heads, double dropout, Parameters parameters, String prefix) {
        if (heads < 1 || width % heads != 0) {
            throw new IllegalArgumentException(heads + " heads do not divide a width of " + width);
        }
        this.heads = heads;
        this.attentionNorm = LayerNorm.create(parameters, prefix + "attention.norm", width, 1e-6);
        this.query = Linear.create(parameters, prefix + "attention.query", width, width);
        this.key = Linear.create(parameters, prefix + "attention.key", width, width);
        this.value = Linear.create(parameters, prefix + "attention.value", width, width);
        this.attention = Linear.create(parameters, prefix + "attention.output", width, width);
        this.wideNorm = LayerNorm.create(parameters, prefix + "wide.norm", width, 1e-6);
        this.intermediate = Linear.create(parameters, prefix + "wide.input", width, 4L * width);
        this.output = Linear.create(parameters, prefix + "wide.output", 4L * width, width);
        this.dropout = new Dropout(dropout);
    }

    /// @param x `[batch, length, width]`
    /// @param context `[batch, context length, width]`
    /// @param padding of the context, see [Padding#bias]
    /// @return `[batch, length, width]`
    Tensor forward(Tensor x, Tensor context, Tensor padding, boolean training) {
        Tensor mixed = Attention.of(
                heads(query.forward(attentionNorm.forward(x))),
                heads(key.forward(context)),
                heads(value.forward(context)),
                padding);
        Tensor joined = mixed.transpose(1, 2).reshape(x.size(0), x.size(1), x.size(2));
        Tensor attended = x.add(dropout.apply(attention.forward(joined), training));
        Tensor wide = torch.gelu(intermediate.forward(wideNorm.forward(attended)));
        return attended.add(dropout.apply(output.forward(wide), training));
    }

    private Tensor heads(Tensor x) {
        return x.view(x.size(0), x.size(1), heads, x.size(2) / heads).transpose(1, 2);
    }
}
