package org.cl2cm.model;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.cl2cm.data.DataException;
import org.cl2cm.model.nn.BertConfig;

/// Looks over a Hugging Face folder with a text encoder of BERT's or XLM-R's shape: does every tensor
/// that its `config.json` promises exist, in the promised shape and in a readable number format?
public final class ModelCheck {
    private static final Set<Safetensors.Type> FLOATS =
            EnumSet.of(Safetensors.Type.F32, Safetensors.Type.F16, Safetensors.Type.BF16);
    private static final List<String> PREFIXES = List.of("", "bert.", "roberta.");

    private ModelCheck() {}

    /// @return one line a problem, naming file and tensor; empty when the folder is good
    /// @throws DataException when there is no folder
    public static List<String> problems(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            throw DataException.in(folder, "no such folder");
        }
        List<String> problems = new ArrayList<>();
        if (!Files.isRegularFile(folder.resolve("tokenizer.json"))) {
            problems.add(folder.resolve("tokenizer.json") + ": is missing");
        }
        Path file = folder.resolve("model.safetensors");
        try {
            BertConfig config = BertConfig.read(folder);
            try (Safetensors tensors = Safetensors.open(file)) {
                for (var expected : shapes(config).entrySet()) {
                    problem(tensors, expected.getKey(), expected.getValue())
                            .ifPresent(problem -> problems.add(file + ": " + problem));
                }
            }
        } catch (DataException e) {
            problems.add(String.valueOf(e.getMessage()));
        }
        return problems;
    }

    private static Optional<String> problem(Safetensors tensors, String name, long[] shape) throws IOException {
        Optional<String> full = fullName(tensors, name);
        if (full.isEmpty()) {
            return Optional.of("tensor \"" + name + "\" is missing");
        }
        String tensor = "tensor \"" + full.get() + "\"";
        long[] found = tensors.shape(full.get());
        if (!Arrays.equals(found, shape)) {
            return Optional.of(
                    tensor + " has the shape " + Arrays.toString(found) + ", expected " + Arrays.toString(shape));
        }
        Safetensors.Type type = tensors.type(full.get());
        return FLOATS.contains(type)
                ? Optional.empty()
                : Optional.of(tensor + " is " + type + ", not one of " + FLOATS);
    }

    /// The name of a tensor with the prefix that the file gives it.
    static Optional<String> fullName(Safetensors tensors, String name) {
        return PREFIXES.stream()
                .map(prefix -> prefix + name)
                .filter(tensors.names()::contains)
                .findFirst();
    }

    /// Shapes of the encoder's tensors by name, without the prefix of a published checkpoint.
    static Map<String, long[]> shapes(BertConfig config) {
        long h = config.hidden();
        long f = config.intermediate();
        Map<String, long[]> shapes = new LinkedHashMap<>();
        shapes.put("embeddings.word_embeddings.weight", new long[] {config.vocabulary(), h});
        shapes.put("embeddings.position_embeddings.weight", new long[] {config.positions(), h});
        shapes.put("embeddings.token_type_embeddings.weight", new long[] {config.segments(), h});
        norm(shapes, "embeddings.LayerNorm", h);
        for (int i = 0; i < config.layers(); i++) {
            String layer = "encoder.layer." + i + ".";
            for (String part : List.of("self.query", "self.key", "self.value", "output.dense")) {
                linear(shapes, layer + "attention." + part, h, h);
            }
            norm(shapes, layer + "attention.output.LayerNorm", h);
            linear(shapes, layer + "intermediate.dense", h, f);
            linear(shapes, layer + "output.dense", f, h);
            norm(shapes, layer + "output.LayerNorm", h);
        }
        return shapes;
    }

    private static void linear(Map<String, long[]> shapes, String name, long in, long out) {
        shapes.put(name + ".weight", new long[] {out, in});
        shapes.put(name + ".bias", new long[] {out});
    }

    private static void norm(Map<String, long[]> shapes, String name, long width) {
        shapes.put(name + ".weight", new long[] {width});
        shapes.put(name + ".bias", new long[] {width});
    }
}
