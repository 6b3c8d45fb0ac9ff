package org.cl2cm.train.losses;

import static org.cl2cm.train.losses.FullPrecision.float32;

import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.cl2cm.model.nn.Tensors;

/// Loss B of CL2CM: the words of a sentence and of its translation align themselves, by optimal
/// transport over
/// `C_ab = 1 - cos(h^s_a, h^t_b)`.
///
/// In all methods `hs` is `[batch, source, width]` and `ht` `[batch, target, width]`, states of
/// tokens in any float
/// type; `ms` `[batch, source]` and `mt` `[batch, target]` are 1 for a word and 0 for \[CLS\],
/// \[SEP\] and pads
/// (`Padding.words`), no row without a word. The plan carries no gradient: it is a label.
public final class WordAlignmentLoss {
    /// Far below every logit, so that a softmax gives a pad exactly 0.
    private static final double EXCLUDED = -1e4;

    private final TransportPlan transport;
    private final double temperature;

    /// @param transport how plans are found
    /// @param temperature of [#selfLabelling]; divides the cosines
    public WordAlignmentLoss(TransportPlan transport, double temperature) {
        Checks.temperature(temperature);
        this.transport = transport;
        this.temperature = temperature;
    }

    /// The plans, for a look at which word goes to which.
    ///
    /// @return `[batch, source, target]`, without gradient
    public Tensor alignment(Tensor hs, Tensor ms, Tensor ht, Tensor mt) {
        return FullPrecision.runDetached(() -> transport.plan(cost(cosines(hs, ht)), ms, mt));
    }

    /// B1: the cost of carrying the words of a sentence to those of its translation, `<P, C>`, the
    /// mean over the
    /// batch (word-region alignment of UNITER, Chen et al., 2020, section 3.2, with words for
    /// regions).
    ///
    /// @return a scalar
    public Tensor transportCost(Tensor hs, Tensor ms, Tensor ht, Tensor mt) {
        return FullPrecision.run(() -> {
            Tensor cost = cost(cosines(hs, ht));
            Tensor plan = transport.plan(cost.detach(), ms, mt);
            return plan.mul(cost).sum().mul(Tensors.scalar(1.0 / hs.size(0)));
        });
    }

    /// `<P, C>` of every pair on its own.
    ///
    /// @return `[batch]`
    public Tensor costs(Tensor hs, Tensor ms, Tensor ht, Tensor mt) {
        return FullPrecision.run(() -> {
            Tensor cost = cost(cosines(hs, ht));
            return transport
                    .plan(cost.detach(), ms, mt)
                    .mul(cost)
                    .sum(new long[] {1, 2}, false, new ScalarTypeOptional());
        });
    }

    /// B2: the plan's rows, each made a distribution, are soft labels for `softmax_b(cos(h^s_a,
    /// h^t_b) / tau)`, and
    /// its columns for the other direction (self-labelled word alignment of XLM-Align, Chi et al.,
    /// 2021). The mean
    /// of the cross-entropy over all words of the batch, averaged over the two directions.
    ///
    /// @return a scalar
    public Tensor selfLabelling(Tensor hs, Tensor ms, Tensor ht, Tensor mt) {
        return FullPrecision.run(() -> {
            Tensor cosines = cosines(hs, ht);
            Tensor plan = transport.plan(cost(cosines.detach()), ms, mt);
            Tensor logits = cosines.mul(Tensors.scalar(1 / temperature));
            Tensor source = float32(ms).unsqueeze(2);
            Tensor target = float32(mt).unsqueeze(1);
            Tensor forth = crossEntropy(plan, logits, source, target, 2);
            Tensor back = crossEntropy(plan, logits, target, source, 1);
            return forth.add(back).mul(Tensors.scalar(0.5));
        });
    }

    /// @param words which rows (or columns) count
    /// @param choices among which entries along `dimension` each of them chooses
    private static Tensor crossEntropy(Tensor plan, Tensor logits, Tensor words, Tensor choices, long dimension) {
        Tensor labels = plan.div(
                plan.sum(new long[] {dimension}, true, new ScalarTypeOptional()).add_(absent(words)));
        Tensor logProbabilities =
                logits.add(absent(choices).mul_(Tensors.scalar(EXCLUDED))).log_softmax(dimension);
        return labels.mul(logProbabilities).sum().neg().div(words.sum());
    }

    private static Tensor absent(Tensor mask) {
        return mask.neg().add_(Tensors.scalar(1));
    }

    private static Tensor cosines(Tensor hs, Tensor ht) {
        return Tensors.unit(float32(hs)).bmm(Tensors.unit(float32(ht)).transpose(1, 2));
    }

    private static Tensor cost(Tensor cosines) {
        return cosines.neg().add(Tensors.scalar(1));
    }
}
