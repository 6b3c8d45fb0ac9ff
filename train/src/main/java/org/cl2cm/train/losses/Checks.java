package org.cl2cm.train.losses;

import java.util.Arrays;
import org.bytedeco.pytorch.Tensor;
import org.cl2cm.model.nn.Tensors;

/// What every loss asks of its arguments.
final class Checks {
    private Checks() {}

    static void temperature(double temperature) {
        if (!(temperature > 0 && Double.isFinite(temperature))) {
            throw new IllegalArgumentException("temperature " + temperature + ", expected a number above 0");
        }
    }

    static void sameShape(Tensor x, Tensor y) {
        if (x.dim() != 2 || !Arrays.equals(Tensors.shape(x), Tensors.shape(y))) {
            throw new IllegalArgumentException("shapes " + Arrays.toString(Tensors.shape(x)) + " and "
                    + Arrays.toString(Tensors.shape(y)) + ", expected the same [batch, dimension]");
        }
    }

    static void sameSquare(Tensor x, Tensor y) {
        sameShape(x, y);
        if (x.size(0) != x.size(1)) {
            throw new IllegalArgumentException(
                    "shape " + Arrays.toString(Tensors.shape(x)) + ", expected [batch, batch]");
        }
    }

    static void transport(Tensor cost, Tensor sourceMask, Tensor targetMask) {
        if (cost.dim() != 3
                || !Arrays.equals(Tensors.shape(sourceMask), new long[] {cost.size(0), cost.size(1)})
                || !Arrays.equals(Tensors.shape(targetMask), new long[] {cost.size(0), cost.size(2)})) {
            throw new IllegalArgumentException("cost " + Arrays.toString(Tensors.shape(cost)) + " with masks "
                    + Arrays.toString(Tensors.shape(sourceMask)) + " and "
                    + Arrays.toString(Tensors.shape(targetMask))
                    + ", expected [batch, source, target], [batch, source] and [batch, target]");
        }
    }
}
