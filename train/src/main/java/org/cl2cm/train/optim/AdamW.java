package org.cl2cm.train.optim;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.GradMode;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.cl2cm.model.nn.Tensors;

/// Adam with decoupled weight decay (Loshchilov and Hutter, 2019, arXiv 1711.05101, algorithm 2):
///
/// ```
/// w -= rate * decay * w
/// m = beta1 m + (1 - beta1) g
/// v = beta2 v + (1 - beta2) g^2
/// w -= rate * (m / (1 - beta1^t)) / (sqrt(v / (1 - beta2^t)) + epsilon)
/// ```
///
/// It takes the parameters over: their memory and that of their gradients becomes part of two long
/// arrays a group.
/// A gradient is therefore always there, and a parameter that took no part in the loss has the
/// gradient 0: its
/// moments fade and it decays. Not safe for use by several threads.
public final class AdamW implements AutoCloseable {
    /// Parameters that share a rate and a decay.
    ///
    /// @param name unique, and the same when a checkpoint is restored
    /// @param parameters float32 leaves that require gradients, in an order that does not change
    /// @param rate multiplies the rate of each step
    /// @param decay weight decay, 0 for none
    public record Group(String name, Map<String, Tensor> parameters, double rate, double decay) {
        public Group {
            if (name.isBlank() || parameters.isEmpty()) {
                throw new IllegalArgumentException("group \"" + name + "\" with " + parameters.size()
                        + " parameters: a group has a name and at least one parameter");
            }
            if (!(rate >= 0 && decay >= 0 && Double.isFinite(rate) && Double.isFinite(decay))) {
                throw new IllegalArgumentException("group \"" + name + "\": rate " + rate + " and decay " + decay
                        + " must be numbers of at least 0");
            }
            parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
        }
    }

    private final List<FlatGroup> groups = new ArrayList<>();
    private final double beta1;
    private final double beta2;
    private final double epsilon;
    private long steps;
    private double lastNorm;

    /// With the betas 0.9 and 0.98, as LECCR has them, and epsilon 1e-8.
    public AdamW(List<Group> groups) {
        this(groups, 0.9, 0.98, 1e-8);
    }

    /// @param beta1 of the mean of the gradient
    /// @param beta2 of the mean of its square
    /// @param epsilon keeps the divisor from 0
    /// @throws IllegalArgumentException when a name or a parameter stands twice, or one is not a
    ///     float32 leaf
    public AdamW(List<Group> groups, double beta1, double beta2, double epsilon) {
        if (!(beta1 >= 0 && beta1 < 1 && beta2 >= 0 && beta2 < 1 && epsilon > 0)) {
            throw new IllegalArgumentException("betas " + beta1 + ", " + beta2 + " and epsilon " + epsilon
                    + ": expected [0, 1), [0, 1) and above 0");
        }
        checkDistinct(groups);
        this.beta1 = beta1;
        this.beta2 = beta2;
        this.epsilon = epsilon;
        withoutGradients(() -> groups.forEach(group -> this.groups.add(new FlatGroup(group))));
    }

    private static void checkDistinct(List<Group> groups) {
        Set<String> names = new HashSet<>();
        Set<Long> tensors = new HashSet<>();
        for (Group group : groups) {
            if (!names.add(group.name())) {
                throw new IllegalArgumentException("two groups have the name " + group.name());
            }
            group.parameters().forEach((name, tensor) -> {
                if (!tensors.add(tensor.data_ptr().address())) {
                    throw new IllegalArgumentException("parameter " + name + " stands twice in the groups");
                }
            });
        }
    }

    /// Sets all gradients to 0; the next backward pass adds to that.
    ///
    /// @throws IllegalStateException when a gradient was replaced by another tensor
    public void zeroGradients() {
        withoutGradients(() -> {
            for (FlatGroup group : groups) {
                group.checkGradients();
                group.gradients().zero_();
            }
        });
    }

    /// Scales all gradients so that their L2 norm is at most `maxNorm`.
    ///
    /// @param maxNorm infinite, or 0 and less, to only measure
    /// @return the norm before; when it is NaN or infinite nothing was scaled, and the step should
    ///     be left out
    public double clip(double maxNorm) {
        withoutGradients(() -> {
            double squares = 0;
            for (FlatGroup group : groups) {
                double length = Tensors.scalar(group.gradients().norm());
                squares += length * length;
            }
            lastNorm = Math.sqrt(squares);
            if (maxNorm > 0 && Double.isFinite(lastNorm) && lastNorm > maxNorm) {
                Scalar factor = new Scalar(maxNorm / lastNorm);
                groups.forEach(group -> group.gradients().mul_(factor));
            }
        });
        return lastNorm;
    }

