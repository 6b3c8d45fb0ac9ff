package org.cl2cm.train.optim;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.cl2cm.model.nn.Tensors;

/// AdamW (Loshchilov and Hutter, ICLR 2019) over flat memory.
///
/// The parameters of a group, and their gradients, are laid into one tensor each, so that a step is a dozen
/// operations a group however many parameters there are: the engine's fused and foreach versions are not bound.
/// Not safe for use by many threads.
public final class AdamW {
    private static final double BETA1 = 0.9;
    private static final double BETA2 = 0.98;
    private static final double EPSILON = 1e-8;

    /// Parameters that share settings.
    ///
    /// @param rate factor on the learning rate
    /// @param decay of the weights, decoupled
    public record Group(String name, Map<String, Tensor> parameters, double rate, double decay) {}

    private record Flat(Group group, Tensor values, Tensor gradients, Tensor mean, Tensor square) {}

    private final List<Flat> flats = new ArrayList<>();
    private long steps;
    private double lastNorm;

    public AdamW(List<Group> groups) {
        for (Group group : groups) {
            lay(group);
        }
    }

    private void lay(Group group) {
        try (NoGradGuard _ = new NoGradGuard()) {
            long size = group.parameters().values().stream()
                    .mapToLong(Tensor::numel)
                    .sum();
            Tensor values = Tensors.zeros(torch.ScalarType.Float, size);
            Tensor gradients = Tensors.zeros(torch.ScalarType.Float, size);
            long offset = 0;
            for (Tensor parameter : group.parameters().values()) {
                long count = parameter.numel();
                long[] shape = Tensors.shape(parameter);
                Tensor view = values.narrow(0, offset, count).view(shape);
                view.copy_(parameter);
                parameter.set_data(view);
                // The engine adds to a gradient that is there already, so it lands in the flat memory.
                parameter.mutable_grad().put(gradients.narrow(0, offset, count).view(shape));
                offset += count;
            }
            flats.add(new Flat(
                    group,
                    values,
                    gradients,
                    Tensors.zeros(torch.ScalarType.Float, size),
                    Tensors.zeros(torch.ScalarType.Float, size)));
        }
    }

    public void zeroGradients() {
        for (Flat flat : flats) {
            flat.gradients().zero_();
        }
    }

    /// Scales the gradients so that their common norm is at most `maxNorm`; 0 or less leaves them.
    ///
    /// @return the norm before; NaN or infinite when a gradient is, and then nothing is scaled
    public double clip(double maxNorm) {
        double square = 0;
        try (PointerScope _ = new PointerScope()) {
            for (Flat flat : flats) {
                double norm = flat.gradients().norm().item_float();
                square += norm * norm;
            }
            lastNorm = Math.sqrt(square);
            if (maxNorm > 0 && Double.isFinite(lastNorm) && lastNorm > maxNorm) {
                for (Flat flat : flats) {
                    flat.gradients().mul_(Tensors.scalar(maxNorm / (lastNorm + 1e-6)));
                }
            }
            return lastNorm;
        }
    }

    /// Norm of the gradients at the last call of [#clip].
    public double lastNorm() {
        return lastNorm;
    }

    /// @param rate the learning rate, before the factor of a group
    public void step(double rate) {
        steps++;
        double correction1 = 1 - Math.pow(BETA1, (double) steps);
        double correction2 = Math.sqrt(1 - Math.pow(BETA2, (double) steps));
        try (PointerScope _ = new PointerScope();
                NoGradGuard _ = new NoGradGuard()) {
            for (Flat flat : flats) {
                double own = rate * flat.group().rate();
                if (flat.group().decay() > 0) {
                    flat.values().mul_(Tensors.scalar(1 - own * flat.group().decay()));
                }
                flat.mean().mul_(Tensors.scalar(BETA1)).add_(flat.gradients(), Tensors.scalar(1 - BETA1));
                flat.square()
                        .mul_(Tensors.scalar(BETA2))
                        .addcmul_(flat.gradients(), flat.gradients(), Tensors.scalar(1 - BETA2));
                Tensor deviation =
                        flat.square().sqrt().div_(Tensors.scalar(correction2)).add_(Tensors.scalar(EPSILON));
                flat.values().addcdiv_(flat.mean(), deviation, Tensors.scalar(-own / correction1));
            }
        }
    }

    public long steps() {
        return steps;
    }

    /// Sets the count of steps of a resumed run; [#state] is restored by copying into its tensors.
    public void restoreSteps(long done) {
        steps = done;
    }

    /// The moments by name; the tensors are the optimizer's own.
    public Map<String, Tensor> state() {
        Map<String, Tensor> state = new LinkedHashMap<>();
        for (Flat flat : flats) {
            state.put(flat.group().name() + ".mean", flat.mean());
            state.put(flat.group().name() + ".square", flat.square());
        }
        return state;
    }
}
