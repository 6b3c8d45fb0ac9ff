package org.cl2cm.train.losses;

import static org.cl2cm.train.losses.FullPrecision.float32;

import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.cl2cm.model.nn.Tensors;

/// The exact plan by inexact proximal points (IPOT: Xie, Wang, Wang, Zha, 2019, arXiv 1802.04307,
/// algorithm 1; the
/// word-region alignment of UNITER): each iteration multiplies the plan by `exp(-cost / beta)` and
/// scales its rows
/// and columns towards the marginals.
///
/// @param beta weight of the proximal term; smaller is faster and less stable
/// @param iterations proximal steps
/// @param innerSteps scalings of rows and columns in each
public record Ipot(double beta, int iterations, int innerSteps) implements TransportPlan {
    /// What UNITER uses.
    public static final Ipot DEFAULT = new Ipot(0.5, 50, 1);

    /// Below it an entry counts as nothing. Products of it stay normal numbers, which are fast,
    /// and a row that lost
    /// everything can come back.
    private static final double LEAST = 1e-25;

    private static final double LEAST_KERNEL = 1e-10;

    public Ipot {
        if (!(beta > 0 && Double.isFinite(beta)) || iterations < 1 || innerSteps < 1) {
            throw new IllegalArgumentException("IPOT with beta " + beta + ", " + iterations + " iterations, "
                    + innerSteps + " inner steps: all must be above 0");
        }
    }

    /// The scaling vectors of the algorithm are applied to the plan at once: after `plan *=
    /// sigma`, the row factor
    /// that meets the marginal is `delta`, and the column factor then is `sigma_new / sigma`.
    @Override
    public Tensor plan(Tensor cost, Tensor sourceMask, Tensor targetMask) {
        Checks.transport(cost, sourceMask, targetMask);
        return FullPrecision.runDetached(() -> {
            Marginals marginals = Marginals.uniform(float32(sourceMask), float32(targetMask));
            Tensor kernel = kernel(float32(cost), marginals);
            Tensor sigma = marginals.target().mul(Tensors.scalar(1));
            Tensor plan = marginals.pairs().mul(Tensors.scalar(1));
            for (int i = 0; i < iterations; i++) {
                iterate(plan, kernel, sigma, marginals);
            }
            return plan.mul_(marginals.pairs());
        });
    }

    /// The least cost of a row is taken off all of it, which the row's factor undoes: no row
    /// vanishes for a small
    /// beta.
    private Tensor kernel(Tensor cost, Marginals marginals) {
        Tensor least = cost.add(marginals.targetPads().mul(Tensors.scalar(1e4))).amin(new long[] {2}, true);
        return cost.sub(least)
                .mul_(Tensors.scalar(-1 / beta))
                .exp_()
                .clamp_min_(Tensors.scalar(LEAST_KERNEL))
                .mul_(marginals.pairs());
    }

    private void iterate(Tensor plan, Tensor kernel, Tensor sigma, Marginals marginals) {
        try (PointerScope _ = new PointerScope()) {
            plan.clamp_min_(Tensors.scalar(LEAST)).mul_(kernel).mul_(sigma);
            for (int k = 0; k < innerSteps; k++) {
                Tensor rows = plan.sum(new long[] {2}, true, new ScalarTypeOptional());
                plan.mul_(marginals.source().div(rows.add_(marginals.sourcePads())));
                Tensor columns = plan.sum(new long[] {1}, true, new ScalarTypeOptional());
                Tensor factor = marginals.target().div(columns.add_(marginals.targetPads()));
                plan.mul_(factor);
                sigma.mul_(factor);
            }
        }
    }
}
