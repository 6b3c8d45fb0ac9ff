package org.cl2cm.train;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.cl2cm.data.DataException;
import org.cl2cm.data.Item;
import org.cl2cm.data.Manifest;
import org.cl2cm.data.ProgressListener;
import org.cl2cm.evaluate.RocAuc;
import org.cl2cm.model.MultilingualBert;
import org.cl2cm.model.QueryLanguage;
import org.cl2cm.model.TextTokenizer;
import org.cl2cm.model.nn.BertConfig;
import org.cl2cm.model.nn.CrossLingualNetwork;
import org.cl2cm.model.nn.Parameters;
import org.cl2cm.model.nn.TensorFile;
import org.cl2cm.model.nn.Tensors;
import org.cl2cm.model.nn.TextTower;
import org.cl2cm.train.losses.WordAlignmentLoss;
import org.jspecify.annotations.Nullable;

/// Which machine translations look wrong to the teacher of a run.
///
/// Two things are asked of a caption and its translation: how alike their words are along the teacher's
/// transport plan (`1 - <P, C>`, loss B1 of CL2CM turned round: a word that was dropped or added has
/// nowhere cheap to go), and how alike the sentences are. Their mean is the pair's *confidence*. A
/// translation that is in another language than it should be is told by its spelling, and comes first.
///
/// Not safe for use by many threads.
public final class TranslationCheck implements AutoCloseable {
    private static final int BATCH = 128;

    /// A caption and its translation.
    ///
    /// @param id of the item
    /// @param caption its place among the item's captions, from 0
    /// @param system key of the translation, e.g. `zh.google`
    /// @param words how alike the words are along the transport plan, -1 to 1
    /// @param sentence cosine of the sentences, -1 to 1
    /// @param language that the translation seems to be in, where that is not the one it should be in
    public record Pair(
            String id,
            int caption,
            String system,
            String source,
            String target,
            double words,
            double sentence,
            Optional<String> language) {
        /// The mean of [#words] and [#sentence], -1 to 1.
        public double likeness() {
            return (words + sentence) / 2;
        }

        /// [#likeness]; less than every other pair's where the language is wrong.
        public double confidence() {
            return likeness() - (language.isPresent() ? 2 : 0);
        }

        Pair withTarget(String text) {
            return new Pair(id, caption, system, source, text, words, sentence, language);
        }
    }

    private final TrainConfig config;
    private final Path home;
    private final TensorFile weights;
    private final TextTokenizer tokenizer;
    private final BertConfig bert;
    private final Path bertFolder;
    private final CrossLingualNetwork teacher;
    private final WordAlignmentLoss alignment;
    private final Map<String, QueryLanguage> languages = new HashMap<>();

    private TranslationCheck(
            TrainConfig config,
            Path home,
            Path bertFolder,
            BertConfig bert,
            TensorFile weights,
            TextTokenizer tokenizer,
            CrossLingualNetwork teacher) {
        this.config = config;
        this.home = home;
        this.bertFolder = bertFolder;
        this.bert = bert;
        this.weights = weights;
        this.tokenizer = tokenizer;
        this.teacher = teacher;
        this.alignment = TeacherLoss.words(config.loss());
    }

    /// Takes the teacher of a run.
    ///
    /// @param run its folder
    /// @param home where models and the frozen-prefix cache are kept
    /// @param progress hears of the pre-trained encoder, when it has to be brought
    /// @throws DataException when the run has no teacher that is trained, naming the folder
    public static TranslationCheck open(Path run, Path home, ProgressListener progress) throws IOException {
        Path file = run.resolve("config.yaml");
        if (!Files.exists(file)) {
            throw DataException.in(run, "is not the folder of a training run: config.yaml is missing");
        }
        TrainConfig config = ConfigFile.read(Optional.of(file), List.of());
        Optional<Checkpoint> last = Checkpoint.last(run);
        if (last.isEmpty() || !last.get().hasTeacher()) {
            throw DataException.in(
                    run, "has no teacher: train with teacher.schedule=two_stage (or joint), and a loss that uses it");
        }
        if (last.get().state().stage().equals(TrainerState.TEACHER)) {
            throw DataException.in(run, "its teacher is not trained to the end: go on with --resume auto");
        }
        Path folder = config.text().model().equals("mbert")
                ? MultilingualBert.get(home, progress)
                : Path.of(config.text().model());
        BertConfig bert = BertConfig.read(folder);
        TensorFile weights = TensorFile.open(folder.resolve("model.safetensors"));
        try {
            Parameters parameters = new Parameters(config.seed());
            CrossLingualNetwork teacher = new CrossLingualNetwork(
                    new TextTower(config.text().tower(config.dimension()), bert, weights, parameters, "text."));
            last.get().loadTeacher(parameters);
            return new TranslationCheck(config, home, folder, bert, weights, TextTokenizer.open(folder), teacher);
        } catch (IOException | RuntimeException e) {
            weights.close();
            throw e;
        }
    }

