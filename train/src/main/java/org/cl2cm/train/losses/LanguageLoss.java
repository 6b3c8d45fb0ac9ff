package org.cl2cm.train.losses;

import static org.cl2cm.train.losses.FullPrecision.float32;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.cl2cm.model.nn.Tensors;

/// Two players (NRCCR, Wang et al., MM 2022, arXiv 2208.12526, section 3.4; the form is that of its
/// released code): a discriminator tells source from target sentences by their states, and the text
/// encoder makes target sentences that it takes for source ones.
public final class LanguageLoss {
    private LanguageLoss() {}

    /// What the discriminator learns; no gradient reaches the encoder.
    ///
    /// @param source states of source sentences, `[batch, width]`
    /// @param target states of target sentences, `[batch, width]`
    /// @param weight `[1, width]`
    /// @param bias `[1]`
    /// @return a scalar: binary cross-entropy, the mean over both languages
    public static Tensor discriminator(Tensor source, Tensor target, Tensor weight, Tensor bias) {
        return FullPrecision.run(() -> isSource(logits(source.detach(), weight, bias))
                .add(isTarget(logits(target.detach(), weight, bias)))
                .mul(Tensors.scalar(0.5)));
    }

    /// What the encoder learns; no gradient reaches the discriminator.
    ///
    /// @return a scalar: cross-entropy of target sentences taken for source ones
    public static Tensor encoder(Tensor target, Tensor weight, Tensor bias) {
        return FullPrecision.run(() -> isSource(logits(target, weight.detach(), bias.detach())));
    }

    private static Tensor logits(Tensor x, Tensor weight, Tensor bias) {
        return torch.linear(float32(x), float32(weight), Tensors.some(float32(bias)));
    }

    private static Tensor isSource(Tensor logits) {
        return torch.softplus(logits.neg()).mean();
    }

    private static Tensor isTarget(Tensor logits) {
        return torch.softplus(logits).mean();
    }
}
