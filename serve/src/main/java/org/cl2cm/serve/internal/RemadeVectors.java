package org.cl2cm.serve.internal;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;
import org.cl2cm.data.DataException;
import org.cl2cm.data.FeatureStore;
import org.cl2cm.data.ImageFile;
import org.cl2cm.data.video.VideoFile;
import org.cl2cm.search.CollectionInfo;
import org.cl2cm.search.VectorItem;
import org.cl2cm.search.VectorSource;
import org.cl2cm.serve.QueryModel;

/// The vectors that another model gives to the items of a collection: from image features where a
/// store has them, else from the picture that the item names. For one thread.
final class RemadeVectors implements VectorSource, AutoCloseable {
    private final QueryModel model;
    private final CollectionInfo info;
    private final Optional<FeatureStore> features;
    private final long pixels;
    private final BooleanSupplier ended;
    private final LongConsumer done;
    private final Map<String, String> reasons = new HashMap<>();
    private long seen;

    /// @param info of the collection, which says where its pictures lie
    /// @param pixels of the largest picture
    /// @param ended whether it is to stop
    /// @param done hears of how many items there was an attempt
    RemadeVectors(
            QueryModel model,
            CollectionInfo info,
            Optional<FeatureStore> features,
            long pixels,
            BooleanSupplier ended,
            LongConsumer done) {
        this.model = model;
        this.info = info;
        this.features = features;
        this.pixels = pixels;
        this.ended = ended;
        this.done = done;
    }

    /// @throws CancellationException when it is to stop
    @Override
    public List<Optional<float[]>> of(List<VectorItem> items) throws IOException {
        Map<String, float[]> stored = stored(items);
        List<Optional<float[]>> vectors = new ArrayList<>(items.size());
        for (VectorItem item : items) {
            if (ended.getAsBoolean()) {
                throw new CancellationException();
            }
            reasons.remove(item.id());
            float[] vector = stored.get(item.id());
            vectors.add(vector == null ? pictured(item) : Optional.of(vector));
            done.accept(++seen);
        }
        return vectors;
    }

    /// Vectors of the items whose image features are in the store, by id.
    private Map<String, float[]> stored(List<VectorItem> items) throws IOException {
        Map<String, float[]> stored = new HashMap<>();
        if (features.isPresent()) {
            FeatureStore store = features.get();
            List<String> ids =
                    items.stream().map(VectorItem::id).filter(store::has).toList();
            Iterator<float[]> vectors = model.features(store, ids).iterator();
            ids.forEach(id -> stored.put(id, vectors.next()));
        }
        return stored;
    }

    private Optional<float[]> pictured(VectorItem item) throws IOException {
        if (model.description().encoder().isEmpty()) {
            return without(
                    item,
                    features.isPresent()
                            ? "the store of image features does not have it"
                            : "the model was trained on ready-made features and knows no image encoder");
        }
        Optional<Path> file = MediaRoutes.file(info, item);
        if (file.isEmpty()) {
            return without(item, "it names no picture that is there");
        }
        if (VideoFile.hasName(file.get())) {
            return without(item, "it is of a video, whose frames must be in a store of image features");
        }
        BufferedImage picture;
        try {
            if (Files.size(file.get()) > MediaRoutes.LARGEST_FILE) {
                return without(item, "its picture is too large");
            }
            picture = ImageFile.decode(Files.readAllBytes(file.get()), "its picture", pixels);
        } catch (DataException e) {
            return without(item, String.valueOf(e.getMessage()));
        } catch (IOException _) {
            return without(item, "its picture cannot be read");
        }
        return Optional.of(model.image(picture, "its picture"));
    }

    private Optional<float[]> without(VectorItem item, String reason) {
        reasons.put(item.id(), reason);
        return Optional.empty();
    }

    /// Why there is no vector of an item.
    Optional<String> reason(String id) {
        return Optional.ofNullable(reasons.get(id));
    }

    @Override
    public void close() throws IOException {
        if (features.isPresent()) {
            features.get().close();
        }
    }
}
