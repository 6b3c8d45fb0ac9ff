package org.cl2cm.serve;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.cl2cm.data.DataException;
import org.cl2cm.data.FeatureStore;
import org.cl2cm.data.ImageFile;
import org.cl2cm.data.ProgressListener;
import org.cl2cm.model.ModelDescription;
import org.cl2cm.model.Reranker;
import org.cl2cm.model.RetrievalModel;
import org.cl2cm.model.vision.EncoderDescription;
import org.cl2cm.model.vision.ImageEncoder;
import org.cl2cm.search.QueryEncoder;
import org.jspecify.annotations.Nullable;

/// A trained model with its image encoders: makes vectors of what people search with. The image
/// encoders are opened when the first picture needs them. Safe for use by many threads until it is
/// closed.
public final class QueryModel implements QueryEncoder, AutoCloseable {
    private final Path folder;
    private final RetrievalModel model;
    private final List<String> encoders;
    private @Nullable ImageEncoder images;

    private QueryModel(Path folder, RetrievalModel model, List<String> encoders) {
        this.folder = folder;
        this.model = model;
        this.encoders = encoders;
    }

    /// @param space fingerprint of the model that made the vectors which are searched: the folder's
    ///     own, or one that it was made compatible with
    /// @param encoders where the model's image encoders lie now; empty when they did not move
    /// @throws DataException when the folder holds no model that can be used
    public static QueryModel open(Path folder, String space, List<String> encoders, ProgressListener progress)
            throws IOException {
        return new QueryModel(folder, RetrievalModel.open(folder, space, progress), encoders);
    }

    public ModelDescription description() {
        return model.description();
    }

    /// Ids of the texts' word pieces, one row a text.
    public int[][] tokens(List<String> texts) {
        return model.tokens(texts);
    }

    /// @param tokens as [#tokens] gives them
    /// @return a vector of length 1 for each row
    public List<float[]> vectors(int[][] tokens) {
        return rows(model.encodeTokens(tokens));
    }

    private List<float[]> rows(float[] rows) {
        int dimension = model.dimension();
        List<float[]> vectors = new ArrayList<>(rows.length / dimension);
        for (int from = 0; from < rows.length; from += dimension) {
            vectors.add(Arrays.copyOfRange(rows, from, from + dimension));
        }
        return vectors;
    }

    /// Vectors of pictures whose image features are in a store.
    ///
    /// @param ids all of them in the store
    /// @return a vector of length 1 for each
    public List<float[]> features(FeatureStore store, List<String> ids) throws IOException {
        return rows(model.encodeFeatures(store, ids));
    }

    /// What sorts the best items of a text anew.
    ///
    /// @throws DataException when the model has none, or stands in for an older one
    public Reranker reranker() throws DataException {
        return model.reranker().orElseThrow(() -> DataException.in(folder, noReranker()));
    }

    /// Why there is no re-ranker, where there is none.
    public String noReranker() {
        return model.fingerprint().equals(model.description().fingerprint())
                ? "the model has no re-ranker: train one with rerank.layers"
                : "the model stands in for an older one, whose vectors its re-ranker does not know";
    }

    /// Whether [#rerank] works.
    public boolean hasReranker() {
        return model.reranker().isPresent();
    }

    /// Scores items for a text, see [RetrievalModel#rerank].
    ///
    /// @param vectors of the items, row-major
    /// @throws DataException when the model has no re-ranker
    public float[] rerank(String text, float[] vectors) throws DataException {
        reranker();
        return model.rerank(text, vectors);
    }

    @Override
    public List<float[]> texts(List<String> texts) {
        return vectors(tokens(texts));
    }

    /// @throws DataException when the picture cannot be decoded, or the image encoders that made
    ///     the model's features are unknown, missing or others
    @Override
    public float[] image(byte[] picture, String name) throws IOException {
        return image(ImageFile.decode(picture, name, ImageFile.DEFAULT_MAX_PIXELS), name);
    }

    /// @throws DataException when the image encoders that made the model's features are unknown,
    ///     missing or others
    public float[] image(BufferedImage picture, String name) throws IOException {
        return model.encodeFeatures(encoder(name).encode(List.of(picture)));
    }

    private synchronized ImageEncoder encoder(String name) throws IOException {
        if (images == null) {
            EncoderDescription description = model.description()
                    .encoder()
                    .orElseThrow(() -> DataException.in(
                            folder,
                            "was trained on ready-made features and names no image encoder for " + name
                                    + "; use --like ID for a picture of the collection, or train on features that"
                                    + " \"encode\" made"));
            images = description.open(folder, encoders);
        }
        return images;
    }

    @Override
    public synchronized void close() throws IOException {
        model.close();
        if (images != null) {
            images.close();
        }
    }
}
