package org.cl2cm.train;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.cl2cm.data.Item;
import org.cl2cm.evaluate.Metrics;
import org.cl2cm.evaluate.Ranks;
import org.cl2cm.evaluate.Retrieval;
import org.cl2cm.model.nn.CrossLingualNetwork;
import org.cl2cm.model.nn.CrossModalNetwork;
import org.cl2cm.model.nn.FusionNetwork;
import org.cl2cm.model.nn.Tensors;
import org.cl2cm.model.nn.TextTower;
import org.cl2cm.model.nn.VisionTower;
import org.jspecify.annotations.Nullable;

/// Scores networks on the validation split: SumR of every language that has human captions there, and
/// how well the teacher finds the translation of a caption.
final class Validation {
    private static final int MAX_PAIRS = 2_000;

    /// @param selection what early stopping looks at
    record Scores(double selection, Map<String, Double> values) {}

    /// What a re-ranker makes of the queries.
    ///
    /// @param weight of its logits beside the cosines, the best one for the languages that select
    /// @param selection text to image: R@1 + R@5 + R@10 with that weight, the mean over these languages
    /// @param recalls the same of each language, and with the cosines alone
    record Reranked(double weight, double selection, Map<String, Double> recalls) {}

    /// Captions of one language: query i, by name `ids[i]`, belongs to image `target[i]`.
    record Queries(List<String> ids, List<String> texts, int[] target) {}

    private final List<String> ids;
    private final ImageFeatures features;
    private final Map<String, Queries> languages = new LinkedHashMap<>();
    private final Set<String> selecting;
    private final List<String> sources = new ArrayList<>();
    private final List<String> targets = new ArrayList<>();
    private final BatchEncoder encoder;

    /// @param items of the split, all with features
    /// @param queries languages of the captions that are scored
    Validation(
            List<Item> items,
            ImageFeatures features,
            List<String> queries,
            TrainConfig.Data config,
            BatchEncoder encoder) {
        this.ids = items.stream().map(Item::id).toList();
        this.features = features;
        this.encoder = encoder;
        for (String language : queries) {
            List<String> queryIds = new ArrayList<>();
            List<String> texts = new ArrayList<>();
            List<Integer> target = new ArrayList<>();
            for (int i = 0; i < items.size(); i++) {
                List<String> captions = items.get(i).captions(language);
                for (int c = 0; c < captions.size(); c++) {
                    if (!captions.get(c).isBlank()) {
                        queryIds.add(ids.get(i) + "#" + c);
                        texts.add(captions.get(c));
                        target.add(i);
                    }
                }
            }
            languages.put(
                    language,
                    new Queries(
                            queryIds,
                            texts,
                            target.stream().mapToInt(Integer::intValue).toArray()));
        }
        List<String> human =
                config.targets().stream().filter(languages::containsKey).toList();
        this.selecting = human.isEmpty() ? Set.of(config.source()) : Set.copyOf(human);
        takePairs(items, config);
    }

    /// Takes each clean caption once, with one of its translations, the systems in turn: a text that
    /// stood there twice would tie with itself.
    private void takePairs(List<Item> items, TrainConfig.Data config) {
        Set<String> seen = new HashSet<>();
        for (Item item : items) {
            List<String> captions = item.captions(config.source());
            for (int i = 0; i < captions.size() && !config.translations().isEmpty(); i++) {
                String key = config.translations()
                        .get(sources.size() % config.translations().size());
                List<@Nullable String> translations = item.translations(key);
                String translation = i < translations.size() ? translations.get(i) : null;
                if (sources.size() < MAX_PAIRS
                        && translation != null
                        && !translation.isBlank()
                        && seen.add(captions.get(i))
                        && seen.add(translation)) {
                    sources.add(captions.get(i));
                    targets.add(translation);
                }
            }
        }
    }

    /// The source and every target language that has captions in the split.
    static List<String> languages(List<Item> items, TrainConfig.Data config) {
        List<String> languages = new ArrayList<>(List.of(config.source()));
        // Back-translations are in the source language themselves.
        config.targets().stream()
                .filter(language -> !language.equals(config.source()))
                .forEach(languages::add);
        languages.retainAll(languages(items));
        return languages;
    }

    /// Every language that has captions in the split.
    static List<String> languages(List<Item> items) {
        return items.stream()
                .flatMap(item -> item.captions().entrySet().stream())
                .filter(entry -> !entry.getValue().stream().allMatch(String::isBlank))
                .map(Map.Entry::getKey)
                .distinct()
                .toList();
    }

    /// Every text that is encoded here.
    ///
    /// @param withPairs whether a teacher is scored, on the translations
    static List<String> texts(List<Item> items, List<String> queries, TrainConfig.Data config, boolean withPairs) {
        List<String> texts = new ArrayList<>();
        for (Item item : items) {
            queries.forEach(language -> texts.addAll(item.captions(language)));
            if (withPairs) {
                texts.addAll(item.captions(config.source()));
                config.translations()
                        .forEach(key -> item.translations(key).forEach(text -> {
                            if (text != null) {
                                texts.add(text);
                            }
                        }));
            }
        }
        texts.removeIf(String::isBlank);
        return texts;
    }

