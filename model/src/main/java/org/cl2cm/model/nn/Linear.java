package org.cl2cm.model.nn;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/// `x W' + b`.
///
/// @param weight `[out, in]`
/// @param bias `[out]`
public record Linear(Tensor weight, Tensor bias) {
    /// A new layer, Xavier-normal.
    static Linear create(Parameters parameters, String name, long in, long out) {
        double deviation = Math.sqrt(2.0 / (in + out));
        return new Linear(
                parameters.normal(name + ".weight", deviation, out, in), parameters.constant(name + ".bias", 0, out));
    }

    public Tensor forward(Tensor x) {
        return torch.linear(x, weight, Tensors.some(bias));
    }
}
