package org.cl2cm.model;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.cl2cm.data.DataException;
import org.cl2cm.data.FeatureStore;
import org.cl2cm.data.ProgressListener;
import org.cl2cm.data.VideoFrames;
import org.cl2cm.model.nn.Bert;
import org.cl2cm.model.nn.BertConfig;
import org.cl2cm.model.nn.CrossModalNetwork;
import org.cl2cm.model.nn.FrozenPrefix;
import org.cl2cm.model.nn.FusionNetwork;
import org.cl2cm.model.nn.Padding;
import org.cl2cm.model.nn.Parameters;
import org.cl2cm.model.nn.Precision;
import org.cl2cm.model.nn.TensorFile;
import org.cl2cm.model.nn.Tensors;
import org.cl2cm.model.nn.TextTower;
import org.cl2cm.model.nn.VisionTower;
import org.cl2cm.model.nn.Weights;

/// A trained cross-modal network: texts of any language and images become unit vectors of one space.
///
/// A folder of `cl2cm.json` (what it is and where it comes from) and `model.safetensors` (what was
/// trained). The frozen layers are those of the pre-trained encoder that it names by fingerprint.
/// Safe for use by many threads.
public final class RetrievalModel implements AutoCloseable {
    private static final int BATCH = 64;

    /// Frames of videos that are encoded at once, at least.
    private static final int MOST_FRAMES = 256;

    private static final String VISION = "vision.";
    private static final String TEXT = "text.";

    private final ModelDescription description;
    private final CrossModalNetwork network;
    private final FrozenPrefix prefix;
    private final Optional<CompatibleProjection> projection;
    private final Optional<Reranker> reranker;

    private RetrievalModel(
            ModelDescription description,
            CrossModalNetwork network,
            FrozenPrefix prefix,
            Optional<CompatibleProjection> projection,
            Optional<Reranker> reranker) {
        this.description = description;
        this.network = network;
        this.prefix = prefix;
        this.projection = projection;
        this.reranker = reranker;
    }

    /// Writes a model folder: tensors first, the description last.
    ///
    /// @param description its fingerprint is replaced by the one of the weights
    /// @return what was written
    public static ModelDescription write(Path folder, ModelDescription description, Parameters parameters)
            throws IOException {
        Files.createDirectories(folder);
        Path weights = folder.resolve(BaseEncoder.WEIGHTS);
        TensorFile.write(weights, parameters.all(), Map.of("format", "pt"));
        String own = Fingerprint.ofFile(weights);
        ModelDescription written = description.withFingerprint(description.fingerprintWith(own));
        written.write(folder);
        return written;
    }

    /// @throws DataException when there is none, or it cannot be read
    public static ModelDescription describe(Path folder) throws IOException {
        return ModelDescription.read(folder);
    }

    /// Opens a model folder; brings the pre-trained encoder when it is not in the cache.
    ///
    /// @throws DataException when a tensor is missing or the encoder is another one than it was
    ///     trained on
    public static RetrievalModel open(Path folder, ProgressListener progress) throws IOException {
        return open(folder, describe(folder), Optional.empty(), progress);
    }

    /// Opens a model folder to give vectors of a space: its own, or that of an older model that it was
    /// made compatible with, see [CompatibleProjection].
    ///
    /// @param space fingerprint of the model that made the vectors which these are to be compared with
    /// @throws DataException as [#open(Path, ProgressListener)], and when the model knows no way into
    ///     the space
    public static RetrievalModel open(Path folder, String space, ProgressListener progress) throws IOException {
        ModelDescription description = describe(folder);
        if (description.fingerprint().equals(space)) {
            return open(folder, description, Optional.empty(), progress);
        }
        CompatibleProjection projection = CompatibleProjection.read(folder, space)
                .orElseThrow(() -> DataException.in(
                        folder,
                        "holds model " + description.fingerprint() + ", which was not made compatible with model "
                                + space + ": use the model of the collection, or train with --compatible-with"));
        return open(folder, description, Optional.of(projection), progress);
    }

    /// Whether a model folder can give vectors of a space, as [#open(Path, String, ProgressListener)]
    /// does.
    public static boolean reaches(Path folder, String space) throws IOException {
        return describe(folder).fingerprint().equals(space)
                || CompatibleProjection.spaces(folder).contains(space);
    }

