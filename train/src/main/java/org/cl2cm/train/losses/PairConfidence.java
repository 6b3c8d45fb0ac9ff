package org.cl2cm.train.losses;

import static org.cl2cm.train.losses.FullPrecision.float32;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.cl2cm.model.nn.Tensors;

/// How far the pairs of a batch can be trusted: the batch's rows are carried to its columns at the
/// least cost `1 - cos`, and a pair is trusted as far as its own mass stays with it (DCOT: Wang et al.,
/// 2023, arXiv 2309.05451; reconstructed from its abstract).
///
/// A right pair is the cheapest way for both of its sides, so no other way carries more; the mass of a
/// wrong one goes elsewhere. What a pair keeps is therefore divided by the most that goes anywhere else
/// from or to it. Two captions that read alike do not rob each other of trust, and where nothing is
/// known yet, everything is trusted.
public final class PairConfidence {
    private PairConfidence() {}

    /// @param x unit vectors, `[batch, dimension]`
    /// @param y unit vectors, `[batch, dimension]`; row i is given as the partner of row i of `x`
    /// @param transport finds the plan
    /// @return `P_ii / max(max_j P_ij, max_j P_ji)`, `[batch]`, 0 to 1, without gradient
    public static Tensor of(Tensor x, Tensor y, TransportPlan transport) {
        Checks.sameShape(x, y);
        return FullPrecision.runDetached(() -> {
            Tensor cost = float32(x.detach())
                    .mm(float32(y.detach()).t())
                    .neg()
                    .add(Tensors.scalar(1))
                    .unsqueeze(0);
            Tensor all = torch.ones_like(cost.select(1, 0));
            Tensor plan = transport.plan(cost, all, all).squeeze(0);
            Tensor best = torch.maximum(plan.amax(new long[] {1}, false), plan.amax(new long[] {0}, false));
            return plan.diagonal().div(best.clamp_min(Tensors.scalar(1e-30))).contiguous();
        });
    }
}
