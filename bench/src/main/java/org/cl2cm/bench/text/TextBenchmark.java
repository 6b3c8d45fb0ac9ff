package org.cl2cm.bench.text;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.global.torch;
import org.cl2cm.bench.Clock;
import org.cl2cm.bench.Ratio;
import org.cl2cm.bench.Rounds;
import org.cl2cm.data.ProgressListener;
import org.cl2cm.model.CacheFolder;
import org.cl2cm.model.Fingerprint;
import org.cl2cm.model.ModelDescription;
import org.cl2cm.model.MultilingualBert;
import org.cl2cm.model.RetrievalModel;
import org.cl2cm.model.TextTokenizer;
import org.cl2cm.model.nn.BertConfig;
import org.cl2cm.model.nn.Parameters;
import org.cl2cm.model.nn.Precision;
import org.cl2cm.model.nn.TensorFile;
import org.cl2cm.model.nn.TextTower;
import org.cl2cm.model.nn.VisionTower;

/// [RetrievalModel#encodeTexts] on mBERT against the calls of the engine on ready tensors.
public final class TextBenchmark {
    private static final int BATCH = 64;
    private static final int MAX_LENGTH = 48;
    private static final double AGREEMENT = 0.999;
    /// Eight layers of mBERT and a head of one layer; the head has random weights.
    private static final TextTower.Config TOWER =
            new TextTower.Config(8, 0, 256, 1, 4, 0.1, TextTower.Pooling.MEAN, 256);

    private final List<String> texts;
    private final int rounds;
    private final Clock clock;
    private final ProgressListener progress;

    /// @param texts to encode, a mixture of languages and lengths
    public TextBenchmark(List<String> texts, int rounds, Clock clock, ProgressListener progress) {
        this.texts = List.copyOf(texts);
        this.rounds = rounds;
        this.clock = clock;
        this.progress = progress;
    }

    /// Writes a model of random heads into `folder`, which should be empty.
    private static void writeModel(Path base, Path folder) throws IOException {
        Path weights = base.resolve("model.safetensors");
        VisionTower.Config vision = new VisionTower.Config(8, 0, 0, 0, 0, TOWER.dimension());
        Parameters parameters = new Parameters(1);
        try (TensorFile file = TensorFile.open(weights)) {
            new VisionTower(vision, parameters, "vision.");
            new TextTower(TOWER, BertConfig.read(base), file, parameters, "text.");
        }
        ModelDescription description = new ModelDescription(
                ModelDescription.FORMAT,
                "",
                TOWER.dimension(),
                "mbert",
                Fingerprint.ofFile(weights),
                MAX_LENGTH,
                TOWER,
                vision,
                "en",
                List.of(),
                Map.of(),
                null,
                null,
                null);
        RetrievalModel.write(folder, description, parameters);
    }

    /// @param threads of the engine
    /// @return the lines of a Markdown table
    /// @throws IOException when both do not give the same vectors
    public List<String> run(List<Integer> threads) throws IOException {
        Path base = MultilingualBert.get(CacheFolder.home(), progress);
        Path folder = Files.createTempDirectory("cl2cm-bench");
        try (PointerScope _ = new PointerScope()) {
            writeModel(base, folder);
            torch.ScalarType type =
                    Precision.best() == Precision.BFLOAT16 ? torch.ScalarType.BFloat16 : torch.ScalarType.Float;
            BareEncoder bare = new BareEncoder(base, folder, BertConfig.read(base), TOWER, type);
            try (RetrievalModel model = RetrievalModel.open(folder, progress);
                    TextTokenizer tokenizer = TextTokenizer.open(base)) {
                int[][] tokens = tokenizer.encode(texts, MAX_LENGTH);
                List<ReadyBatch> batches = ReadyBatch.of(tokens, BATCH, type);
                agree(model, bare, tokens, batches.getFirst());
                return table(model, tokenizer, bare, tokens, batches, threads);
            }
        } finally {
            Files.deleteIfExists(folder.resolve("model.safetensors"));
            Files.deleteIfExists(folder.resolve(ModelDescription.FILE));
            Files.deleteIfExists(folder);
        }
    }

    private List<String> table(
            RetrievalModel model,
            TextTokenizer tokenizer,
            BareEncoder bare,
            int[][] tokens,
            List<ReadyBatch> batches,
            List<Integer> threads)
            throws IOException {
        long count = Arrays.stream(tokens).mapToLong(row -> row.length).sum();
        List<String> lines = new ArrayList<>();
        lines.add(String.format(
                Locale.ROOT,
                "%d texts, %d tokens; mBERT, %d layers and the default head; %s; %s.",
                texts.size(),
                count,
                TOWER.depth(),
                Precision.best().name().toLowerCase(Locale.ROOT),
                clock.describe()));
        lines.add("");
        lines.add("| threads | encodeTexts, tokens/s | bare engine, tokens/s | ratio | tokenizer's share |");
        lines.add("| --- | --- | --- | --- | --- |");
        for (int n : threads) {
            torch.set_num_threads(n);
            Map<String, Rounds.Work> works = new LinkedHashMap<>();
            works.put("own", () -> model.encodeTexts(texts));
            works.put("bare", () -> batches.forEach(bare::encode));
            works.put("tokenizer", () -> tokenizer.encode(texts, MAX_LENGTH));
            Rounds measured = Rounds.run(clock, rounds, works);
            Ratio share = Ratio.of(measured.of("tokenizer"), measured.of("own"));
            lines.add(String.format(
                    Locale.ROOT,
                    "| %d | %.0f | %.0f | %s | %.1f %% |",
                    n,
                    count / measured.median("own"),
                    count / measured.median("bare"),
                    measured.speed("own", "bare"),
                    100 * share.value()));
        }
        return lines;
    }

    /// The shortest texts, encoded both ways.
    private void agree(RetrievalModel model, BareEncoder bare, int[][] tokens, ReadyBatch shortest) throws IOException {
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < tokens.length; i++) {
            order.add(i);
        }
        order.sort(Comparator.comparingInt(i -> tokens[i].length));
        int rows = Math.toIntExact(shortest.ids().size(0));
        float[] own = model.encodeTexts(
                order.subList(0, rows).stream().map(texts::get).toList());
        float[] other = bare.encode(shortest);
        double cosine = 0;
        for (int i = 0; i < own.length; i++) {
            cosine += own[i] * other[i];
        }
        if (!(cosine / rows > AGREEMENT)) {
            throw new IOException("the two encoders differ: mean cosine " + cosine / rows);
        }
    }
}
