package org.cl2cm.cli.reproduce;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.cl2cm.data.AtomicFile;
import org.cl2cm.data.FeatureStore;
import org.cl2cm.data.Item;
import org.cl2cm.data.Manifest;
import org.cl2cm.evaluate.Ranks;
import org.cl2cm.evaluate.Retrieval;
import org.cl2cm.evaluate.RunFile;
import org.cl2cm.train.TrainConfig;
import org.cl2cm.train.baseline.BagOfWords;
import org.cl2cm.train.baseline.CcaSelection;

/// The row of linear CCA: one model a language, since bags of words share nothing across languages. Source queries
/// learn from the clean captions, target queries from the translations; ridges, dimension and power are chosen on
/// validation.
public final class LinearRow {
    private static final int TERMS = 4_000;
    private static final int LEAST = 3;

    private final TrainConfig.Data config;

    /// @param config manifest, features, languages and splits
    public LinearRow(TrainConfig.Data config) {
        this.config = config;
    }

    /// Fits, and writes ranks and times into `folder` as a training run does.
    public void run(Path folder, List<Plan.Query> queries) throws IOException {
        Manifest manifest = Manifest.readWithTranslations(Path.of(config.manifest()));
        Map<String, Double> seconds = new LinkedHashMap<>();
        try (FeatureStore store = FeatureStore.open(Path.of(config.features()))) {
            for (Plan.Query query : queries) {
                String language = query.language();
                long start = System.nanoTime();
                CcaSelection selection = select(manifest, store, language);
                List<Item> items = items(manifest, store, query.split(), language);
                Retrieval retrieval = named(
                        CcaSelection.retrieval(selection.best(), features(store, items), human(items, language)),
                        items);
                Files.createDirectories(folder.resolve("ranks"));
                new RunFile("linear", language, Ranks.of(retrieval)).write(query.file(folder));
                seconds.merge("student", (System.nanoTime() - start) / 1e9, Double::sum);
            }
        }
        AtomicFile.write(
                folder.resolve("done.json"),
                out -> out.write(new ObjectMapper().writeValueAsBytes(Map.of("seconds", seconds, "epochs", 0))));
    }

    private CcaSelection select(Manifest manifest, FeatureStore store, String language) throws IOException {
        List<Item> train = new ArrayList<>();
        List<List<String>> captions = new ArrayList<>();
        for (Item item : manifest.split(config.train())) {
            List<String> texts = learntFrom(item, language);
            if (!texts.isEmpty() && store.has(item.id())) {
                train.add(item);
                captions.add(texts);
            }
        }
        List<Item> valid = items(manifest, store, config.valid(), language);
        BagOfWords words =
                BagOfWords.fit(captions.stream().flatMap(List::stream).toList(), LEAST, TERMS);
        return CcaSelection.select(
                features(store, train),
                captions,
                features(store, valid),
                human(valid, language),
                store.dimension(),
                words,
                CcaSelection.Grid.usual());
    }

    private List<String> learntFrom(Item item, String language) {
        if (language.equals(config.source())) {
            return human(List.of(item), language).getFirst();
        }
        List<String> texts = new ArrayList<>();
        for (String key : config.translations()) {
            if (key.equals(language) || key.startsWith(language + ".")) {
                item.translations(key).stream()
                        .filter(text -> text != null && !text.isBlank())
                        .forEach(texts::add);
            }
        }
        return texts;
    }

    private static List<Item> items(Manifest manifest, FeatureStore store, String split, String language) {
        return manifest.split(split).stream()
                .filter(item -> store.has(item.id()))
                .filter(item -> item.captions(language).stream().anyMatch(text -> !text.isBlank()))
                .toList();
    }

    private static List<List<String>> human(List<Item> items, String language) {
        return items.stream()
                .map(item -> item.captions(language).stream()
                        .filter(text -> !text.isBlank())
                        .toList())
                .toList();
    }

    private static float[] features(FeatureStore store, List<Item> items) throws IOException {
        float[] rows = new float[Math.multiplyExact(items.size(), store.dimension())];
        for (int i = 0; i < items.size(); i++) {
            System.arraycopy(mean(store, items.get(i).id()), 0, rows, i * store.dimension(), store.dimension());
        }
        return rows;
    }

    /// The features of an image, or the mean of those of a video's frames.
    private static float[] mean(FeatureStore store, String id) throws IOException {
        int[] frames = store.rows(id);
        if (frames.length <= 1) {
            return store.get(id);
        }
        float[] mean = new float[store.dimension()];
        float[] row = new float[mean.length];
        for (int frame : frames) {
            store.copy(frame, row, 0);
            for (int i = 0; i < mean.length; i++) {
                mean[i] += row[i] / frames.length;
            }
        }
        return mean;
    }

    /// The same with the items' ids instead of numbers.
    private static Retrieval named(Retrieval numbered, List<Item> items) {
        return Retrieval.of(
                numbered.dimension(),
                numbered.gallery(),
                items.stream().map(Item::id).toList(),
                numbered.queries(),
                numbered.queryIds().stream()
                        .map(id -> items.get(Integer.parseInt(id.substring(0, id.indexOf('#'))))
                                        .id()
                                + id.substring(id.indexOf('#')))
                        .toList(),
                numbered.targets());
    }
}
