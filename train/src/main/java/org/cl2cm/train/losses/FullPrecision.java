package org.cl2cm.train.losses;

import java.util.function.Supplier;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.GradMode;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.DeviceType;

/// Work outside autocast: the similarities of unit vectors divided by a small temperature, and the
/// products of a
/// transport plan, lose too much in bfloat16.
final class FullPrecision {
    private FullPrecision() {}

    static Tensor float32(Tensor tensor) {
        return tensor.toType(torch.ScalarType.Float);
    }

    /// Runs `work` with autocast off on this thread, and restores it.
    static Tensor run(Supplier<Tensor> work) {
        if (!torch.is_autocast_enabled(DeviceType.CPU)) {
            return work.get();
        }
        torch.set_autocast_enabled(DeviceType.CPU, false);
        try {
            return work.get();
        } finally {
            torch.set_autocast_enabled(DeviceType.CPU, true);
        }
    }

    /// The same without gradients; what `work` allocates is freed before this returns, but for its
    /// result, which
    /// belongs to the caller's scope.
    static Tensor runDetached(Supplier<Tensor> work) {
        boolean gradients = GradMode.is_enabled();
        GradMode.set_enabled(false);
        Tensor result;
        try (PointerScope _ = new PointerScope()) {
            result = run(work);
            result.retainReference();
        } finally {
            GradMode.set_enabled(gradients);
        }
        PointerScope outer = PointerScope.getInnerScope();
        if (outer != null) {
            outer.attach(result);
            result.releaseReference();
        }
        return result;
    }
}
