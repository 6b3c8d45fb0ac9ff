package org.cl2cm.bench.vectors;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.cl2cm.data.DataException;
import org.cl2cm.data.FeatureStore;
import org.cl2cm.data.Item;
import org.cl2cm.data.Manifest;
import org.cl2cm.data.ProgressListener;
import org.cl2cm.evaluate.TrecFiles;
import org.cl2cm.model.RetrievalModel;
import org.cl2cm.search.UnitVector;

/// Real embeddings of a model: images, and texts that belong to them.
///
/// @param about where they come from
/// @param images unit vectors, `[images][dimension]`
/// @param texts unit vectors, `[texts][dimension]`; none where texts are not known
/// @param targets the image of each text, `[texts]`
public record Embeddings(String about, float[][] images, float[][] texts, int[] targets) {
    public Embeddings {
        if (images.length < 2 || texts.length != targets.length) {
            throw new IllegalArgumentException(images.length + " images, " + texts.length + " texts");
        }
    }

    /// Encodes the images of a manifest and their human captions.
    ///
    /// @param model a trained model's folder
    /// @param features of the images, made by the model's image encoders
    /// @param textSplit captions of this split alone, which the model should not have learnt from;
    ///     empty for all
    /// @param most texts, evenly taken from all of them
    /// @throws DataException when fewer than two items have features
    public static Embeddings ofModel(Path model, Path manifest, Path features, Optional<String> textSplit, int most)
            throws IOException {
        List<Item> items = new ArrayList<>();
        List<String> captions = new ArrayList<>();
        List<Integer> targets = new ArrayList<>();
        try (RetrievalModel network = RetrievalModel.open(model, ProgressListener.NONE);
                FeatureStore store = FeatureStore.open(features)) {
            for (Item item : Manifest.read(manifest).items()) {
                if (store.indexOf(item.id()) < 0) {
                    continue;
                }
                if (textSplit.isEmpty() || item.isIn(textSplit.get())) {
                    for (List<String> some : item.captions().values()) {
                        for (String caption : some) {
                            captions.add(caption);
                            targets.add(items.size());
                        }
                    }
                }
                items.add(item);
            }
            if (items.size() < 2) {
                throw DataException.in(manifest, items.size() + " of its items have features in " + features);
            }
            int count = Math.min(most, captions.size());
            List<String> some = new ArrayList<>();
            int[] of = new int[count];
            for (int i = 0; i < count; i++) {
                int at = (int) ((long) i * captions.size() / count);
                some.add(captions.get(at));
                of[i] = targets.get(at);
            }
            float[] images =
                    network.encodeFeatures(store, items.stream().map(Item::id).toList());
            int dimension = network.dimension();
            return new Embeddings(
                    manifest.getFileName() + ", captions of "
                            + textSplit.map(name -> "split " + name).orElse("all splits") + ", model "
                            + network.fingerprint(),
                    rows(images, dimension),
                    rows(network.encodeTexts(some), dimension),
                    of);
        }
    }

    private static float[][] rows(float[] values, int dimension) {
        float[][] rows = new float[values.length / dimension][dimension];
        for (int row = 0; row < rows.length; row++) {
            System.arraycopy(values, row * dimension, rows[row], 0, dimension);
        }
        return rows;
    }

    /// Reads vectors of any model.
    ///
    /// @param queries text vectors with `qrels` that say to which images they belong, both or none
    /// @throws DataException when the files do not belong together
    public static Embeddings ofFiles(Path gallery, Optional<Path> queries, Optional<Path> qrels) throws IOException {
        if (queries.isPresent() != qrels.isPresent()) {
            throw new DataException("texts need both --queries and --qrels");
        }
        try (FeatureStore images = FeatureStore.open(gallery)) {
            String about = String.valueOf(gallery.getFileName());
            if (queries.isEmpty()) {
                return new Embeddings(about, units(images), new float[0][], new int[0]);
            }
            try (FeatureStore texts = FeatureStore.open(queries.get())) {
                if (texts.dimension() != images.dimension()) {
                    throw DataException.in(
                            queries.get(),
                            "dimension " + texts.dimension() + ", but " + gallery + " has " + images.dimension());
                }
                int[] targets = TrecFiles.targets(qrels.orElseThrow(), texts.ids(), images.ids());
                return new Embeddings(about, units(images), units(texts), targets);
            }
        }
    }

    private static float[][] units(FeatureStore store) {
        float[][] rows = new float[store.ids().size()][store.dimension()];
        for (int row = 0; row < rows.length; row++) {
            store.copy(row, rows[row], 0);
            rows[row] = UnitVector.of(rows[row], store.dimension());
        }
        return rows;
    }

    public int dimension() {
        return images[0].length;
    }
}
