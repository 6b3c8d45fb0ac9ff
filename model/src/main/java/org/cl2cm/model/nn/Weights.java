package org.cl2cm.model.nn;

import java.io.IOException;
import org.bytedeco.pytorch.Tensor;

/// Where the values of a pre-trained network come from.
@FunctionalInterface
public interface Weights {
    /// @return a new float32 tensor
    /// @throws org.cl2cm.data.DataException when the tensor is missing or has another shape, naming file and tensor
    Tensor get(String name, long... shape) throws IOException;
}
