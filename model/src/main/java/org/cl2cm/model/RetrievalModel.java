package org.cl2cm.model;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.cl2cm.data.AtomicFile;
import org.cl2cm.data.DataException;
import org.cl2cm.data.FeatureStore;
import org.cl2cm.data.ProgressListener;
import org.cl2cm.model.nn.Bert;
import org.cl2cm.model.nn.BertConfig;
import org.cl2cm.model.nn.CrossModalNetwork;
import org.cl2cm.model.nn.FrozenPrefix;
import org.cl2cm.model.nn.Parameters;
import org.cl2cm.model.nn.Precision;
import org.cl2cm.model.nn.TensorFile;
import org.cl2cm.model.nn.Tensors;
import org.cl2cm.model.nn.TextTower;
import org.cl2cm.model.nn.VisionTower;

/// A trained cross-modal network: texts of any language and images become unit vectors of one space.
///
/// A folder of `cl2cm.json` (what it is and where it comes from) and `model.safetensors` (what was trained). The
/// frozen layers are those of the pre-trained encoder that it names by fingerprint. Safe for use by many threads.
public final class RetrievalModel implements AutoCloseable {
    private static final ObjectMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
    private static final int BATCH = 64;

    /// The content of `cl2cm.json`.
    ///
    /// @param format version of the folder's format
    /// @param fingerprint changes whenever the model gives other vectors
    /// @param base the pre-trained text encoder: `mbert` or a folder
    /// @param baseFingerprint SHA-256 of its weights
    /// @param source language of the captions it learnt from
    /// @param targets languages of the translations it learnt from
    /// @param provenance data, settings, time, Java, processor, revision
    public record Description(
            int format,
            String fingerprint,
            int dimension,
            String base,
            @JsonProperty("base_fingerprint") String baseFingerprint,
            @JsonProperty("max_length") int maxLength,
            TextTower.Config text,
            VisionTower.Config vision,
            String source,
            List<String> targets,
            Map<String, Object> provenance) {}

    private final Description description;
    private final CrossModalNetwork network;
    private final FrozenPrefix prefix;

    private RetrievalModel(Description description, CrossModalNetwork network, FrozenPrefix prefix) {
        this.description = description;
        this.network = network;
        this.prefix = prefix;
    }

    /// Writes a model folder: tensors first, the description last.
    ///
    /// @param description its fingerprint is replaced by the one of the weights
    /// @return what was written
    public static Description write(Path folder, Description description, Parameters parameters) throws IOException {
        Files.createDirectories(folder);
        Path weights = folder.resolve("model.safetensors");
        TensorFile.write(weights, parameters.all(), Map.of("format", "pt"));
        String own = Fingerprint.ofFile(weights);
        Description written = new Description(
                description.format(),
                Fingerprint.ofText(own + description.baseFingerprint() + description.text() + description.vision())
                        .substring(0, 16),
                description.dimension(),
                description.base(),
                description.baseFingerprint(),
                description.maxLength(),
                description.text(),
                description.vision(),
                description.source(),
                description.targets(),
                description.provenance());
        AtomicFile.write(folder.resolve("cl2cm.json"), out -> out.write(JSON.writeValueAsBytes(written)));
        return written;
    }

