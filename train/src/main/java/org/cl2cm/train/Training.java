package org.cl2cm.train;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.bytedeco.pytorch.global.torch;
import org.cl2cm.data.AtomicFile;
import org.cl2cm.data.DataException;
import org.cl2cm.data.FeatureStore;
import org.cl2cm.data.Item;
import org.cl2cm.data.Manifest;
import org.cl2cm.data.ProgressListener;
import org.cl2cm.evaluate.CalibrationFit;
import org.cl2cm.evaluate.Metrics;
import org.cl2cm.evaluate.Ranks;
import org.cl2cm.evaluate.Retrieval;
import org.cl2cm.evaluate.RunFile;
import org.cl2cm.model.Fingerprint;
import org.cl2cm.model.MultilingualBert;
import org.cl2cm.model.ScoreCalibration;
import org.cl2cm.model.TextTokenizer;
import org.cl2cm.model.nn.Bert;
import org.cl2cm.model.nn.BertConfig;
import org.cl2cm.model.nn.CrossLingualNetwork;
import org.cl2cm.model.nn.FrozenPrefix;
import org.cl2cm.model.nn.MaskedWordHead;
import org.cl2cm.model.nn.Precision;
import org.cl2cm.model.nn.TensorFile;

/// A training run from a configuration to a model folder.
public final class Training {
    private final TrainConfig config;
    private final Path home;
    private final ProgressListener modelProgress;
    private final ProgressListener cacheProgress;
    private final ProgressListener progress;
    private final Consumer<String> messages;

    /// @param home where models and the frozen-prefix cache are kept, see [org.cl2cm.model.CacheFolder]
    /// @param modelProgress hears of the pre-trained encoder, when it has to be brought
    /// @param cacheProgress hears of captions sent through the frozen layers
    /// @param progress hears of steps
    /// @param messages hears of epochs, warnings and what was chosen
    public Training(
            TrainConfig config,
            Path home,
            ProgressListener modelProgress,
            ProgressListener cacheProgress,
            ProgressListener progress,
            Consumer<String> messages) {
        this.config = config;
        this.home = home;
        this.modelProgress = modelProgress;
        this.cacheProgress = cacheProgress;
        this.progress = progress;
        this.messages = messages;
    }

    /// The texts that a run with these settings learns from: captions, translations and parallel text.
    ///
    /// @throws DataException for data that cannot be used, naming file and key
    public static Set<String> texts(TrainConfig config) throws IOException {
        Manifest manifest = Manifest.readWithTranslations(
                existing("data.manifest", config.data().manifest()));
        return TrainingSet.read(manifest, config.data(), List.of(), _ -> true).texts(true);
    }

    /// Trains, or goes on training, in `folder`.
    ///
    /// @param resume whether a run that stands in the folder goes on
    /// @return the model's folder
    /// @throws DataException for data that cannot be used, naming file and key
    public Path run(Path folder, boolean resume) throws IOException {
        return run(folder, resume, 0);
    }

