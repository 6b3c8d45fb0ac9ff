package org.cl2cm.train.losses;

import static org.cl2cm.train.losses.FullPrecision.float32;

import org.bytedeco.pytorch.Tensor;
import org.cl2cm.model.nn.Tensors;

/// The symmetric InfoNCE loss: every row must find its partner among the batch, in both directions.
///
/// `1/2 [CE(X Y' / tau) + CE(Y X' / tau)]`, the mean over the batch (van den Oord et al., 2018,
/// arXiv 1807.03748; in
/// the symmetric form of CLIP, Radford et al., 2021). Loss A of CL2CM with sentences and their
/// translations, loss C
/// with images and sentences. The other rows of the batch are the negatives, even when they
/// describe the same image.
public final class ContrastiveLoss {
    /// A learnable scale stops here, as CLIP's does.
    public static final double MAXIMAL_SCALE = 100;

    private ContrastiveLoss() {}

    /// @param x unit vectors, `[batch, dimension]`
    /// @param y unit vectors, `[batch, dimension]`; row i is the partner of row i of `x`
    /// @param temperature divides the cosines
    /// @return a scalar
    public static Tensor infoNce(Tensor x, Tensor y, double temperature) {
        return infoNce(x, y, temperature, 0);
    }

    /// @param smoothing share of the target, 0 to below 1, that is spread over the whole batch
    public static Tensor infoNce(Tensor x, Tensor y, double temperature, double smoothing) {
        Checks.temperature(temperature);
        return FullPrecision.run(() -> symmetric(similarities(x, y).mul(Tensors.scalar(1 / temperature)), smoothing));
    }

    /// With a learnable temperature.
    ///
    /// @param logScale a scalar that trains: the cosines are multiplied by `exp(logScale)`, at most by
    ///     [#MAXIMAL_SCALE]; beyond that it gets no gradient
    public static Tensor infoNce(Tensor x, Tensor y, Tensor logScale) {
        return infoNce(x, y, logScale, 0);
    }

    /// With a learnable temperature and label smoothing.
    public static Tensor infoNce(Tensor x, Tensor y, Tensor logScale, double smoothing) {
        if (logScale.numel() != 1) {
            throw new IllegalArgumentException("the scale has " + logScale.numel() + " numbers, expected one");
        }
        return FullPrecision.run(() -> {
            Tensor scale = float32(logScale).exp().clamp_max(Tensors.scalar(MAXIMAL_SCALE));
            return symmetric(similarities(x, y).mul(scale), smoothing);
        });
    }

    /// With a weight for every pair: a pair that is not trusted counts less, in both directions.
    ///
    /// @param scale what the cosines are multiplied with, a scalar
    /// @param weights at least 0, `[batch]`; they are divided by their sum, and the loss is 0 when all
    ///     are 0
    public static Tensor weighted(Tensor x, Tensor y, Tensor scale, Tensor weights) {
        if (weights.dim() != 1 || weights.size(0) != x.size(0)) {
            throw new IllegalArgumentException(
                    "weights of shape " + java.util.Arrays.toString(Tensors.shape(weights)) + ", expected [batch]");
        }
        return FullPrecision.run(() -> {
            Tensor logits = similarities(x, y).mul(scale);
            Tensor losses = logits.logsumexp(1)
                    .add(logits.logsumexp(0))
                    .mul(Tensors.scalar(0.5))
                    .sub(logits.diagonal());
            Tensor trusted = float32(weights);
            return losses.mul(trusted).sum().div(trusted.sum().clamp_min(Tensors.scalar(1e-12)));
        });
    }

    private static Tensor similarities(Tensor x, Tensor y) {
        Checks.sameShape(x, y);
        return float32(x).mm(float32(y).t());
    }

    /// With the target `(1 - smoothing) [i = j] + smoothing / batch`, cross-entropy is the log-
    /// sum-exp minus the
    /// target's mean of the logits, so that neither targets nor log-probabilities are built.
    private static Tensor symmetric(Tensor logits, double smoothing) {
        if (!(smoothing >= 0 && smoothing < 1)) {
            throw new IllegalArgumentException("label smoothing " + smoothing + " is not in [0, 1)");
        }
        Tensor normalisers = logits.logsumexp(1).add(logits.logsumexp(0)).mean().mul(Tensors.scalar(0.5));
        Tensor partners = logits.diagonal().mean();
        if (smoothing == 0) {
            return normalisers.sub(partners);
        }
        return normalisers
                .sub(partners.mul(Tensors.scalar(1 - smoothing)))
                .sub(logits.mean().mul(Tensors.scalar(smoothing)));
    }
}