    private static RetrievalModel open(
            Path folder,
            ModelDescription description,
            Optional<CompatibleProjection> projection,
            ProgressListener progress)
            throws IOException {
        BaseEncoder base = BaseEncoder.of(folder, description);
        Path encoder = base.get(progress);
        base.check();
        BertConfig config = BertConfig.read(encoder);
        Parameters parameters = new Parameters(0);
        try (TensorFile weights = TensorFile.open(encoder.resolve(BaseEncoder.WEIGHTS));
                TensorFile own = TensorFile.open(folder.resolve(BaseEncoder.WEIGHTS))) {
            CrossModalNetwork network = network(description, config, own, parameters);
            for (var entry : parameters.all().entrySet()) {
                own.copyTo(entry.getKey(), entry.getValue());
            }
            Bert bert = Bert.load(config, weights, description.text().frozen(), Precision.best());
            FrozenPrefix prefix = new FrozenPrefix(
                    bert,
                    TextTokenizer.open(encoder),
                    Precision.best(),
                    description.maxLength(),
                    base.fingerprint().substring(0, 16));
            // It sorts vectors of the model's own space only.
            Optional<Reranker> reranker = projection.isPresent() ? Optional.empty() : Reranker.open(folder);
            return new RetrievalModel(description, network, prefix, projection, reranker);
        }
    }

    /// The network that a description promises. Layers that trained are the model's own; the encoder
    /// need not hold them.
    ///
    /// @param own weights of the model, by name with the tower's prefix
    static CrossModalNetwork network(
            ModelDescription description, BertConfig config, Weights own, Parameters parameters) throws IOException {
        return new CrossModalNetwork(
                new VisionTower(description.vision(), parameters, VISION),
                new TextTower(
                        description.text(), config, (name, shape) -> own.get(TEXT + name, shape), parameters, TEXT));
    }

    public ModelDescription description() {
        return description;
    }

    /// The space of the vectors: the fingerprint of this model, or of the older one that it stands in
    /// for.
    public String fingerprint() {
        return projection.map(CompatibleProjection::space).orElse(description.fingerprint());
    }

    /// Of the vectors.
    public int dimension() {
        return projection.map(CompatibleProjection::dimension).orElse(description.dimension());
    }

    private float[] carried(float[] own) {
        return projection.map(some -> some.apply(own)).orElse(own);
    }

    /// @return unit vectors, row-major `[texts, dimension]`
    public float[] encodeTexts(List<String> texts) {
        return encodeTokens(tokens(texts));
    }

    /// The first half of [#encodeTexts]: ids of the texts' word pieces, one row a text.
    public int[][] tokens(List<String> texts) {
        return texts.isEmpty() ? new int[0][] : prefix.tokens(texts);
    }