    /// The run's settings.
    public TrainConfig config() {
        return config;
    }

    /// Looks at every translation of a split.
    ///
    /// @param manifest with its translations
    /// @param systems keys of the translations, in languages that the teacher learnt
    /// @param limit items at most; 0 = all
    /// @param cache hears of captions sent through the frozen layers
    /// @param progress hears of pairs
    /// @return the pairs, the least confident first
    /// @throws DataException when there is nothing to look at
    public List<Pair> check(
            Manifest manifest,
            String split,
            List<String> systems,
            int limit,
            ProgressListener cache,
            ProgressListener progress)
            throws IOException {
        List<Pair> checked = judged(pairs(manifest, split, systems, limit), cache, progress);
        checked.sort(Comparator.comparingDouble(Pair::confidence)
                .thenComparing(Pair::id)
                .thenComparingInt(Pair::caption)
                .thenComparing(Pair::system));
        return checked;
    }

    /// How well a kind of fault is told from right translations.
    ///
    /// @param kind e.g. `dropped`
    /// @param pairs that were given this fault
    /// @param auc probability that one of them is less trusted than a translation that was left alone
    public record Found(String kind, int pairs, double auc) {}

    /// Puts known faults into a share of the translations and tells how well the confidence finds them:
    /// another caption's translation, a third of it dropped, a translation into another language (where
    /// the manifest has any), the caption itself. What was wrong before counts as right, so the true
    /// areas are a little larger.
    ///
    /// @param share of the translations that are damaged, above 0 and below 1
    /// @return the kinds of fault, and `all` of them together
    public List<Found> validate(
            Manifest manifest,
            String split,
            List<String> systems,
            int limit,
            double share,
            long seed,
            ProgressListener cache,
            ProgressListener progress)
            throws IOException {
        if (!(share > 0 && share < 1)) {
            throw new DataException("a share of " + share + " to damage: it lies between 0 and 1");
        }
        List<Pair> pairs = pairs(manifest, split, systems, limit);
        Map<String, Item> items = new HashMap<>();
        manifest.split(split).forEach(item -> items.put(item.id(), item));
        Map<Integer, TranslationFaults.Kind> kinds = new HashMap<>();
        List<Pair> damaged = TranslationFaults.damage(
                pairs,
                share,
                seed,
                pair -> Optional.ofNullable(items.get(pair.id())).flatMap(item -> elsewhere(item, pair)),
                kinds);
        List<Pair> checked = judged(damaged, cache, progress);
        double[] whole = IntStream.range(0, checked.size())
                .filter(i -> !kinds.containsKey(i))
                .mapToDouble(i -> checked.get(i).confidence())
                .toArray();
        List<Found> found = new ArrayList<>();
        TranslationFaults.byKind(checked, kinds).forEach((kind, confidences) -> {
            if (confidences.length > 0 && whole.length > 0) {
                found.add(new Found(TrainConfig.key(kind), confidences.length, RocAuc.of(confidences, whole)));
            }
        });
        double[] faulty = kinds.keySet().stream()
                .mapToDouble(i -> checked.get(i).confidence())
                .toArray();
        if (faulty.length > 0 && whole.length > 0) {
            found.add(new Found("all", faulty.length, RocAuc.of(faulty, whole)));
        }
        return found;
    }

    /// The caption in another language than the pair's two, by the first system that has it.
    private Optional<String> elsewhere(Item item, Pair pair) {
        String target = TrainConfig.Data.language(pair.system());
        return item.translations().entrySet().stream()
                .filter(entry -> !TrainConfig.Data.language(entry.getKey()).equals(target)
                        && !TrainConfig.Data.language(entry.getKey())
                                .equals(config.data().source())
                        && pair.caption() < entry.getValue().size())
                .flatMap(entry -> Stream.ofNullable(entry.getValue().get(pair.caption())))
                .filter(text -> !text.isBlank())
                .findFirst();
    }

