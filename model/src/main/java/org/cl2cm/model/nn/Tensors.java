package org.cl2cm.model.nn;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.DimnameListOptional;
import org.bytedeco.pytorch.MemoryFormatOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/// Between Java arrays and tensors.
public final class Tensors {
    private Tensors() {}

    /// @return a float32 tensor with a copy of `values`
    public static Tensor of(float[] values, long... shape) {
        return Tensor.create(values, shape);
    }

    /// @return an int64 tensor with a copy of `values`
    public static Tensor of(long[] values, long... shape) {
        return Tensor.create(values, shape);
    }

    /// @return a tensor whose content is not set
    public static Tensor empty(torch.ScalarType type, long... shape) {
        return torch.empty(shape, new DimnameListOptional(), new TensorOptions(type), new MemoryFormatOptional());
    }

    public static Tensor zeros(torch.ScalarType type, long... shape) {
        return empty(type, shape).zero_();
    }

    /// The memory of a contiguous tensor; valid as long as the tensor is.
    @SuppressWarnings("restricted")
    public static MemorySegment memory(Tensor tensor) {
        if (!tensor.is_contiguous()) {
            throw new IllegalArgumentException("the tensor is not contiguous");
        }
        Pointer pointer = tensor.data_ptr();
        return MemorySegment.ofAddress(pointer.address()).reinterpret(tensor.nbytes());
    }

    /// @return the values of a tensor of any float type, in row-major order
    public static float[] floats(Tensor tensor) {
        Tensor plain = tensor.detach().toType(torch.ScalarType.Float).contiguous();
        float[] values = new float[Math.toIntExact(plain.numel())];
        MemorySegment.copy(memory(plain), ValueLayout.JAVA_FLOAT, 0, values, 0, values.length);
        return values;
    }

    /// @return the value of a tensor with one element
    public static double scalar(Tensor tensor) {
        return tensor.detach().toType(torch.ScalarType.Float).item_float();
    }

    public static Scalar scalar(double value) {
        return new Scalar(value);
    }

    public static TensorOptional some(Tensor tensor) {
        return new TensorOptional(tensor);
    }

    public static TensorOptional none() {
        return new TensorOptional();
    }

    public static Tensor cat(List<Tensor> tensors, long dimension) {
        return tensors.size() == 1
                ? tensors.getFirst()
                : torch.cat(new TensorVector(tensors.toArray(new Tensor[0])), dimension);
    }

    public static long[] shape(Tensor tensor) {
        long[] shape = new long[Math.toIntExact(tensor.dim())];
        for (int i = 0; i < shape.length; i++) {
            shape[i] = tensor.size(i);
        }
        return shape;
    }

    /// Runs `work` in a scope of its own: what it leaves behind is freed, its result goes to the enclosing scope.
    public static Tensor scoped(java.util.function.Supplier<Tensor> work) {
        PointerScope enclosing = PointerScope.getInnerScope();
        try (PointerScope scope = new PointerScope()) {
            Tensor result = work.get();
            // Leaving a scope drops a reference, and the last one dropped frees the tensor.
            result.retainReference();
            scope.detach(result);
            if (enclosing != null) {
                enclosing.attach(result);
                result.releaseReference();
            }
            return result;
        }
    }

    /// Divides the last dimension by its L2 norm; a zero vector stays zero.
    public static Tensor unit(Tensor tensor) {
        Tensor norm = tensor.mul(tensor).sum(new long[] {-1}, true, new org.bytedeco.pytorch.ScalarTypeOptional());
        return tensor.mul(norm.add(scalar(1e-12)).rsqrt());
    }
}