    /// The second half of [#encodeTexts].
    ///
    /// @param tokens as [#tokens] gives them
    /// @return unit vectors, row-major `[tokens.length, dimension]`
    public float[] encodeTokens(int[][] tokens) {
        Integer[] order = IntStream.range(0, tokens.length).boxed().toArray(Integer[]::new);
        Arrays.sort(order, Comparator.comparingInt(i -> tokens[i].length));
        float[] vectors = new float[tokens.length * dimension()];
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
            return carried(Tensors.floats(prefix.precision()
                    .run(() -> network.encodeText(states, lengths, false).sentences())));
        }
    }

    /// What sorts the best images of a text anew; none where the model has none, or gives vectors of an
    /// older model's space.
    public Optional<Reranker> reranker() {
        return reranker;
    }

    /// Scores images for a text with the model's re-ranker.
    ///
    /// @param text not blank
    /// @param vectors of the images, as this model made them, row-major `[images, dimension]`
    /// @return the higher, the better, `[images]`; comparable for the same text only
    /// @throws java.util.NoSuchElementException when there is none, see [#reranker]
    public float[] rerank(String text, float[] vectors) {
        try (PointerScope _ = new PointerScope();
                NoGradGuard _ = new NoGradGuard()) {
            int[][] tokens = prefix.tokens(List.of(text));
            int[] lengths = {tokens[0].length};
            Tensor states = prefix.states(tokens);
            TextTower.Output output = prefix.precision().run(() -> network.encodeText(states, lengths, false));
            FusionNetwork.Texts texts =
                    new FusionNetwork.Texts(output.sentences(), output.words(), Padding.bias(lengths, lengths[0]));
            return reranker.orElseThrow().scores(texts, vectors);
        }
    }

    /// @param store features made by the encoders that the model was trained with
    /// @param ids of images, videos or moments, see [FeatureStore#rows]
    /// @return unit vectors, row-major `[ids, dimension]`
    /// @throws DataException when the store's vectors have another length or an id is missing
    public float[] encodeFeatures(FeatureStore store, List<String> ids) throws IOException {
        int features = description.vision().features();
        if (store.dimension() != features) {
            throw new DataException("the features have " + store.dimension() + " dimensions, the model was trained on "
                    + features + ": use the same image encoders");
        }
        float[] vectors = new float[ids.size() * dimension()];
        int done = 0;
        List<float[]> batch = new ArrayList<>();
        int frames = 0;
        for (String id : ids) {
            float[] rows = rows(store, id);
            batch.add(rows);
            frames += rows.length / features;
            if (batch.size() == BATCH || frames >= MOST_FRAMES || done + batch.size() == ids.size()) {
                float[] some = encodeVideos(batch);
                System.arraycopy(some, 0, vectors, done * dimension(), some.length);
                done += batch.size();
                batch.clear();
                frames = 0;
            }
        }
        return vectors;
    }

    /// Features of the frames that are seen of an item, row-major.
    private float[] rows(FeatureStore store, String id) throws DataException {
        int[] rows = seen(store.rows(id));
        if (rows.length == 0) {
            return store.get(id);
        }
        float[] values = new float[rows.length * store.dimension()];
        for (int i = 0; i < rows.length; i++) {
            store.copy(rows[i], values, i * store.dimension());
        }
        return values;
    }

    private int[] seen(int[] rows) {
        int most = description.vision().frames();
        return most == 0 ? rows : VideoFrames.evenly(rows, most);
    }

    /// @param rows features of the images, row-major
    /// @return unit vectors, row-major `[images, dimension]`
    /// @throws IllegalArgumentException when `rows` are not whole rows of the model's features
    public float[] encodeFeatures(float[] rows) {
        checkWhole(rows);
        int[] lengths = new int[rows.length / description.vision().features()];
        Arrays.fill(lengths, 1);
        return encode(rows, lengths);
    }

    /// @param videos features of the frames of each, row-major; of more frames than the model sees,
    ///     some are taken
    /// @return unit vectors, row-major `[videos, dimension]`
    /// @throws IllegalArgumentException when these are not whole rows of the model's features
    public float[] encodeVideos(List<float[]> videos) {
        int features = description.vision().features();
        List<float[]> seen = new ArrayList<>();
        for (float[] video : videos) {
            checkWhole(video);
            int count = video.length / features;
            int[] rows = seen(IntStream.range(0, count).toArray());
            float[] some = rows.length == count ? video : new float[rows.length * features];
            for (int i = 0; i < rows.length && rows.length < count; i++) {
                System.arraycopy(video, rows[i] * features, some, i * features, features);
            }
            seen.add(some);
        }
        int[] lengths = seen.stream().mapToInt(rows -> rows.length / features).toArray();
        float[] all = new float[Arrays.stream(lengths).sum() * features];
        int at = 0;
        for (float[] rows : seen) {
            System.arraycopy(rows, 0, all, at, rows.length);
            at += rows.length;
        }
        return encode(all, lengths);
    }

    private void checkWhole(float[] rows) {
        if (rows.length % description.vision().features() != 0) {
            throw new IllegalArgumentException(rows.length + " numbers are no rows of "
                    + description.vision().features() + ", which the model was trained on");
        }
    }

    private float[] encode(float[] rows, int[] lengths) {
        int features = description.vision().features();
        try (PointerScope _ = new PointerScope();
                NoGradGuard _ = new NoGradGuard()) {
            Tensor tensor = Tensors.of(rows, rows.length / features, features);
            return carried(Tensors.floats(network.encodeVision(new VisionTower.Frames(tensor, lengths), false)));
        }
    }

    @Override
    public void close() {
        prefix.tokenizer().close();
    }
}