    public static Description describe(Path folder) throws IOException {
        Path file = folder.resolve("cl2cm.json");
        if (!Files.isRegularFile(file)) {
            throw DataException.in(folder, "no model folder: cl2cm.json is missing");
        }
        try {
            return JSON.readValue(file.toFile(), Description.class);
        } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
            throw DataException.in(file, e.getOriginalMessage(), e);
        }
    }

    /// Opens a model folder; brings the pre-trained encoder when it is not in the cache.
    ///
    /// @throws DataException when a tensor is missing or the encoder is another one than it was trained on
    public static RetrievalModel open(Path folder, ProgressListener progress) throws IOException {
        Description description = describe(folder);
        Path base = description.base().equals("mbert")
                ? MultilingualBert.get(CacheFolder.home(), progress)
                : Path.of(description.base());
        Path baseWeights = base.resolve("model.safetensors");
        String found = Fingerprint.ofFile(baseWeights);
        if (!found.equals(description.baseFingerprint())) {
            throw DataException.in(baseWeights, "is not the encoder that " + folder + " was trained on");
        }
        BertConfig config = BertConfig.read(base);
        Parameters parameters = new Parameters(0);
        try (TensorFile weights = TensorFile.open(baseWeights);
                TensorFile own = TensorFile.open(folder.resolve("model.safetensors"))) {
            CrossModalNetwork network = new CrossModalNetwork(
                    new VisionTower(description.vision(), parameters, "vision."),
                    new TextTower(description.text(), config, weights, parameters, "text."));
            for (var entry : parameters.all().entrySet()) {
                own.copyTo(entry.getKey(), entry.getValue());
            }
            Bert bert = Bert.load(config, weights, description.text().frozen(), Precision.best());
            FrozenPrefix prefix = new FrozenPrefix(
                    bert, TextTokenizer.open(base), Precision.best(), description.maxLength(), found.substring(0, 16));
            return new RetrievalModel(description, network, prefix);
        }
    }

    public Description description() {
        return description;
    }

    public String fingerprint() {
        return description.fingerprint();
    }

    public int dimension() {
        return description.dimension();
    }

    /// @return unit vectors, row-major `[texts, dimension]`
    public float[] encodeTexts(List<String> texts) {
        int[][] tokens = texts.isEmpty() ? new int[0][] : prefix.tokens(texts);
        Integer[] order = IntStream.range(0, tokens.length).boxed().toArray(Integer[]::new);
        Arrays.sort(order, Comparator.comparingInt(i -> tokens[i].length));
        float[] vectors = new float[texts.size() * dimension()];
        for (int from = 0; from < order.length; from += BATCH) {
            int to = Math.min(order.length, from + BATCH);
            int[][] batch =
                    IntStream.range(from, to).mapToObj(i -> tokens[order[i]]).toArray(int[][]::new);
            float[] some = encode(batch);
            for (int i = from; i < to; i++) {
                System.arraycopy(some, (i - from) * dimension(), vectors, order[i] * dimension(), dimension());
            }
        }
        return vectors;
    }

    private float[] encode(int[][] tokens) {
        try (PointerScope _ = new PointerScope();
                NoGradGuard _ = new NoGradGuard()) {
            Tensor states = prefix.states(tokens);
            int[] lengths = Arrays.stream(tokens).mapToInt(row -> row.length).toArray();
            float[] vectors = Tensors.floats(prefix.precision()
                    .run(() -> network.encodeText(states, lengths, false).sentences()));
            return vectors;
        }
    }

    /// @param store features made by the encoders that the model was trained with
    /// @return unit vectors, row-major `[ids, dimension]`
    /// @throws DataException when the store's vectors have another length or an id is missing
    public float[] encodeFeatures(FeatureStore store, List<String> ids) throws IOException {
        int features = description.vision().features();
        if (store.dimension() != features) {
            throw new DataException("the features have " + store.dimension() + " dimensions, the model was trained on "
                    + features + ": use the same image encoders");
        }
        float[] vectors = new float[ids.size() * dimension()];
        for (int from = 0; from < ids.size(); from += BATCH) {
            int to = Math.min(ids.size(), from + BATCH);
            float[] rows = new float[(to - from) * features];
            for (int i = from; i < to; i++) {
                System.arraycopy(store.get(ids.get(i)), 0, rows, (i - from) * features, features);
            }
            try (PointerScope _ = new PointerScope();
                    NoGradGuard _ = new NoGradGuard()) {
                Tensor input = Tensors.of(rows, to - from, features);
                float[] some = Tensors.floats(network.encodeVision(input, false));
                System.arraycopy(some, 0, vectors, from * dimension(), some.length);
            }
        }
        return vectors;
    }

    @Override
    public void close() {
        prefix.tokenizer().close();
    }
}
