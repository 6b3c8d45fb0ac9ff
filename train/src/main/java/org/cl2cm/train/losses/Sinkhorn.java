package org.cl2cm.train.losses;

import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.cl2cm.model.nn.Tensors;

/// Entropic transport (Cuturi, NeurIPS 2013), in the logarithm, so that a small epsilon does not underflow.
///
/// @param epsilon strength of the entropy; smaller is sharper and slower
/// @param iterations updates of both potentials
public record Sinkhorn(double epsilon, int iterations) implements TransportPlan {
    public static final Sinkhorn DEFAULT = new Sinkhorn(0.05, 50);

    private static final double MASKED = -1e9;

    public Sinkhorn {
        if (epsilon <= 0 || iterations < 1) {
            throw new IllegalArgumentException("epsilon " + epsilon + ", " + iterations + " iterations");
        }
    }

    @Override
    public Tensor plan(Tensor cost, Tensor sourceMask, Tensor targetMask) {
        try (NoGradGuard _ = new NoGradGuard()) {
            Tensor mask = sourceMask.unsqueeze(2).mul(targetMask.unsqueeze(1));
            Tensor hidden = mask.neg().add(Tensors.scalar(1)).mul(Tensors.scalar(MASKED));
            Tensor kernel = cost.detach().div(Tensors.scalar(-epsilon)).add(hidden);
            Tensor source = log(sourceMask).unsqueeze(2);
            Tensor target = log(targetMask).unsqueeze(1);
            Tensor u = source;
            Tensor v = Tensors.zeros(org.bytedeco.pytorch.global.torch.ScalarType.Float, 1);
            for (int i = 0; i < iterations; i++) {
                u = source.sub(kernel.add(v).logsumexp(new long[] {2}, true));
                v = target.sub(kernel.add(u).logsumexp(new long[] {1}, true));
            }
            return kernel.add(u).add(v).exp().mul(mask);
        }
    }

    /// The logarithm of the marginals; 0 at places that take no part, which the mask removes anyway.
    private static Tensor log(Tensor mask) {
        return Marginals.of(mask).add(mask.neg().add(Tensors.scalar(1))).log();
    }
}