    /// Norm of the gradients at the last call of [#clip].
    public double lastNorm() {
        return lastNorm;
    }

    /// Moves the parameters against their gradients, which are left as they are.
    ///
    /// @param rate learning rate of this step, before the groups' multipliers
    public void step(double rate) {
        if (!(rate >= 0 && Double.isFinite(rate))) {
            throw new IllegalArgumentException("learning rate " + rate);
        }
        steps++;
        withoutGradients(
                () -> groups.forEach(group -> step(group, rate * group.group().rate())));
    }

    private void step(FlatGroup group, double rate) {
        Scalar kept = new Scalar(1 - rate * group.group().decay());
        Scalar first = new Scalar(1 - beta1);
        Scalar second = new Scalar(1 - beta2);
        Scalar fade = new Scalar(beta2);
        Scalar correction = new Scalar(1 / Math.sqrt(1 - Math.pow(beta2, (double) steps)));
        Scalar floor = new Scalar(epsilon);
        Scalar move = new Scalar(-rate / (1 - Math.pow(beta1, (double) steps)));
        for (FlatGroup.Piece piece : group.pieces()) {
            try (PointerScope _ = new PointerScope()) {
                Tensor gradients = piece.gradients();
                piece.average().lerp_(gradients, first);
                piece.square().mul_(fade).addcmul_(gradients, gradients, second);
                torch.sqrt_out(piece.scratch(), piece.square()).mul_(correction).add_(floor);
                piece.weights().mul_(kept).addcdiv_(piece.average(), piece.scratch(), move);
            }
        }
    }

    /// Steps done.
    public long steps() {
        return steps;
    }

    /// The moments, under `<group>.exp_avg` and `<group>.exp_avg_sq`: the tensors the optimizer
    /// works on, not
    /// copies, valid until it is closed. With [#steps] and the parameters they are all there is to
    /// save.
    public Map<String, Tensor> state() {
        Map<String, Tensor> state = new LinkedHashMap<>();
        for (FlatGroup group : groups) {
            state.put(group.group().name() + ".exp_avg", group.average());
            state.put(group.group().name() + ".exp_avg_sq", group.square());
        }
        return Collections.unmodifiableMap(state);
    }

    /// Goes on from a state that was saved: the values are copied.
    ///
    /// @throws IllegalArgumentException when it is not the state of the same groups; nothing is
    ///     changed then
    public void restore(Map<String, Tensor> saved, long steps) {
        Map<String, Tensor> own = state();
        if (steps < 0 || !own.keySet().equals(saved.keySet())) {
            throw new IllegalArgumentException("an optimizer state at step " + steps + " of " + saved.keySet()
                    + " for an optimizer of " + own.keySet());
        }
        own.forEach((name, tensor) -> {
            Tensor value = saved.get(name);
            if (value == null
                    || value.numel() != tensor.numel()
                    || value.scalar_type().intern() != torch.ScalarType.Float) {
                throw new IllegalArgumentException("optimizer state " + name + " has "
                        + (value == null ? 0 : value.numel()) + " numbers, expected " + tensor.numel()
                        + " in float32: it was saved by a model of another shape");
            }
        });
        withoutGradients(() -> own.forEach((name, tensor) -> {
            Tensor value = saved.get(name);
            if (value != null) {
                tensor.copy_(value.view(-1));
            }
        }));
        this.steps = steps;
    }

    /// Sets the count of steps of a resumed run whose moments were copied into the tensors of [#state].
    public void restoreSteps(long done) {
        steps = done;
    }

    /// Runs `work` in a scope of its own with the recording of gradients off.
    private static void withoutGradients(Runnable work) {
        boolean gradients = GradMode.is_enabled();
        GradMode.set_enabled(false);
        try (PointerScope _ = new PointerScope()) {
            work.run();
        } finally {
            GradMode.set_enabled(gradients);
        }
    }

    /// Frees the moments. The parameters stay usable, with their gradients.
    @Override
    public void close() {
        groups.forEach(FlatGroup::release);
        groups.clear();
    }
}