    /// The same pairs in the same order, looked at.
    private List<Pair> judged(List<Pair> pairs, ProgressListener cache, ProgressListener progress) throws IOException {
        Set<String> texts = new LinkedHashSet<>();
        pairs.forEach(pair -> {
            texts.add(pair.source());
            texts.add(pair.target());
        });
        Pair[] judged = new Pair[pairs.size()];
        try (StateSource source = states().open(texts, cache)) {
            torch.set_num_threads(config.train().engineThreads());
            BatchEncoder encoder = new BatchEncoder(
                    source, Training.precision(config), config.train().buckets(), 0);
            // Batches of alike length, so that little is padded; the result does not depend on them.
            int[] order = IntStream.range(0, pairs.size())
                    .boxed()
                    .sorted(Comparator.comparingInt(
                            i -> source.length(pairs.get(i).source())))
                    .mapToInt(Integer::intValue)
                    .toArray();
            for (int from = 0; from < order.length; from += BATCH) {
                int[] some = Arrays.copyOfRange(order, from, Math.min(order.length, from + BATCH));
                List<Pair> compared =
                        compare(encoder, IntStream.of(some).mapToObj(pairs::get).toList());
                for (int i = 0; i < some.length; i++) {
                    judged[some[i]] = compared.get(i);
                }
                progress.update(from + some.length, order.length, "");
            }
        }
        return new ArrayList<>(List.of(judged));
    }

    private List<Pair> pairs(Manifest manifest, String split, List<String> systems, int limit) throws DataException {
        List<Pair> pairs = new ArrayList<>();
        int items = 0;
        for (Item item : manifest.split(split)) {
            if (limit > 0 && items++ >= limit) {
                break;
            }
            List<String> captions = item.captions(config.data().source());
            for (String system : systems) {
                List<@Nullable String> translations = item.translations(system);
                for (int i = 0; i < Math.min(captions.size(), translations.size()); i++) {
                    String target = translations.get(i);
                    if (target != null && !target.isBlank() && !captions.get(i).isBlank()) {
                        pairs.add(new Pair(item.id(), i, system, captions.get(i), target, 0, 0, Optional.empty()));
                    }
                }
            }
        }
        if (pairs.isEmpty()) {
            throw DataException.in(
                    manifest.file(),
                    "split \"" + split + "\" has no captions in "
                            + config.data().source() + " with translations " + systems);
        }
        return pairs;
    }

    private List<Pair> compare(BatchEncoder encoder, List<Pair> pairs) {
        float[] words;
        float[] sentences;
        try (PointerScope _ = new PointerScope();
                NoGradGuard _ = new NoGradGuard()) {
            BatchEncoder.Encoded s = encoder.words(
                    teacher.text(), pairs.stream().map(Pair::source).toList());
            BatchEncoder.Encoded t = encoder.words(
                    teacher.text(), pairs.stream().map(Pair::target).toList());
            Tensor costs = alignment.costs(s.words(), s.mask(), t.words(), t.mask());
            words = Tensors.floats(costs.neg().add(Tensors.scalar(1)));
            sentences = Tensors.floats(
                    s.sentences().mul(t.sentences()).sum(new long[] {1}, false, new ScalarTypeOptional()));
        }
        List<Pair> compared = new ArrayList<>();
        for (int i = 0; i < pairs.size(); i++) {
            Pair pair = pairs.get(i);
            QueryLanguage expected = languages.computeIfAbsent(
                    TrainConfig.Data.language(pair.system()), language -> new QueryLanguage(Set.of(language)));
            compared.add(new Pair(
                    pair.id(),
                    pair.caption(),
                    pair.system(),
                    pair.source(),
                    pair.target(),
                    words[i],
                    sentences[i],
                    pair.target().strip().equals(pair.source().strip())
                            ? Optional.of(config.data().source())
                            : expected.of(pair.target()).other()));
        }
        return compared;
    }

    /// Where the teacher's transport plan carries each word of the source, for each pair a line a word:
    /// `dog → 狗 0.83`.
    public List<List<String>> alignments(List<Pair> pairs) throws IOException {
        Set<String> texts = new LinkedHashSet<>();
        pairs.forEach(pair -> {
            texts.add(pair.source());
            texts.add(pair.target());
        });
        List<List<String>> alignments = new ArrayList<>();
        try (StateSource source = states().open(texts, ProgressListener.NONE)) {
            BatchEncoder encoder = new BatchEncoder(source, Training.precision(config), 1, 0);
            for (Pair pair : pairs) {
                alignments.add(Alignment.of(
                                teacher,
                                encoder,
                                tokenizer,
                                config.text().maxLength(),
                                alignment,
                                pair.source(),
                                pair.target())
                        .lines());
            }
        }
        return alignments;
    }

    private Training.States states() {
        return new Training.States(
                home, bertFolder, bert, weights, tokenizer, Training.precision(config), config.text());
    }

    @Override
    public void close() throws IOException {
        tokenizer.close();
        weights.close();
    }
}
