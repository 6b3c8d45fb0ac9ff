package org.cl2cm.train.optim;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.cl2cm.model.nn.Tensors;

/// The parameters of a group, moved into one tensor, with their gradients in another and the
/// moments of Adam beside
/// them: the optimizer works on a few long arrays instead of on hundreds of tensors.
///
/// Gradients stay in place because the engine adds into a gradient that is already there. The
/// arrays are worked on
/// in pieces that fit the cache, for each is read and written several times a step.
final class FlatGroup {
    /// Numbers between the starts of two parameters are a multiple of this: 64 bytes.
    private static final long ALIGNMENT = 16;
    /// Numbers in a piece; five arrays of it are 5 MiB.
    private static final long PIECE = 1 << 18;

    /// The same stretch of all arrays.
    record Piece(Tensor weights, Tensor gradients, Tensor average, Tensor square, Tensor scratch) {}

    private final AdamW.Group group;
    private final Tensor weights;
    private final Tensor gradients;
    private final Tensor average;
    private final Tensor square;
    private final Tensor scratch;
    private final List<Tensor> views = new ArrayList<>();
    private final List<Piece> pieces = new ArrayList<>();

    /// Gradients must be off on this thread.
    FlatGroup(AdamW.Group group) {
        this.group = group;
        long size = 0;
        for (Map.Entry<String, Tensor> parameter : group.parameters().entrySet()) {
            check(parameter.getKey(), parameter.getValue());
            size += extent(parameter.getValue());
        }
        weights = kept(Tensors.zeros(torch.ScalarType.Float, size));
        gradients = kept(Tensors.zeros(torch.ScalarType.Float, size));
        average = kept(Tensors.zeros(torch.ScalarType.Float, size));
        square = kept(Tensors.zeros(torch.ScalarType.Float, size));
        scratch = kept(Tensors.zeros(torch.ScalarType.Float, Math.min(size, PIECE)));
        long offset = 0;
        for (Tensor parameter : group.parameters().values()) {
            adopt(parameter, offset);
            offset += extent(parameter);
        }
        for (long start = 0; start < size; start += PIECE) {
            long length = Math.min(PIECE, size - start);
            pieces.add(new Piece(
                    kept(weights.narrow(0, start, length)),
                    kept(gradients.narrow(0, start, length)),
                    kept(average.narrow(0, start, length)),
                    kept(square.narrow(0, start, length)),
                    kept(scratch.narrow(0, 0, length))));
        }
    }

    private void check(String name, Tensor parameter) {
        if (parameter.scalar_type().intern() != torch.ScalarType.Float) {
            throw new IllegalArgumentException(
                    "parameter " + name + " is " + parameter.scalar_type() + ", expected Float");
        }
        if (!parameter.requires_grad() || !parameter.is_leaf()) {
            throw new IllegalArgumentException("parameter " + name + " does not require a gradient of its own");
        }
    }

    private static long extent(Tensor parameter) {
        return Math.ceilDiv(parameter.numel(), ALIGNMENT) * ALIGNMENT;
    }

    private void adopt(Tensor parameter, long offset) {
        long[] shape = Tensors.shape(parameter);
        Tensor place = weights.narrow(0, offset, parameter.numel()).view(shape);
        place.copy_(parameter);
        parameter.set_data(place);
        Tensor gradient = kept(gradients.narrow(0, offset, parameter.numel()).view(shape));
        parameter.mutable_grad().put(gradient);
        views.add(gradient);
    }

    /// Keeps a tensor beyond the scope in which it was made.
    private static Tensor kept(Tensor tensor) {
        return tensor.retainReference();
    }

    AdamW.Group group() {
        return group;
    }

    List<Piece> pieces() {
        return pieces;
    }

    Tensor gradients() {
        return gradients;
    }

    Tensor average() {
        return average;
    }

    Tensor square() {
        return square;
    }

    /// @throws IllegalStateException when someone gave a parameter another gradient tensor, whose
    ///     content the
    ///     optimizer would not see
    void checkGradients() {
        try (PointerScope _ = new PointerScope()) {
            int i = 0;
            for (Map.Entry<String, Tensor> parameter : group.parameters().entrySet()) {
                Tensor gradient = parameter.getValue().grad();
                if (!gradient.defined()
                        || gradient.data_ptr().address()
                                != views.get(i).data_ptr().address()) {
                    throw new IllegalStateException("the gradient of " + parameter.getKey()
                            + " is no longer in the optimizer's memory: do not replace it");
                }
                i++;
            }
        }
    }

    void release() {
        for (Piece piece : pieces) {
            piece.weights().releaseReference();
            piece.gradients().releaseReference();
            piece.average().releaseReference();
            piece.square().releaseReference();
            piece.scratch().releaseReference();
        }
        views.forEach(Tensor::releaseReference);
        for (Tensor tensor : List.of(weights, gradients, average, square, scratch)) {
            tensor.releaseReference();
        }
    }
}