    Scores student(CrossModalNetwork student) {
        Map<String, Double> scores = new LinkedHashMap<>();
        double sum = 0;
        for (Map.Entry<String, Retrieval> entry : retrievals(student).entrySet()) {
            double sumR = Metrics.of(entry.getValue()).sumR();
            scores.put(entry.getKey(), Math.round(sumR * 10) / 10.0);
            if (selecting.contains(entry.getKey())) {
                sum += sumR;
            }
        }
        return new Scores(sum / selecting.size(), scores);
    }

    /// What the student finds for the captions of each language.
    Map<String, Retrieval> retrievals(CrossModalNetwork student) {
        float[] gallery = images(student.vision(), features);
        Map<String, Retrieval> retrievals = new LinkedHashMap<>();
        languages.forEach((language, queries) -> retrievals.put(language, retrieval(student.text(), gallery, queries)));
        return retrievals;
    }

    /// Scores a re-ranker on the captions of each language.
    ///
    /// @param candidates the best images of a query, which it sorts anew
    /// @param weights to choose from
    Reranked reranked(CrossModalNetwork student, FusionNetwork fusion, int candidates, double[] weights) {
        Map<String, Ranks> before = new LinkedHashMap<>();
        Map<String, Candidates> found = new LinkedHashMap<>();
        retrievals(student).forEach((language, retrieval) -> {
            before.put(language, Ranks.of(retrieval));
            found.put(language, candidates(language, retrieval, student, fusion, candidates));
        });
        double weight = 0;
        double selection = -1;
        for (double some : weights) {
            double mean = selecting.stream()
                    .mapToDouble(language -> recalls(before, found, language, some))
                    .average()
                    .orElseThrow();
            if (mean > selection) {
                selection = mean;
                weight = some;
            }
        }
        Map<String, Double> recalls = new LinkedHashMap<>();
        for (String language : languages.keySet()) {
            recalls.put(language, Math.round(recalls(before, found, language, weight) * 10) / 10.0);
            recalls.put(language + "_before", Math.round(recalls(before, found, language, 0) * 10) / 10.0);
        }
        return new Reranked(weight, selection, recalls);
    }

    private static double recalls(
            Map<String, Ranks> before, Map<String, Candidates> found, String language, double weight) {
        Ranks ranks = java.util.Objects.requireNonNull(found.get(language))
                .ranks(java.util.Objects.requireNonNull(before.get(language)), weight);
        return Metrics.of(ranks).textToImage().sumOfRecalls();
    }

    /// The best images of each query of a language, with a re-ranker's logits.
    Candidates candidates(
            String language, Retrieval retrieval, CrossModalNetwork student, FusionNetwork fusion, int most) {
        return Candidates.of(
                retrieval,
                java.util.Objects.requireNonNull(languages.get(language)).texts(),
                encoder,
                student,
                fusion,
                most);
    }

    private Retrieval retrieval(TextTower tower, float[] gallery, Queries queries) {
        return Retrieval.of(
                gallery.length / ids.size(),
                gallery,
                ids,
                TeacherVectors.of(tower, encoder, queries.texts()).get(queries.texts()),
                queries.ids(),
                queries.target());
    }

    /// Clean captions and a translation of each, as far as there are any: the source, and its target.
    List<Map.Entry<String, String>> pairs(int count) {
        return java.util.stream.IntStream.range(0, Math.min(count, sources.size()))
                .mapToObj(i -> i * (sources.size() / count))
                .map(i -> Map.entry(sources.get(i), targets.get(i)))
                .toList();
    }

    /// R@1 of a caption's own translation among all, both directions averaged.
    Map<String, Double> teacher(CrossLingualNetwork teacher) {
        if (sources.isEmpty()) {
            return Map.of();
        }
        TextTower tower = teacher.text();
        int dimension = tower.config().dimension();
        List<String> numbers = java.util.stream.IntStream.range(0, sources.size())
                .mapToObj(Integer::toString)
                .toList();
        Metrics metrics = Metrics.of(Retrieval.of(
                dimension,
                TeacherVectors.of(tower, encoder, sources).get(sources),
                numbers,
                TeacherVectors.of(tower, encoder, targets).get(targets),
                numbers,
                java.util.stream.IntStream.range(0, sources.size()).toArray()));
        return Map.of(
                "translation_R@1",
                Math.round((metrics.textToImage().r1() + metrics.imageToText().r1()) * 5) / 10.0);
    }

    /// @return unit vectors, row-major
    static float[] images(VisionTower tower, ImageFeatures features) {
        int dimension = tower.config().dimension();
        float[] vectors = new float[features.size() * dimension];
        // Of videos fewer at once: their frames all go through the tower.
        int batch = Math.max(16, 512 / Math.max(1, tower.config().frames()));
        for (int from = 0; from < features.size(); from += batch) {
            int count = Math.min(batch, features.size() - from);
            try (PointerScope _ = new PointerScope();
                    NoGradGuard _ = new NoGradGuard()) {
                float[] some = Tensors.floats(tower.forward(
                        features.batch(java.util.stream.IntStream.range(from, from + count)
                                .toArray()),
                        false));
                System.arraycopy(some, 0, vectors, from * dimension, some.length);
            }
        }
        return vectors;
    }
}
