package org.cl2cm.train.losses;

import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.cl2cm.model.nn.Tensors;

/// Loss B: word-level correspondence of a caption and its translation, self-supervised by optimal transport.
///
/// The cost of a pair of words is `1 - cos`. Masks leave out pads and special tokens. The plan is detached: no
/// gradient flows through it.
///
/// @param transport solves for the plan
/// @param temperature of the softmax in B2
public record WordAlignmentLoss(TransportPlan transport, double temperature) {
    /// B1, the word-region alignment of UNITER between words: the mean of `<P, C>`.
    ///
    /// @param source states `[batch, ls, hidden]`
    /// @param sourceMask `[batch, ls]`
    /// @param target states `[batch, lt, hidden]`
    /// @param targetMask `[batch, lt]`
    /// @return a scalar
    public Tensor transportCost(Tensor source, Tensor sourceMask, Tensor target, Tensor targetMask) {
        Tensor cost = similarity(source, target).neg().add(Tensors.scalar(1));
        Tensor plan = transport.plan(cost, sourceMask, targetMask);
        return plan.mul(cost).sum().div(Tensors.scalar(source.size(0)));
    }

    /// B2, self-labelling as in XLM-Align (Chi et al., ACL 2021): the plan, normalised by rows and by columns, is
    /// the soft label of each word's distribution over the words of the other sentence.
    public Tensor selfLabelling(Tensor source, Tensor sourceMask, Tensor target, Tensor targetMask) {
        Tensor similarity = similarity(source, target);
        Tensor plan = transport.plan(similarity.neg().add(Tensors.scalar(1)), sourceMask, targetMask);
        Tensor logits = similarity.div(Tensors.scalar(temperature));
        return direction(plan, logits, sourceMask, targetMask, 2)
                .add(direction(plan, logits, targetMask, sourceMask, 1))
                .mul(Tensors.scalar(0.5));
    }

    /// The plan of a batch, for pictures of the alignment: `[batch, ls, lt]`.
    public Tensor alignment(Tensor source, Tensor sourceMask, Tensor target, Tensor targetMask) {
        return transport.plan(similarity(source, target).neg().add(Tensors.scalar(1)), sourceMask, targetMask);
    }

    private static Tensor similarity(Tensor source, Tensor target) {
        return Tensors.unit(source).bmm(Tensors.unit(target).transpose(1, 2));
    }

    /// Cross-entropy of each word of one side against the plan's row of it, averaged over all of these words.
    private static Tensor direction(Tensor plan, Tensor logits, Tensor words, Tensor others, int over) {
        Tensor hidden =
                others.neg().add(Tensors.scalar(1)).mul(Tensors.scalar(-1e4)).unsqueeze(over == 2 ? 1 : 2);
        Tensor logs = logits.add(hidden).log_softmax(over);
        Tensor labels = plan.div(
                plan.sum(new long[] {over}, true, new ScalarTypeOptional()).add(Tensors.scalar(1e-12)));
        Tensor entropy = labels.mul(logs)
                .sum(new long[] {over}, false, new ScalarTypeOptional())
                .neg();
        return entropy.mul(words).sum().div(words.sum());
    }
}
