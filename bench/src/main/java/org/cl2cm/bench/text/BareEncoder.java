package org.cl2cm.bench.text;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.cl2cm.model.nn.BertConfig;
import org.cl2cm.model.nn.TensorFile;
import org.cl2cm.model.nn.Tensors;
import org.cl2cm.model.nn.TextTower;

/// The same text encoder by calls of the engine alone: all weights and states in one format, no autocast, nothing but
/// ready tensors.
final class BareEncoder {
    private static final String HEAD = "text.head.";

    private final BertConfig bert;
    private final TextTower.Config config;
    private final torch.ScalarType type;
    private final Map<String, Tensor> weights = new HashMap<>();

    /// @param base folder of the pre-trained encoder
    /// @param model folder of the head
    /// @param config of a tower with a head of its own, without trained BERT layers, with the mean as pooling
    BareEncoder(Path base, Path model, BertConfig bert, TextTower.Config config, torch.ScalarType type)
            throws IOException {
        this.bert = bert;
        this.config = config;
        this.type = type;
        try (TensorFile file = TensorFile.open(base.resolve("model.safetensors"))) {
            add(file, "embeddings.word_embeddings.weight", bert.vocabulary(), bert.hidden());
            add(file, "embeddings.position_embeddings.weight", bert.positions(), bert.hidden());
            add(file, "embeddings.token_type_embeddings.weight", bert.segments(), bert.hidden());
            norm(file, "embeddings.LayerNorm", bert.hidden());
            for (int i = 0; i < config.depth(); i++) {
                layer(file, "encoder.layer." + i + ".", bert.hidden(), bert.intermediate());
            }
        }
        try (TensorFile file = TensorFile.open(model.resolve("model.safetensors"))) {
            int width = config.width();
            linear(file, HEAD + "narrow", bert.hidden(), width);
            norm(file, HEAD + "norm", width);
            for (int i = 0; i < config.blocks(); i++) {
                layer(file, HEAD + "layer." + i + ".", width, 4L * width);
            }
            linear(file, HEAD + "projection", width, config.dimension());
        }
    }

    private void add(TensorFile file, String name, long... shape) throws IOException {
        weights.put(name, file.get(name, shape).toType(type).contiguous());
    }

    private void linear(TensorFile file, String name, long in, long out) throws IOException {
        add(file, name + ".weight", out, in);
        add(file, name + ".bias", out);
    }

    private void norm(TensorFile file, String name, long width) throws IOException {
        add(file, name + ".weight", width);
        add(file, name + ".bias", width);
    }

    private void layer(TensorFile file, String prefix, long width, long wide) throws IOException {
        for (String part : new String[] {"self.query", "self.key", "self.value", "output.dense"}) {
            linear(file, prefix + "attention." + part, width, width);
        }
        norm(file, prefix + "attention.output.LayerNorm", width);
        linear(file, prefix + "intermediate.dense", width, wide);
        linear(file, prefix + "output.dense", wide, width);
        norm(file, prefix + "output.LayerNorm", width);
    }

    private Tensor weight(String name) {
        Tensor found = weights.get(name);
        if (found == null) {
            throw new IllegalArgumentException("no weight " + name);
        }
        return found;
    }

    /// @return unit vectors in the order of the batch, `[batch, dimension]`
    float[] encode(ReadyBatch batch) {
        try (PointerScope _ = new PointerScope();
                NoGradGuard _ = new NoGradGuard()) {
            Tensor x = torch.embedding(weight("embeddings.word_embeddings.weight"), batch.ids())
                    .add(weight("embeddings.token_type_embeddings.weight").narrow(0, 0, 1))
                    .add(weight("embeddings.position_embeddings.weight")
                            .narrow(0, bert.firstPosition(), batch.ids().size(1)));
            x = norm("embeddings.LayerNorm", x, bert.epsilon());
            for (int i = 0; i < config.depth(); i++) {
                x = layer("encoder.layer." + i + ".", x, batch.padding(), bert.heads(), bert.epsilon());
            }
            x = norm(HEAD + "norm", linear(HEAD + "narrow", x), 1e-6);
            for (int i = 0; i < config.blocks(); i++) {
                x = layer(HEAD + "layer." + i + ".", x, batch.padding(), config.heads(), 1e-6);
            }
            Tensor pooled = x.mul(batch.share()).sum(new long[] {1}, false, new ScalarTypeOptional());
            Tensor sentences = linear(HEAD + "projection", pooled).toType(torch.ScalarType.Float);
            return Tensors.floats(Tensors.unit(sentences));
        }
    }

    private Tensor linear(String name, Tensor x) {
        return torch.linear(x, weight(name + ".weight"), Tensors.some(weight(name + ".bias")));
    }

    private Tensor norm(String name, Tensor x, double epsilon) {
        return torch.layer_norm(
                x,
                new long[] {x.size(-1)},
                Tensors.some(weight(name + ".weight")),
                Tensors.some(weight(name + ".bias")),
                epsilon,
                false);
    }

    private Tensor layer(String prefix, Tensor states, Tensor padding, long heads, double epsilon) {
        // One state lives at a time, as the garbage-free code of another language would have it.
        return Tensors.scoped(() -> {
            long size = states.size(2) / heads;
            Tensor q = heads(linear(prefix + "attention.self.query", states), heads, size);
            Tensor k = heads(linear(prefix + "attention.self.key", states), heads, size);
            Tensor v = heads(linear(prefix + "attention.self.value", states), heads, size);
            Tensor scores = torch.matmul(q, k.transpose(-1, -2))
                    .mul(Tensors.scalar(1 / Math.sqrt((double) size)))
                    .add(padding);
            Tensor mixed = torch.matmul(torch.softmax(scores, -1), v)
                    .transpose(1, 2)
                    .reshape(states.size(0), states.size(1), states.size(2));
            Tensor attended = norm(
                    prefix + "attention.output.LayerNorm",
                    states.add(linear(prefix + "attention.output.dense", mixed)),
                    epsilon);
            Tensor wide = torch.gelu(linear(prefix + "intermediate.dense", attended));
            return norm(prefix + "output.LayerNorm", attended.add(linear(prefix + "output.dense", wide)), epsilon);
        });
    }

    private static Tensor heads(Tensor x, long heads, long size) {
        return x.view(x.size(0), x.size(1), heads, size).transpose(1, 2);
    }
}
