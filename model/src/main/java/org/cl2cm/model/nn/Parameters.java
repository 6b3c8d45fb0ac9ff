package org.cl2cm.model.nn;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.bytedeco.pytorch.Tensor;

/// The tensors of a network by name, in the order they were made: those that train, and buffers.
///
/// Initial values depend on the seed and the name alone, not on the order or on the engine's random
/// state.
public final class Parameters {
    private final Map<String, Tensor> tensors = new LinkedHashMap<>();
    private final long seed;

    public Parameters(long seed) {
        this.seed = seed;
    }

    /// Normally distributed values of mean 0.
    public Tensor normal(String name, double deviation, long... shape) {
        Random random = new Random(seed * 0x9E3779B97F4A7C15L + name.hashCode());
        float[] values = new float[size(shape)];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (random.nextGaussian() * deviation);
        }
        return add(name, Tensors.of(values, shape));
    }

    public Tensor constant(String name, double value, long... shape) {
        float[] values = new float[size(shape)];
        java.util.Arrays.fill(values, (float) value);
        return add(name, Tensors.of(values, shape));
    }

    /// A copy of `start`.
    public Tensor copy(String name, Tensor start) {
        return add(name, Tensors.of(Tensors.floats(start), Tensors.shape(start)));
    }

    /// Values that belong to the network but do not train, all `value` until they are set.
    public Tensor buffer(String name, double value, long... shape) {
        Tensor tensor = constant(name, value, shape);
        tensor.set_requires_grad(false);
        return tensor;
    }

    /// A tensor of another network, which does not train here.
    public void share(String name, Tensor tensor) {
        add(name, tensor).set_requires_grad(false);
    }

    /// A tensor that is a parameter of another network as well, and trains there.
    public void alias(String name, Tensor tensor) {
        add(name, tensor);
    }

    private Tensor add(String name, Tensor tensor) {
        if (tensors.putIfAbsent(name, tensor) != null) {
            throw new IllegalArgumentException("two parameters have the name " + name);
        }
        tensor.set_requires_grad(true);
        return tensor;
    }

    private static int size(long[] shape) {
        long size = 1;
        for (long extent : shape) {
            size = Math.multiplyExact(size, extent);
        }
        return Math.toIntExact(size);
    }

    /// All tensors, unmodifiable, in a fixed order.
    public Map<String, Tensor> all() {
        return Collections.unmodifiableMap(tensors);
    }

    /// @throws IllegalArgumentException when there is none of that name
    public Tensor get(String name) {
        Tensor tensor = tensors.get(name);
        if (tensor == null) {
            throw new IllegalArgumentException("no parameter " + name);
        }
        return tensor;
    }

    /// Numbers in all tensors together.
    public long count() {
        return tensors.values().stream().mapToLong(Tensor::numel).sum();
    }
}