    /// Trains, or goes on training, in `folder`, and shows what the teacher thinks.
    ///
    /// @param explain of how many validation pairs the teacher's word alignment is written; needs a
    ///     teacher
    /// @param resume whether a run that stands in the folder goes on
    /// @return the model's folder
    /// @throws DataException for data that cannot be used, naming file and key
    public Path run(Path folder, boolean resume, int explain) throws IOException {
        if (explain > 0 && config.teacher().schedule() == TrainConfig.Schedule.NONE) {
            throw new DataException(
                    "--explain shows how the teacher aligns words, and key \"teacher.schedule\" is none");
        }
        Path manifestFile = existing("data.manifest", config.data().manifest());
        Path featuresPath = existing("data.features", config.data().features());
        Manifest manifest = Manifest.readWithTranslations(manifestFile);
        int threads = config.train().engineThreads();
        Precision precision = precision(config);
        Path bertFolder = bertFolder();
        BertConfig bertConfig = BertConfig.read(bertFolder);
        try (FeatureStore store = FeatureStore.open(featuresPath);
                TensorFile weights = TensorFile.open(bertFolder.resolve("model.safetensors"));
                TextTokenizer tokenizer = TextTokenizer.open(bertFolder)) {
            Run.check(folder, config, resume);
            if (!config.teacher().from().isEmpty()) {
                Run.checkTeacher(config);
            }
            if (!config.rerank().from().isEmpty()) {
                Run.checkNetworks(config, store.dimension());
            }
            TrainingSet data = TrainingSet.read(
                    manifest,
                    config.data(),
                    config.objective() == TrainConfig.Method.NRCCR
                                    && config.nrccr().cycle() > 0
                            ? config.nrccr().back()
                            : List.of(),
                    id -> store.has(id));
            List<Item> valid = manifest.split(config.data().valid()).stream()
                    .filter(item -> store.has(item.id()))
                    .toList();
            if (valid.isEmpty()) {
                throw DataException.in(
                        manifestFile, "split \"" + config.data().valid() + "\" (data.valid) has no item with features");
            }
            Map<String, List<Item>> test = new LinkedHashMap<>();
            for (String split : config.data().test()) {
                List<Item> items = manifest.split(split).stream()
                        .filter(item -> store.has(item.id()))
                        .toList();
                if (items.isEmpty()) {
                    throw DataException.in(
                            manifestFile, "split \"" + split + "\" (data.test) has no item with features");
                }
                test.put(split, items);
            }
            List<String> languages = Validation.languages(valid, config.data());
            Set<String> texts = new LinkedHashSet<>(
                    data.texts(config.teacher().parallelShare() + config.train().parallelShare() > 0));
            texts.addAll(Validation.texts(
                    valid, languages, config.data(), config.teacher().schedule() != TrainConfig.Schedule.NONE));
            test.values()
                    .forEach(items ->
                            texts.addAll(Validation.texts(items, Validation.languages(items), config.data(), false)));
            States states = new States(home, bertFolder, bertConfig, weights, tokenizer, precision, config.text());
            StepClock clock = new StepClock();
            try (StateSource source = states.open(texts, cacheProgress)) {
                clock.stop("cache");
                torch.set_num_threads(threads);
                BatchEncoder encoder = new BatchEncoder(
                        source,
                        precision,
                        config.train().buckets(),
                        config.text().wordDropout());
                Networks networks = new Networks(config, bertConfig, weights, store.dimension());
                List<Term> terms = config.masked().weight() > 0
                        ? List.of(new MaskedTranslation(
                                config.masked(),
                                states.load(),
                                MaskedWordHead.load(bertConfig, weights),
                                networks.student().text()))
                        : List.of();
                ImageFeatures features = features(
                        store, data.images().stream().map(TrainingSet.Image::id).toList());
                features.standardise(networks.student().vision());
                Validation validation = new Validation(
                        valid,
                        features(store, valid.stream().map(Item::id).toList()),
                        languages,
                        config.data(),
                        encoder);
                messages.accept("learns from " + data.images().size() + " images, "
                        + data.parallel().size() + " pairs of parallel text; "
                        + networks.studentParameters().count() + " parameters; " + precision + ", " + threads
                        + " threads");
                // Only now, so that input that cannot be used leaves no half-made run behind.
                try (Run run = Run.open(folder, config, resume, progress, messages)) {
                    TrainerState end =
                            new Trainer(config, data, features, encoder, networks, validation, terms, run).train();
                    clock.start();
                    for (Map.Entry<String, List<Item>> split : test.entrySet()) {
                        report(run, networks, split.getKey(), split.getValue(), store, encoder);
                    }
                    clock.stop("test");
                    if (explain > 0) {
                        explain(folder, explain, networks.teacher().orElseThrow(), validation, encoder, tokenizer);
                    }
                    Path model = ModelFolder.write(
                            folder.resolve("model"),
                            config,
                            networks,
                            states,
                            store.dimension(),
                            calibration(validation.retrievals(networks.student())),
                            networks.reranker().isPresent() ? run.rerankerWeight() : 0);
                    run.done(end, clock.take());
                    return model;
                }
            }
        }
    }

    private ImageFeatures features(FeatureStore store, List<String> ids) throws IOException {
        return ImageFeatures.of(store, ids, config.vision().frames());
    }

    /// Scores the finished model on a split: `ranks/<split>.<language>.ranks.jsonl` in the run's
    /// folder, for every language with captions there; with a re-ranker, texts find images through it.
    private void report(
            Run run, Networks networks, String split, List<Item> items, FeatureStore store, BatchEncoder encoder)
            throws IOException {
        ImageFeatures features = features(store, items.stream().map(Item::id).toList());
        Path folder = java.nio.file.Files.createDirectories(run.folder().resolve("ranks"));
        String name = run.folder().toAbsolutePath().normalize().getFileName().toString();
        Validation validation = new Validation(items, features, Validation.languages(items), config.data(), encoder);
        for (var entry : validation.retrievals(networks.student()).entrySet()) {
            Ranks ranks = Ranks.of(entry.getValue());
            if (networks.reranker().isPresent()) {
                Candidates best = validation.candidates(
                        entry.getKey(),
                        entry.getValue(),
                        networks.student(),
                        networks.reranker().get(),
                        config.rerank().candidates());
                ranks = best.ranks(ranks, run.rerankerWeight());
            }
            new RunFile(name, entry.getKey(), ranks)
                    .write(folder.resolve(split + "." + entry.getKey() + RunFile.SUFFIX));
            messages.accept(String.format(
                    java.util.Locale.ROOT,
                    "%s, queries in %s: SumR %.1f",
                    split,
                    entry.getKey(),
                    Metrics.of(ranks).sumR()));
        }
    }

