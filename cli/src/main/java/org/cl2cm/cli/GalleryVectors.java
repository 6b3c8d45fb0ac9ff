package org.cl2cm.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.cl2cm.data.DataException;
import org.cl2cm.data.FeatureStore;
import org.cl2cm.data.Item;
import org.cl2cm.data.Moment;
import org.cl2cm.data.MomentCut;
import org.cl2cm.data.ProgressListener;
import org.cl2cm.data.Video;
import org.cl2cm.model.ModelDescription;
import org.cl2cm.model.RetrievalModel;
import org.cl2cm.model.vision.EncoderDescription;

/// Vectors of a gallery: ready ones, or a model's from image features. A video has one for each of its
/// moments.
///
/// @param store looked up by id
/// @param cut how videos are cut into moments
/// @param encoder turns features into vectors, or empty when the store holds vectors
/// @param fingerprint of the model that made the vectors
/// @param folder of that model, where known
/// @param imageEncoder fingerprint of what made the image features below the vectors, where known
record GalleryVectors(
        FeatureStore store,
        MomentCut cut,
        Optional<RetrievalModel> encoder,
        int dimension,
        String fingerprint,
        Optional<String> folder,
        Optional<String> imageEncoder)
        implements ItemVectors, AutoCloseable {
    /// The fingerprint of vectors that nobody named a model for.
    static final String UNNAMED = "unnamed-vectors";

    /// @param space fingerprint of the model whose vectors they are to stand beside; a model that was
    ///     made compatible with it gives vectors of that space
    /// @throws DataException when the options do not say where vectors come from
    static GalleryVectors open(
            Optional<Path> model,
            Optional<Path> features,
            Optional<Path> vectors,
            Optional<String> fingerprint,
            MomentCut cut,
            Optional<String> space)
            throws IOException {
        if (features.isPresent() == vectors.isPresent()) {
            throw new DataException("give either --features STORE with --model FOLDER, or --vectors STORE");
        }
        if (features.isPresent() && model.isEmpty()) {
            throw new DataException("--features needs --model FOLDER, which turns them into vectors");
        }
        if (model.isPresent() && fingerprint.isPresent()) {
            throw new DataException("--fingerprint is for vectors without a model; --model has its own");
        }
        Optional<String> folder =
                model.map(path -> path.toAbsolutePath().normalize().toString());
        Optional<ModelDescription> description =
                model.isPresent() ? Optional.of(ModelDescription.read(model.get())) : Optional.empty();
        Optional<String> imageEncoder =
                description.flatMap(ModelDescription::encoder).map(EncoderDescription::fingerprint);
        if (features.isPresent()) {
            // What was not made by "encode" may be of any encoder.
            imageEncoder =
                    description.orElseThrow().checkFeatures(features.get()).map(EncoderDescription::fingerprint);
        }
        FeatureStore store = FeatureStore.open(vectors.or(() -> features).orElseThrow());
        try {
            if (features.isPresent()) {
                Path from = model.orElseThrow();
                boolean reaches = space.isPresent() && RetrievalModel.reaches(from, space.get());
                RetrievalModel encoder = reaches
                        ? RetrievalModel.open(from, space.get(), ProgressListener.NONE)
                        : RetrievalModel.open(from, ProgressListener.NONE);
                return new GalleryVectors(
                        store,
                        cut,
                        Optional.of(encoder),
                        encoder.dimension(),
                        encoder.fingerprint(),
                        folder,
                        imageEncoder);
            }
            String name = description
                    .map(ModelDescription::fingerprint)
                    .or(() -> fingerprint)
                    .orElse(UNNAMED);
            return new GalleryVectors(store, cut, Optional.empty(), store.dimension(), name, folder, imageEncoder);
        } catch (IOException | RuntimeException e) {
            store.close();
            throw e;
        }
    }

    boolean has(String id) {
        return store.has(id);
    }

    /// Whether an item is a video that becomes moments.
    boolean isVideo(Item item) {
        return store.video(item.id()).filter(Video::hasTimes).isPresent();
    }

    /// @param ids of images, videos and moments, all of them in the store
    List<float[]> of(List<String> ids) throws IOException {
        List<float[]> vectors = new ArrayList<>(ids.size());
        if (encoder.isEmpty()) {
            for (String id : ids) {
                vectors.add(ready(id));
            }
            return vectors;
        }
        float[] rows = encoder.get().encodeFeatures(store, ids);
        for (int i = 0; i < ids.size(); i++) {
            float[] vector = new float[dimension];
            System.arraycopy(rows, i * dimension, vector, 0, dimension);
            vectors.add(vector);
        }
        return vectors;
    }

    /// A ready vector; of several frames the mean of their vectors of length 1.
    private float[] ready(String id) throws IOException {
        int[] rows = store.rows(id);
        if (rows.length <= 1) {
            return store.get(id);
        }
        float[] mean = new float[dimension];
        float[] frame = new float[dimension];
        for (int row : rows) {
            store.copy(row, frame, 0);
            double squares = 0;
            for (float value : frame) {
                squares += (double) value * value;
            }
            for (int i = 0; i < dimension && squares > 0; i++) {
                mean[i] += (float) (frame[i] / Math.sqrt(squares) / rows.length);
            }
        }
        return mean;
    }

    @Override
    public List<Made> make(List<Item> items) throws IOException {
        List<List<Moment>> moments = new ArrayList<>();
        List<String> ids = new ArrayList<>();
        for (Item item : items) {
            List<Moment> some = store.video(item.id()).map(cut::of).orElse(List.of());
            moments.add(some);
            if (!some.isEmpty()) {
                some.forEach(moment -> ids.add(moment.id()));
            } else if (has(item.id())) {
                ids.add(item.id());
            }
        }
        Iterator<float[]> rows = of(ids).iterator();
        List<Made> made = new ArrayList<>();
        for (int i = 0; i < items.size(); i++) {
            if (!moments.get(i).isEmpty()) {
                List<Part> parts = new ArrayList<>();
                moments.get(i).forEach(moment -> parts.add(new Part(Optional.of(moment), rows.next())));
                made.add(new Made(parts, ""));
            } else {
                made.add(
                        has(items.get(i).id())
                                ? Made.of(rows.next())
                                : Made.refused("the store has no vector of this id"));
            }
        }
        return made;
    }

    @Override
    public boolean digest(Item item, ItemDigest digest) throws IOException {
        int[] rows = store.rows(item.id());
        float[] row = new float[store.dimension()];
        for (int each : rows) {
            store.copy(each, row, 0);
            digest.add(row);
        }
        store.video(item.id())
                .ifPresent(video -> digest.add((cut + " " + video.seconds() + video.times() + video.shots())
                        .getBytes(StandardCharsets.UTF_8)));
        return rows.length > 0;
    }

    @Override
    public void close() throws IOException {
        encoder.ifPresent(RetrievalModel::close);
        store.close();
    }
}
