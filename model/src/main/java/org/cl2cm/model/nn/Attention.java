package org.cl2cm.model.nn;

import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/// Scaled dot-product attention (Vaswani et al., 2017).
///
/// The engine's fused operation is the faster one in float32 and, on processors, about eight times slower than
/// plain products in bfloat16, so the format decides.
final class Attention {
    private Attention() {}

    /// @param q queries, `[batch, heads, length, size]`; `k` and `v` have the same shape
    /// @param padding 0 for a token, a large negative number for a pad, `[batch, 1, 1, length]`
    /// @return `[batch, heads, length, size]`
    static Tensor of(Tensor q, Tensor k, Tensor v, Tensor padding) {
        if (q.scalar_type().intern() == torch.ScalarType.Float) {
            return torch.scaled_dot_product_attention(
                    q, k, v, Tensors.some(padding), 0.0, false, new DoubleOptional(), false);
        }
        double scale = 1 / Math.sqrt(q.size(-1));
        Tensor scores = torch.matmul(q, k.transpose(-1, -2))
                .toType(torch.ScalarType.Float)
                .mul(Tensors.scalar(scale))
                .add(padding);
        return torch.matmul(torch.softmax(scores, -1).toType(v.scalar_type()), v);
    }
}