    /// What a cosine is worth in each language, on the split that selects.
    private static Map<String, ScoreCalibration> calibration(Map<String, Retrieval> retrievals) {
        Map<String, ScoreCalibration> calibration = new LinkedHashMap<>();
        retrievals.forEach((language, retrieval) -> {
            if (retrieval.gallerySize() > 1) {
                CalibrationFit fit = CalibrationFit.of(retrieval);
                calibration.put(
                        language, new ScoreCalibration(fit.slope(), fit.intercept(), fit.queries(), fit.gallery()));
            }
        });
        return calibration;
    }

    /// Writes word alignments of a few validation pairs: `explain.svg` to look at, `explain.txt` to
    /// read.
    private void explain(
            Path folder,
            int pairs,
            CrossLingualNetwork teacher,
            Validation validation,
            BatchEncoder encoder,
            TextTokenizer tokenizer)
            throws IOException {
        List<Alignment> alignments = new ArrayList<>();
        StringBuilder text = new StringBuilder();
        for (Map.Entry<String, String> pair : validation.pairs(pairs)) {
            Alignment alignment = Alignment.of(
                    teacher,
                    encoder,
                    tokenizer,
                    config.text().maxLength(),
                    TeacherLoss.words(config.loss()),
                    pair.getKey(),
                    pair.getValue());
            alignments.add(alignment);
            text.append(pair.getKey()).append('\n').append(pair.getValue()).append('\n');
            alignment.lines().forEach(line -> text.append("  ").append(line).append('\n'));
            text.append('\n');
        }
        AtomicFile.write(folder.resolve("explain.svg"), AlignmentPicture.svg(alignments));
        AtomicFile.write(folder.resolve("explain.txt"), text.toString());
        messages.accept("word alignments of " + alignments.size() + " pairs: " + folder.resolve("explain.svg"));
    }

    private Path bertFolder() throws IOException {
        return config.text().model().equals("mbert")
                ? MultilingualBert.get(home, modelProgress)
                : existing("text.model", config.text().model());
    }

    static Precision precision(TrainConfig config) {
        return switch (config.train().precision()) {
            case AUTO -> Precision.best();
            case FLOAT32 -> Precision.FLOAT32;
            case BFLOAT16 -> Precision.BFLOAT16;
        };
    }

    private static Path existing(String key, String value) throws DataException {
        if (value.isBlank()) {
            throw new DataException("key \"" + key + "\" is not set");
        }
        Path path = Path.of(value);
        if (!java.nio.file.Files.exists(path)) {
            throw new DataException("key \"" + key + "\": " + value + ": no such file");
        }
        return path;
    }

    /// The frozen layers of a run, loaded when they are needed.
    record States(
            Path home,
            Path folder,
            BertConfig config,
            TensorFile weights,
            TextTokenizer tokenizer,
            Precision precision,
            TrainConfig.Text text) {

        int frozen() {
            return text.depth() - text.trainable();
        }

        String fingerprint() throws IOException {
            return Fingerprint.ofFile(folder.resolve("model.safetensors")).substring(0, 16) + "-"
                    + tokenizer.fingerprint().substring(0, 8);
        }

        FrozenPrefix load() throws IOException {
            return new FrozenPrefix(
                    Bert.load(config, weights, frozen(), precision),
                    tokenizer,
                    precision,
                    text.maxLength(),
                    fingerprint());
        }

        /// With all cores whatever `train.threads` is: runs beside this one wait for the cache too.
        StateSource open(Set<String> texts, ProgressListener progress) throws IOException {
            if (frozen() == 0) {
                return new LiveStates(load());
            }
            int threads = Runtime.getRuntime().availableProcessors();
            String name = fingerprint() + "-layer" + frozen() + "-" + text.maxLength() + "-" + precision;
            return StateCache.open(
                    home.resolve("states").resolve(name), config.hidden(), texts, this::load, threads, progress);
        }
    }

    /// For a run that has ended: where its model lies.
    public static Optional<Path> model(Path folder) {
        Path model = folder.resolve("model");
        return java.nio.file.Files.exists(model.resolve("cl2cm.json")) ? Optional.of(model) : Optional.empty();
    }
}
