package org.cl2cm.model;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.cl2cm.data.DataException;
import org.cl2cm.model.nn.FusionNetwork;
import org.cl2cm.model.nn.Parameters;
import org.cl2cm.model.nn.Precision;
import org.cl2cm.model.nn.TensorFile;
import org.cl2cm.model.nn.Tensors;

/// Sorts the best images of a text anew, with a [FusionNetwork] that looks at the words of the text and
/// the vector of an image together.
///
/// In a model folder it is `reranker.safetensors`; it belongs to the model whose fingerprint is in its
/// metadata. Safe for use by many threads.
public final class Reranker {
    /// Its name in a model folder.
    public static final String FILE = "reranker.safetensors";

    private static final String MODEL = "model";
    private static final String NETWORK = "network";
    private static final String WEIGHT = "weight";
    private static final String CANDIDATES = "candidates";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final FusionNetwork network;
    private final Precision precision;
    private final double weight;
    private final int candidates;

    private Reranker(FusionNetwork network, Precision precision, double weight, int candidates) {
        this.network = network;
        this.precision = precision;
        this.weight = weight;
        this.candidates = candidates;
    }

    /// Writes it into the folder of the model that it was trained with.
    ///
    /// @param weight of the logits beside the cosines
    /// @param candidates images of a text that it was trained to sort
    public static void write(
            Path model, FusionNetwork.Config network, Parameters parameters, double weight, int candidates)
            throws IOException {
        // In order, so that equal re-rankers are equal files.
        Map<String, String> metadata = new LinkedHashMap<>();
        metadata.put(MODEL, ModelDescription.read(model).fingerprint());
        metadata.put(NETWORK, JSON.writeValueAsString(network));
        metadata.put(WEIGHT, Double.toString(weight));
        metadata.put(CANDIDATES, Integer.toString(candidates));
        TensorFile.write(model.resolve(FILE), parameters.all(), metadata);
    }

    /// The one of a model, where its folder has one.
    ///
    /// @throws DataException when the file is damaged or belongs to another model
    public static Optional<Reranker> open(Path model) throws IOException {
        Path file = model.resolve(FILE);
        if (!Files.isRegularFile(file)) {
            return Optional.empty();
        }
        ModelDescription description = ModelDescription.read(model);
        Map<String, String> metadata;
        try (Safetensors tensors = Safetensors.open(file)) {
            metadata = tensors.metadata();
        }
        String made = metadata.getOrDefault(MODEL, "");
        if (!made.equals(description.fingerprint())) {
            throw DataException.in(
                    file,
                    "was made for model " + made + ", but the folder holds model " + description.fingerprint()
                            + ": train it anew with rerank.layers");
        }
        try (TensorFile tensors = TensorFile.open(file)) {
            FusionNetwork.Config config =
                    JSON.readValue(metadata.getOrDefault(NETWORK, ""), FusionNetwork.Config.class);
            if (config.dimension() != description.dimension()) {
                throw DataException.in(
                        file,
                        "takes vectors of " + config.dimension() + " numbers, the model makes "
                                + description.dimension());
            }
            Parameters parameters = new Parameters(0);
            FusionNetwork network = new FusionNetwork(config, parameters, "");
            for (var entry : parameters.all().entrySet()) {
                tensors.copyTo(entry.getKey(), entry.getValue());
            }
            return Optional.of(new Reranker(
                    network,
                    Precision.best(),
                    Double.parseDouble(metadata.getOrDefault(WEIGHT, "")),
                    Integer.parseInt(metadata.getOrDefault(CANDIDATES, ""))));
        } catch (JsonProcessingException | IllegalArgumentException e) {
            throw DataException.in(file, "its metadata describe no re-ranker: " + e.getMessage(), e);
        }
    }

    /// How many images of a text it was trained to sort.
    public int candidates() {
        return candidates;
    }

    /// What a logit counts beside a cosine, as validation chose it; 0 where it did not help.
    public double weight() {
        return weight;
    }

    /// @param texts one text
    /// @param vectors of the images, unit vectors, row-major `[images, dimension]`
    /// @return cosine plus weighted logit of each image
    float[] scores(FusionNetwork.Texts texts, float[] vectors) {
        int dimension = network.config().dimension();
        if (vectors.length == 0 || vectors.length % dimension != 0) {
            throw new IllegalArgumentException(vectors.length + " numbers are no rows of " + dimension);
        }
        int images = vectors.length / dimension;
        try (PointerScope _ = new PointerScope();
                NoGradGuard _ = new NoGradGuard()) {
            Tensor rows = Tensors.of(vectors, 1, images, dimension);
            float[] logits = Tensors.floats(precision.run(() -> network.forward(texts, rows, false)));
            float[] sentence = Tensors.floats(texts.sentences());
            float[] scores = new float[images];
            for (int image = 0; image < images; image++) {
                double cosine = 0;
                for (int i = 0; i < dimension; i++) {
                    cosine += (double) sentence[i] * vectors[image * dimension + i];
                }
                scores[image] = (float) (cosine + weight * logits[image]);
            }
            return scores;
        }
    }
}
