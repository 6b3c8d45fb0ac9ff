package org.cl2cm.serve;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.cl2cm.data.FeatureStore;
import org.cl2cm.data.Item;
import org.cl2cm.data.Manifest;
import org.cl2cm.data.ProgressListener;
import org.cl2cm.fixture.PictureWorld;
import org.cl2cm.model.RetrievalModel;
import org.cl2cm.model.vision.EncoderSource;
import org.cl2cm.model.vision.FeatureExtraction;
import org.cl2cm.model.vision.ImageEncoder;
import org.cl2cm.model.vision.ImageList;
import org.cl2cm.search.CollectionInfo;
import org.cl2cm.search.Collections;
import org.cl2cm.search.FieldType;
import org.cl2cm.search.VectorEngine;
import org.cl2cm.search.VectorItem;

/// A collection `photos` of 24 pictures with a model of four dimensions and a re-ranker, and `ready`,
/// three vectors without a model.
record ServedWorld(Path folder) {
    static final int DIMENSION = 4;
    static final String PHOTOS = "photos";
    static final String READY = "ready";

    private static final List<String> SETTINGS = List.of(
            "vision.pixels=16",
            "vision.channels=16",
            "dimension=" + DIMENSION,
            "rerank.layers=1",
            "rerank.width=16",
            "rerank.epochs=1");

    static ServedWorld create(Path folder) throws IOException {
        PictureWorld.write(folder);
        Path features = folder.resolve("features");
        try (ImageEncoder encoder = EncoderSource.open(List.of(new EncoderSource("pixels:16", "", 0, false)), 1)) {
            new FeatureExtraction(
                            encoder,
                            ImageList.open(folder.resolve("manifest.jsonl")),
                            new FeatureExtraction.Settings(1024, 8, 1, -1, false),
                            ProgressListener.NONE)
                    .run(features);
        }
        Path model = PictureWorld.train(folder, "run", features, SETTINGS.toArray(String[]::new));
        ServedWorld world = new ServedWorld(folder);
        world.createPhotos(model, features);
        world.createReady();
        return world;
    }

    Collections collections() {
        return Collections.in(folder.resolve("c"));
    }

    Path picture(int i) {
        return folder.resolve("images/p" + i + ".png");
    }

    Path features() {
        return folder.resolve("features");
    }

    /// Trains another model on the same pictures; it is as wide as the first one unless said.
    Path another(String run, String... settings) throws IOException {
        List<String> all = new ArrayList<>(SETTINGS);
        all.add("seed=2");
        all.addAll(List.of(settings));
        return PictureWorld.train(folder, run, features(), all.toArray(String[]::new));
    }

    private void createPhotos(Path folderOfModel, Path features) throws IOException {
        List<Item> items = Manifest.read(folder.resolve("manifest.jsonl")).items();
        try (RetrievalModel model = RetrievalModel.open(folderOfModel, ProgressListener.NONE);
                FeatureStore store = FeatureStore.open(features)) {
            CollectionInfo info = new CollectionInfo(
                    PHOTOS,
                    DIMENSION,
                    model.fingerprint(),
                    model.description().encoder().map(encoder -> encoder.fingerprint()),
                    CollectionInfo.LUCENE,
                    Instant.now(),
                    Optional.of(folderOfModel.toString()),
                    Optional.of(folder.toString()),
                    Map.of("split", FieldType.KEYWORD, "year", FieldType.NUMBER));
            float[] rows =
                    model.encodeFeatures(store, items.stream().map(Item::id).toList());
            List<VectorItem> stored = new ArrayList<>();
            for (int i = 0; i < items.size(); i++) {
                float[] vector = new float[DIMENSION];
                System.arraycopy(rows, i * DIMENSION, vector, 0, DIMENSION);
                Map<String, String> fields = new LinkedHashMap<>();
                fields.put("media", items.get(i).media().orElseThrow());
                fields.put("split", items.get(i).split().orElseThrow());
                fields.put("year", Integer.toString(2000 + i));
                fields.put(
                        "caption.en", String.join("\n", items.get(i).captions().getOrDefault("en", List.of())));
                stored.add(new VectorItem(items.get(i).id(), vector, fields));
            }
            try (VectorEngine engine = collections().create(info)) {
                engine.upsert(stored);
            }
        }
    }

    private void createReady() throws IOException {
        try (VectorEngine engine = collections().create(CollectionInfo.of(READY, 2, "somebody-elses"))) {
            engine.upsert(List.of(
                    new VectorItem("east", new float[] {1, 0}, Map.of()),
                    new VectorItem("north", new float[] {0, 1}, Map.of("media", "nothing.png")),
                    new VectorItem("a/b \u56fe", new float[] {-1, 0}, Map.of())));
        }
    }

    /// Ids and fields of everything in a collection, as a new reader sees it.
    Map<String, Map<String, String>> content(String collection) throws IOException {
        Map<String, Map<String, String>> content = new java.util.TreeMap<>();
        try (VectorEngine engine = collections().read(collection)) {
            engine.forEach(item -> content.put(item.id(), item.fields()));
        }
        return content;
    }

    /// A file of the world, made for a test.
    Path file(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }
}
