package org.cl2cm.bench.step;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.Dropout;
import ai.djl.nn.norm.LayerNorm;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import org.jspecify.annotations.Nullable;

/// One layer of BERT out of DJL's own blocks. Attention is plain products: DJL binds no fused operation.
final class DjlLayer extends AbstractBlock {
    private final StepShape shape;
    private final Linear query;
    private final Linear key;
    private final Linear value;
    private final Linear attention;
    private final LayerNorm attentionNorm;
    private final Linear intermediate;
    private final Linear output;
    private final LayerNorm outputNorm;
    private final Dropout dropout;

    /// @param prefix of the tensors' names, whose start values depend on them
    DjlLayer(StepShape shape, String prefix) {
        this.shape = shape;
        int h = shape.hidden();
        query = linear(prefix + "attention.self.query", h);
        key = linear(prefix + "attention.self.key", h);
        value = linear(prefix + "attention.self.value", h);
        attention = linear(prefix + "attention.output.dense", h);
        attentionNorm = norm("attentionNorm");
        intermediate = linear(prefix + "intermediate.dense", shape.intermediate());
        output = linear(prefix + "output.dense", h);
        outputNorm = norm("outputNorm");
        dropout = addChildBlock(
                "dropout", Dropout.builder().optRate((float) shape.dropout()).build());
    }

    private Linear linear(String name, int units) {
        return addChildBlock(name, seeded(name, units));
    }

    /// A linear map that starts from seeded values.
    static Linear seeded(String name, int units) {
        Linear linear = Linear.builder().setUnits(units).build();
        linear.setInitializer(
                (manager, shape, type) ->
                        manager.create(SeededValues.weight(name + ".weight", Math.toIntExact(shape.size())), shape),
                "weight");
        return linear;
    }

    private LayerNorm norm(String name) {
        return addChildBlock(
                name,
                LayerNorm.builder()
                        .axis(2)
                        .optEpsilon((float) StepShape.EPSILON)
                        .build());
    }

    @Override
    public void initializeChildBlocks(NDManager manager, DataType type, Shape... inputs) {
        Shape states = new Shape(shape.batch(), shape.length(), shape.hidden());
        Shape wide = new Shape(shape.batch(), shape.length(), shape.intermediate());
        for (Block block :
                new Block[] {query, key, value, attention, attentionNorm, intermediate, outputNorm, dropout}) {
            block.initialize(manager, type, states);
        }
        output.initialize(manager, type, wide);
    }

    @Override
    protected NDList forwardInternal(
            ParameterStore store, NDList inputs, boolean training, @Nullable PairList<String, Object> parameters) {
        NDArray x = inputs.get(0);
        NDArray padding = inputs.get(1);
        NDArray q = heads(apply(query, store, x, training));
        NDArray k = heads(apply(key, store, x, training));
        NDArray v = heads(apply(value, store, x, training));
        float scale = (float) (1 / Math.sqrt((double) shape.hidden() / shape.heads()));
        NDArray weights =
                q.matMul(k.transpose(0, 1, 3, 2)).mul(scale).add(padding).softmax(-1);
        NDArray joined = weights.matMul(v).transpose(0, 2, 1, 3).reshape(x.getShape());
        NDArray mixed = apply(dropout, store, apply(attention, store, joined, training), training);
        NDArray attended = apply(attentionNorm, store, x.add(mixed), training);
        NDArray wide = Activation.gelu(apply(intermediate, store, attended, training));
        NDArray narrow = apply(dropout, store, apply(output, store, wide, training), training);
        return new NDList(apply(outputNorm, store, attended.add(narrow), training), padding);
    }

    static NDArray apply(Block block, ParameterStore store, NDArray x, boolean training) {
        return block.forward(store, new NDList(x), training).singletonOrThrow();
    }

    private NDArray heads(NDArray x) {
        return x.reshape(shape.batch(), shape.length(), shape.heads(), shape.hidden() / shape.heads())
                .transpose(0, 2, 1, 3);
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputs) {
        return inputs;
    }
}
