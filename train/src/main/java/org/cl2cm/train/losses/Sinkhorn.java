package org.cl2cm.train.losses;

import static org.cl2cm.train.losses.FullPrecision.float32;

import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.cl2cm.model.nn.Tensors;

/// The entropy-regularised plan by Sinkhorn iterations on the logarithms (Cuturi, 2013; Peyré and
/// Cuturi, 2019,
/// section 4.4), which stay finite for any epsilon.
///
/// @param epsilon weight of the entropy; the plan tends to the exact one as it tends to 0, and
///     needs more iterations
/// @param iterations scalings of rows and columns
public record Sinkhorn(double epsilon, int iterations) implements TransportPlan {
    /// Sharp enough to tell which word goes to which.
    public static final Sinkhorn DEFAULT = new Sinkhorn(0.05, 50);

    /// Added to the logarithm of what takes no part; its exponential is 0.
    private static final double NOTHING = -1e9;

    public Sinkhorn {
        if (!(epsilon > 0 && Double.isFinite(epsilon)) || iterations < 1) {
            throw new IllegalArgumentException(
                    "Sinkhorn with epsilon " + epsilon + ", " + iterations + " iterations: both must be above 0");
        }
    }

    @Override
    public Tensor plan(Tensor cost, Tensor sourceMask, Tensor targetMask) {
        Checks.transport(cost, sourceMask, targetMask);
        return FullPrecision.runDetached(() -> {
            Marginals marginals = Marginals.uniform(float32(sourceMask), float32(targetMask));
            Tensor logKernel = float32(cost)
                    .mul(Tensors.scalar(-1 / epsilon))
                    .add_(marginals.sourcePads().mul(Tensors.scalar(NOTHING)))
                    .add_(marginals.targetPads().mul(Tensors.scalar(NOTHING)));
            Tensor logSource = marginals.source().add(marginals.sourcePads()).log_();
            Tensor logTarget = marginals.target().add(marginals.targetPads()).log_();
            Tensor sourceWords = marginals.sourcePads().neg().add_(Tensors.scalar(1));
            Tensor targetWords = marginals.targetPads().neg().add_(Tensors.scalar(1));
            Tensor f = logSource.mul(Tensors.scalar(0));
            Tensor g = logTarget.mul(Tensors.scalar(0));
            for (int i = 0; i < iterations; i++) {
                try (PointerScope _ = new PointerScope()) {
                    // The potential of a pad stays 0, so that its row keeps no weight in the other's sums.
                    f.copy_(logSource.sub(logKernel.add(g).logsumexp(new long[] {2}, true)))
                            .mul_(sourceWords);
                    g.copy_(logTarget.sub(logKernel.add(f).logsumexp(new long[] {1}, true)))
                            .mul_(targetWords);
                }
            }
            return logKernel.add_(f).add_(g).exp_().mul_(marginals.pairs());
        });
    }
}
