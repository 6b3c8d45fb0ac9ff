package org.cl2cm.train;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.cl2cm.model.nn.Tensors;

/// Adds up the parts of a loss.
final class LossParts {
    /// A weighted sum and its parts, the parts not weighted.
    record Sum(Tensor total, Map<String, Tensor> parts) {}

    private final List<Tensor> weighted = new ArrayList<>();
    private final Map<String, Tensor> parts = new LinkedHashMap<>();

    void add(String name, double weight, Tensor loss) {
        weighted.add(loss.mul(Tensors.scalar(weight)));
        parts.put(name, loss);
    }

    void add(Sum sum) {
        weighted.add(sum.total());
        parts.putAll(sum.parts());
    }

    Sum sum() {
        Tensor total = weighted.stream().reduce(Tensor::add).orElseThrow();
        return new Sum(total, parts);
    }
}
