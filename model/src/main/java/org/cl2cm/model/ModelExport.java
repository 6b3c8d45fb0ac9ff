package org.cl2cm.model;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.cl2cm.data.AtomicFile;
import org.cl2cm.data.DataException;
import org.cl2cm.data.ProgressListener;
import org.cl2cm.model.internal.FolderLock;
import org.cl2cm.model.nn.BertConfig;

/// Makes a trained model self-contained: the layers of the text encoder that are in use, its tokenizer
/// and a model card go into one folder, which opens on a machine with an empty cache and without
/// network, and gives the same vectors bit for bit.
public final class ModelExport {
    /// Name of the text encoder's folder in the exported one.
    public static final String BASE = "base";

    private static final List<String> TOKENIZER =
            List.of("tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "vocab.txt");
    private static final ObjectMapper JSON = new ObjectMapper();

    private ModelExport() {}

    /// Writes beside `to` and renames.
    ///
    /// @param folder a trained model
    /// @param to a folder that is not there yet, or empty
    /// @param progress hears of the text encoder, when it has to be brought
    /// @return the description that was written; its fingerprint is the model's
    /// @throws DataException when the model is incomplete or `to` holds something
    public static ModelDescription export(Path folder, Path to, ProgressListener progress) throws IOException {
        ModelDescription description = ModelDescription.read(folder);
        refuseFull(to);
        BaseEncoder base = BaseEncoder.of(folder, description);
        Path encoder = base.get(progress);
        List<String> problems = TrainedModelCheck.problems(folder);
        if (!problems.isEmpty()) {
            throw new DataException(problems.getFirst()
                    + (problems.size() == 1 ? "" : ", and " + (problems.size() - 1) + " more; see \"model verify\""));
        }
        Path target = to.toAbsolutePath().normalize();
        Path part = target.resolveSibling(target.getFileName() + ".part");
        FolderLock.delete(part);
        try {
            Path copy = Files.createDirectories(part.resolve(BASE));
            Optional<ModelOrigin> origin = ModelOrigin.read(encoder);
            copyBase(encoder, copy, description.text().frozen());
            String source = origin.map(ModelOrigin::source).orElse(description.base());
            String license = origin.map(ModelOrigin::license).orElse("unknown");
            new ModelOrigin(source, "weights of SHA-256 " + description.baseFingerprint(), license, sums(copy))
                    .write(copy);
            Files.copy(folder.resolve(BaseEncoder.WEIGHTS), part.resolve(BaseEncoder.WEIGHTS));
            if (Files.isRegularFile(folder.resolve(Reranker.FILE))) {
                Files.copy(folder.resolve(Reranker.FILE), part.resolve(Reranker.FILE));
            }
            ModelDescription exported = description.withBaseCopy(
                    new ModelDescription.BaseCopy(BASE, Fingerprint.ofFile(copy.resolve(BaseEncoder.WEIGHTS))));
            AtomicFile.write(part.resolve("README.md"), ModelCard.text(exported, source, license));
            exported.write(part);
            Files.deleteIfExists(target);
            Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
            return exported;
        } finally {
            FolderLock.delete(part);
        }
    }

    private static void refuseFull(Path to) throws IOException {
        if (Files.isDirectory(to)) {
            try (Stream<Path> inside = Files.list(to)) {
                if (inside.findAny().isPresent()) {
                    throw DataException.in(to, "is not empty; name a folder that is not there yet");
                }
            }
        } else if (Files.exists(to)) {
            throw DataException.in(to, "is a file; name a folder that is not there yet");
        }
    }

    private static void copyBase(Path from, Path to, int layers) throws IOException {
        for (String name : TOKENIZER) {
            if (Files.isRegularFile(from.resolve(name))) {
                Files.copy(from.resolve(name), to.resolve(name));
            }
        }
        // A network of no layers is none that others could read.
        int kept = Math.max(1, layers);
        Path config = from.resolve("config.json");
        JsonNode node;
        try {
            node = JSON.readTree(config.toFile());
        } catch (JsonProcessingException e) {
            throw DataException.in(config, "is no JSON: " + e.getOriginalMessage(), e);
        }
        ObjectNode settings = (ObjectNode) node;
        settings.put("num_hidden_layers", kept);
        settings.putArray("architectures")
                .add(
                        switch (settings.path("model_type").asText()) {
                            case "roberta" -> "RobertaModel";
                            case "xlm-roberta" -> "XLMRobertaModel";
                            default -> "BertModel";
                        });
        AtomicFile.write(to.resolve("config.json"), settings.toPrettyString() + "\n");
        copyTensors(from.resolve(BaseEncoder.WEIGHTS), to.resolve(BaseEncoder.WEIGHTS), BertConfig.read(to));
    }

    /// The bytes of the tensors that a network of `config` has, under their own names.
    private static void copyTensors(Path from, Path to, BertConfig config) throws IOException {
        try (Safetensors all = Safetensors.open(from)) {
            Map<String, Safetensors.Entry> kept = new LinkedHashMap<>();
            for (String name : ModelCheck.shapes(config).keySet()) {
                String full = ModelCheck.fullName(all, name)
                        .orElseThrow(() -> DataException.in(from, "tensor \"" + name + "\" is missing"));
                kept.put(full, new Safetensors.Entry(all.type(full), all.shape(full), all.data(full)));
            }
            Safetensors.write(to, kept, Map.of("format", "pt"));
        }
    }

    private static Map<String, ModelOrigin.FileSum> sums(Path folder) throws IOException {
        Map<String, ModelOrigin.FileSum> sums = new LinkedHashMap<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.sorted().toList()) {
                sums.put(file.getFileName().toString(), ModelOrigin.FileSum.of(file));
            }
        }
        return sums;
    }
}
