package org.cl2cm.model.nn;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/// Layer normalisation of the last dimension.
///
/// @param weight `[hidden]`
/// @param bias `[hidden]`
public record LayerNorm(Tensor weight, Tensor bias, double epsilon) {
    static LayerNorm create(Parameters parameters, String name, long hidden, double epsilon) {
        return new LayerNorm(
                parameters.constant(name + ".weight", 1, hidden),
                parameters.constant(name + ".bias", 0, hidden),
                epsilon);
    }

    public Tensor forward(Tensor x) {
        return torch.layer_norm(
                x, new long[] {weight.numel()}, Tensors.some(weight), Tensors.some(bias), epsilon, false);
    }
}
