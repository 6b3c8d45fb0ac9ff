package org.cl2cm.train.losses;

import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.cl2cm.model.nn.Tensors;

/// The inexact proximal point method (Xie et al., UAI 2019).
///
/// @param beta strength of the proximal term; smaller is sharper
/// @param iterations proximal steps
/// @param innerSteps Sinkhorn steps in each
public record Ipot(double beta, int iterations, int innerSteps) implements TransportPlan {
    /// As in UNITER (Chen et al., ECCV 2020).
    public static final Ipot DEFAULT = new Ipot(0.5, 50, 1);

    private static final double TINY = 1e-12;

    public Ipot {
        if (beta <= 0 || iterations < 1 || innerSteps < 1) {
            throw new IllegalArgumentException("beta " + beta + ", " + iterations + " x " + innerSteps + " steps");
        }
    }

    @Override
    public Tensor plan(Tensor cost, Tensor sourceMask, Tensor targetMask) {
        try (NoGradGuard _ = new NoGradGuard()) {
            Tensor source = Marginals.of(sourceMask).unsqueeze(2);
            Tensor target = Marginals.of(targetMask).unsqueeze(1);
            Tensor mask = sourceMask.unsqueeze(2).mul(targetMask.unsqueeze(1));
            Tensor kernel = cost.detach().div(Tensors.scalar(-beta)).exp().mul(mask);
            Tensor plan = mask.clone();
            Tensor sigma = target.clone();
            for (int i = 0; i < iterations; i++) {
                Tensor q = kernel.mul(plan);
                Tensor delta = source;
                for (int j = 0; j < innerSteps; j++) {
                    delta = source.div(sum(q.mul(sigma), 2).add(Tensors.scalar(TINY)));
                    sigma = target.div(sum(q.mul(delta), 1).add(Tensors.scalar(TINY)));
                }
                plan = q.mul(delta).mul(sigma);
            }
            return plan;
        }
    }

    private static Tensor sum(Tensor x, long dimension) {
        return x.sum(new long[] {dimension}, true, new ScalarTypeOptional());
    }
}
