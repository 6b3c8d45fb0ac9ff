package org.cl2cm.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.cl2cm.data.DataException;
import org.cl2cm.data.FeatureStore;
import org.cl2cm.data.Item;
import org.cl2cm.data.ProgressListener;
import org.cl2cm.model.ModelDescription;
import org.cl2cm.model.RetrievalModel;
import org.cl2cm.model.vision.EncoderDescription;

/// Vectors of a gallery: ready ones, or a model's from image features.
///
/// @param store looked up by id
/// @param encoder turns features into vectors, or empty when the store holds vectors
/// @param fingerprint of the model that made the vectors
/// @param folder of that model, where known
/// @param imageEncoder fingerprint of what made the image features below the vectors, where known
record GalleryVectors(
        FeatureStore store,
        Optional<RetrievalModel> encoder,
        int dimension,
        String fingerprint,
        Optional<String> folder,
        Optional<String> imageEncoder)
        implements ItemVectors, AutoCloseable {
    /// The fingerprint of vectors that nobody named a model for.
    static final String UNNAMED = "unnamed-vectors";

    /// @throws DataException when the options do not say where vectors come from
    static GalleryVectors open(
            Optional<Path> model, Optional<Path> features, Optional<Path> vectors, Optional<String> fingerprint)
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
                RetrievalModel encoder = RetrievalModel.open(model.orElseThrow(), ProgressListener.NONE);
                return new GalleryVectors(
                        store, Optional.of(encoder), encoder.dimension(), encoder.fingerprint(), folder, imageEncoder);
            }
            String name = description
                    .map(ModelDescription::fingerprint)
                    .or(() -> fingerprint)
                    .orElse(UNNAMED);
            return new GalleryVectors(store, Optional.empty(), store.dimension(), name, folder, imageEncoder);
        } catch (IOException | RuntimeException e) {
            store.close();
            throw e;
        }
    }

    boolean has(String id) {
        return store.indexOf(id) >= 0;
    }

    /// @param ids all of them in the store
    List<float[]> of(List<String> ids) throws IOException {
        List<float[]> vectors = new ArrayList<>(ids.size());
        if (encoder.isEmpty()) {
            for (String id : ids) {
                vectors.add(store.get(id));
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

    @Override
    public List<Made> make(List<Item> items) throws IOException {
        List<String> there = items.stream().map(Item::id).filter(this::has).toList();
        Iterator<float[]> rows = of(there).iterator();
        return items.stream()
                .map(item -> has(item.id()) ? Made.of(rows.next()) : Made.refused("the store has no vector of this id"))
                .toList();
    }

    @Override
    public boolean digest(Item item, ItemDigest digest) throws IOException {
        if (has(item.id())) {
            digest.add(store.get(item.id()));
            return true;
        }
        return false;
    }

    @Override
    public void close() throws IOException {
        encoder.ifPresent(RetrievalModel::close);
        store.close();
    }
}
