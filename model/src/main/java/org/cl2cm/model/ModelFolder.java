package org.cl2cm.model;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.LongStream;
import org.cl2cm.data.DataException;

/// What a person wants to know of a model folder.
///
/// @param facts name and value, in the order they are shown
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record ModelFolder(Path folder, Map<String, String> facts, List<Tensor> tensors) {
    private static final List<String> SIZES = List.of(
            "model_type",
            "num_hidden_layers",
            "hidden_size",
            "num_attention_heads",
            "vocab_size",
            "max_position_embeddings");

    /// A tensor of the weights.
    public record Tensor(String name, String type, List<Long> shape) {}

    /// @throws DataException when the folder has neither `config.json` nor `cl2cm.json`, or its
    ///     weights are damaged
    public static ModelFolder read(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            throw DataException.in(folder, "no such folder");
        }
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("folder", folder.toString());
        if (Files.isRegularFile(folder.resolve("config.json"))) {
            facts.put("kind", "text encoder");
            describe(folder.resolve("config.json"), facts);
        }
        if (isTrained(folder)) {
            ModelFacts.put(folder, facts);
        }
        if (facts.size() == 1) {
            throw DataException.in(folder, "no model folder: it has neither config.json nor cl2cm.json");
        }
        ModelOrigin.read(folder).ifPresent(origin -> {
            facts.put("source", origin.source());
            facts.put("revision", origin.revision());
            facts.put("license", origin.license());
        });
        List<Tensor> tensors = new ArrayList<>();
        Path weights = folder.resolve("model.safetensors");
        if (Files.isRegularFile(weights)) {
            tensors(weights, facts, tensors);
        }
        return new ModelFolder(folder, facts, tensors);
    }

    private static void describe(Path file, Map<String, String> facts) throws IOException {
        JsonNode root;
        try {
            root = new ObjectMapper().readTree(file.toFile());
        } catch (JsonProcessingException e) {
            throw DataException.in(file, "is no JSON: " + e.getOriginalMessage(), e);
        }
        for (String key : SIZES) {
            if (root.hasNonNull(key)) {
                facts.put(label(key), root.get(key).asText());
            }
        }
    }

    private static boolean isTrained(Path folder) {
        return Files.isRegularFile(folder.resolve(ModelDescription.FILE));
    }

    private static String label(String key) {
        return switch (key) {
            case "model_type" -> "type";
            case "num_hidden_layers" -> "layers";
            case "hidden_size" -> "width";
            case "num_attention_heads" -> "heads";
            case "vocab_size" -> "vocabulary";
            default -> "positions";
        };
    }

    private static void tensors(Path weights, Map<String, String> facts, List<Tensor> tensors) throws IOException {
        long parameters = 0;
        try (Safetensors file = Safetensors.open(weights)) {
            for (String name : file.names()) {
                long[] shape = file.shape(name);
                parameters += Arrays.stream(shape).reduce(1, (a, b) -> a * b);
                tensors.add(new Tensor(
                        name,
                        file.type(name).name(),
                        LongStream.of(shape).boxed().toList()));
            }
        }
        facts.put("tensors", String.valueOf(tensors.size()));
        facts.put("parameters", String.format(Locale.ROOT, "%,d", parameters));
        facts.put("bytes", String.format(Locale.ROOT, "%,d", Files.size(weights)));
        facts.put("sha256", Fingerprint.ofFile(weights));
    }

    public ModelFolder withoutTensors() {
        return new ModelFolder(folder, facts, List.of());
    }

    /// Checks a trained model, or a folder with a text encoder and, where it was downloaded, that no file has changed
    /// since.
    ///
    /// @return one line a problem; empty when the folder is good
    /// @throws DataException when there is no such folder
    public static List<String> problems(Path folder) throws IOException {
        if (isTrained(folder)) {
            return TrainedModelCheck.problems(folder);
        }
        List<String> problems = new ArrayList<>(ModelCheck.problems(folder));
        try {
            var origin = ModelOrigin.read(folder);
            if (origin.isPresent()) {
                problems.addAll(origin.get().changes(folder, Long.MAX_VALUE));
            }
        } catch (DataException e) {
            problems.add(String.valueOf(e.getMessage()));
        }
        return problems;
    }
}
