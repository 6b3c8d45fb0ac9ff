package org.cl2cm.bench.step;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.core.Linear;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Layers, mean over the tokens, a linear map, L2.
final class DjlTower extends AbstractBlock {
    private final StepShape shape;
    private final List<DjlLayer> layers = new ArrayList<>();
    private final Linear projection;

    DjlTower(StepShape shape) {
        this.shape = shape;
        for (int i = 0; i < shape.depth(); i++) {
            layers.add(addChildBlock("layer" + i, new DjlLayer(shape, "encoder.layer." + i + ".")));
        }
        projection = addChildBlock("projection", DjlLayer.seeded("head.projection", shape.dimension()));
    }

    @Override
    public void initializeChildBlocks(NDManager manager, DataType type, Shape... inputs) {
        for (DjlLayer layer : layers) {
            layer.initialize(manager, type, inputs);
        }
        projection.initialize(manager, type, new Shape(shape.batch(), shape.hidden()));
    }

    /// @param inputs states `[batch, length, hidden]` and padding `[batch, 1, 1, length]`
    @Override
    protected NDList forwardInternal(
            ParameterStore store, NDList inputs, boolean training, @Nullable PairList<String, Object> parameters) {
        NDList x = inputs;
        for (DjlLayer layer : layers) {
            x = layer.forward(store, x, training);
        }
        NDArray pooled = x.get(0).mean(new int[] {1});
        NDArray sentences = DjlLayer.apply(projection, store, pooled, training);
        NDArray norm = sentences.square().sum(new int[] {1}, true).add(1e-12f).sqrt();
        return new NDList(sentences.div(norm));
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputs) {
        return new Shape[] {new Shape(shape.batch(), shape.dimension())};
    }
}
