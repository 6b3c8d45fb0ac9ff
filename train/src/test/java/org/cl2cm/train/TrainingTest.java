package org.cl2cm.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.cl2cm.data.DataException;
import org.cl2cm.data.FeatureStore;
import org.cl2cm.data.Manifest;
import org.cl2cm.data.ProgressListener;
import org.cl2cm.evaluate.Metrics;
import org.cl2cm.evaluate.Ranks;
import org.cl2cm.evaluate.RunFile;
import org.cl2cm.model.Reranker;
import org.cl2cm.model.RetrievalModel;
import org.cl2cm.model.Safetensors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TrainingTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    /// 48 images of 48 different things: by chance SumR is about 100.
    private static final double FAR_ABOVE_CHANCE = 350;

    @TempDir
    private Path folder;

    @BeforeEach
    void world() throws IOException {
        ToyWorld.write(folder, 1);
    }

    private Path train(String run, boolean resume, String... settings) throws IOException {
        TrainConfig config = ConfigFile.read(Optional.empty(), ToyWorld.settings(folder, settings));
        return training(config).run(folder.resolve(run), resume);
    }

    private Training training(TrainConfig config) {
        return new Training(
                config,
                folder.resolve("home"),
                ProgressListener.NONE,
                ProgressListener.NONE,
                ProgressListener.NONE,
                m -> {});
    }

    private List<JsonNode> epochs(String run) throws IOException {
        List<JsonNode> records = new ArrayList<>();
        for (String line : Files.readAllLines(folder.resolve(run).resolve("log.jsonl"))) {
            JsonNode node = JSON.readTree(line);
            if (node.has("valid") && node.path("stage").asText().equals("student")) {
                records.add(node);
            }
        }
        return records;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "teacher.schedule=two_stage,loss.d=0.5",
                "teacher.schedule=joint,loss.d=0.5,loss.words=transport_cost,loss.d_modal=0.1",
                "teacher.schedule=joint,teacher.shared=true,loss.d=0.5,loss.b=0.1,loss.learn_temperature=true",
                "teacher.schedule=two_stage,teacher.epochs=12,loss.vt=0,loss.d=1,loss.d_temperature=0.07,loss.b_pairs=5",
                "text.trainable=1,loss.vs=0,text.blocks=1,text.pooling=mean",
                "text.trainable=2,loss.transport=sinkhorn,teacher.schedule=two_stage,teacher.epochs=1,loss.d=1",
                "text.word_dropout=0.5,loss.learn_temperature=true,teacher.schedule=two_stage,loss.d=0.5",
                "teacher.schedule=two_stage,teacher.parallel_share=0.5,loss.d=0.5,loss.d_text=1,train.parallel_share=0.3,"
                        + "data.parallel=[FOLDER/parallel.jsonl]",
                "train.accumulate=2,train.epochs=24,text.width=0,text.pooling=mean_max,vision.width=16",
                "objective=nrccr,text.blocks=1,text.pooling=mean,nrccr.cycle=1,nrccr.back=[en.xx-mt]",
                "objective=dcot",
                "loss.vt=0,loss.vs=0,loss.languages=1,loss.agreement=0.1,loss.modal=0.1",
                "masked.weight=0.1,text.trainable=1,momentum.weight=1,momentum.queue=300,momentum.rate=0.9",
            })
    void learnsTheToyWorldInALanguageWithoutCaptions(String settings) throws IOException {
        Path model = train(
                "run",
                false,
                settings.isEmpty()
                        ? new String[0]
                        : settings.replace("FOLDER", folder.toString()).split(",", -1));

        List<JsonNode> epochs = epochs("run");
        assertThat(epochs).hasSize(settings.contains("train.epochs=24") ? 24 : 12);
        double best = epochs.stream()
                .mapToDouble(node -> node.path("valid").path("xx").asDouble())
                .max()
                .orElseThrow();
        assertThat(best).isGreaterThan(FAR_ABOVE_CHANCE);
        try (RetrievalModel network = RetrievalModel.open(model, ProgressListener.NONE);
                FeatureStore store = FeatureStore.open(folder.resolve("features.npy"))) {
            assertThat(network.description().targets()).containsExactly("xx");
            float[] text = network.encodeTexts(List.of("xa xred xdog", "xa xblue xboat"));
            assertThat(dot(text, text, 0, 0, network.dimension())).isCloseTo(1, within(1e-3));
            float[] images = network.encodeFeatures(store, store.ids().subList(0, 48));
            // Item 0 is a red dog.
            int better = 0;
            for (int i = 0; i < 48; i++) {
                if (dot(text, images, 0, i, network.dimension()) > dot(text, images, 0, 0, network.dimension())) {
                    better++;
                }
            }
            assertThat(better).isLessThan(5);
        }
    }

    private static org.assertj.core.data.Offset<Double> within(double tolerance) {
        return org.assertj.core.data.Offset.offset(tolerance);
    }

    private static double dot(float[] a, float[] b, int i, int j, int dimension) {
        double sum = 0;
        for (int k = 0; k < dimension; k++) {
            sum += a[i * dimension + k] * b[j * dimension + k];
        }
        return sum;
    }

    @Test
    void parallelTextOfTheStudentNeedsTheLossThatLearnsFromIt() {
        assertThatThrownBy(() -> train(
                        "run",
                        false,
                        "train.parallel_share=0.3",
                        "data.parallel=[" + folder.resolve("parallel.jsonl") + "]"))
                .hasMessageContaining("train.parallel_share")
                .hasMessageContaining("loss.d_text");
    }

    @Test
    void scoresTheFinishedModelOnTheTestSplit() throws IOException {
        Path model = train("run", false, "data.test=[val]");

        Ranks ranks = RunFile.read(folder.resolve("run/ranks/val.xx" + RunFile.SUFFIX))
                .ranks();
        assertThat(ranks.queryCount()).isEqualTo(96);
        double best = epochs("run").stream()
                .mapToDouble(node -> node.path("valid").path("xx").asDouble())
                .max()
                .orElseThrow();
        // The split is the one that selected, so the score is the best one of the log.
        assertThat(Metrics.of(ranks).sumR()).isCloseTo(best, within(0.06));
        JsonNode done = JSON.readTree(folder.resolve("run/done.json").toFile());
        assertThat(done.path("peak_mb").asLong()).isPositive();
        assertThat(done.path("seconds").has("test")).isTrue();
        assertThat(model).isDirectory();
    }

    @Test
    void showsWhichWordsTheTeacherAligns() throws IOException {
        TrainConfig config = ConfigFile.read(
                Optional.empty(),
                ToyWorld.settings(
                        folder, "teacher.schedule=two_stage", "teacher.epochs=6", "loss.b=1", "train.epochs=1"));
        training(config).run(folder.resolve("run"), false, 3);

        List<String> lines = Files.readAllLines(folder.resolve("run/explain.txt"));
        List<String> aligned =
                lines.stream().filter(line -> line.startsWith("  ")).toList();
        // Three pairs of three or four words; every word's translation is the word with an x before it.
        assertThat(aligned).hasSizeBetween(9, 12);
        assertThat(aligned)
                .filteredOn(line -> line.strip().matches("(\\w+) → x\\1 .*"))
                .hasSizeGreaterThan(7);
        assertThat(Files.readString(folder.resolve("run/explain.svg"))).contains("<svg", "xred");
        assertThatThrownBy(() -> training(ConfigFile.read(Optional.empty(), ToyWorld.settings(folder)))
                        .run(folder.resolve("other"), false, 3))
                .hasMessageContaining("teacher.schedule");
    }

    @Test
    void sameSeedGivesTheSameModelBitForBit() throws IOException {
        Path one = train("one", false);
        Path two = train("two", false);
        assertThat(two.resolve("model.safetensors")).hasSameBinaryContentAs(one.resolve("model.safetensors"));
        Path other = train("other", false, "seed=2");
        assertThat(Files.mismatch(one.resolve("model.safetensors"), other.resolve("model.safetensors")))
                .isNotNegative();
    }

    @Test
    void takesTheTeacherOfAnotherRunAndLearnsTheSameFromIt() throws IOException {
        String[] settings = {"teacher.schedule=two_stage", "teacher.epochs=3", "loss.d=0.5", "train.epochs=3"};
        Path own = train("own", false, settings);
        Path taken = train("taken", false, and(settings, "teacher.from=" + folder.resolve("own")));

        assertThat(taken.resolve("model.safetensors")).hasSameBinaryContentAs(own.resolve("model.safetensors"));
        assertThat(folder.resolve("taken/log.jsonl")).content().doesNotContain("\"stage\":\"teacher\"");

        train("base", false, "train.epochs=1");
        assertThatThrownBy(() -> train("x", false, and(settings, "teacher.from=" + folder.resolve("base"))))
                .hasMessageContaining("teacher.from")
                .hasMessageContaining("no teacher");
        assertThatThrownBy(() -> train("x", false, and(settings, "teacher.from=" + folder.resolve("nowhere"))))
                .hasMessageContaining("nowhere")
                .hasMessageContaining("teacher.from");
        assertThatThrownBy(
                        () -> train("x", false, and(settings, "teacher.from=" + folder.resolve("own"), "dimension=8")))
                .hasMessageContaining("teacher.from")
                .hasMessageContaining("dimension");
        assertThatThrownBy(() -> train("x", false, "teacher.from=" + folder.resolve("own")))
                .hasMessageContaining("teacher.schedule=two_stage");
        assertThat(folder.resolve("x")).doesNotExist();
    }

    @Test
    void aRerankerBringsUpImagesThatAPoorStudentPutsTooLow() throws IOException {
        String[] settings = {"train.epochs=2", "rerank.layers=1", "rerank.width=32", "rerank.candidates=20"};
        Path whole = train("whole", false, and(settings, "rerank.epochs=8", "rerank.rate=0.003", "data.test=[val]"));
        JsonNode last = rerankEpochs("whole").getLast().path("valid");
        assertThat(last.path("xx").asDouble())
                .isGreaterThan(last.path("xx_before").asDouble() + 10);
        // The split is the one that selected, so the score is that of the best epoch.
        Ranks ranks = RunFile.read(folder.resolve("whole/ranks/val.xx" + RunFile.SUFFIX))
                .ranks();
        double best = rerankEpochs("whole").stream()
                .mapToDouble(epoch -> epoch.path("valid").path("xx").asDouble())
                .max()
                .orElseThrow();
        assertThat(Metrics.of(ranks).textToImage().sumOfRecalls()).isCloseTo(best, within(0.06));

        // From a run that has ended: the same model and the same re-ranker.
        train("student", false, "train.epochs=2");
        String[] more = and(settings, "rerank.epochs=8", "rerank.rate=0.003");
        Path taken = train("taken", false, and(more, "rerank.from=" + folder.resolve("student")));
        assertThat(taken.resolve("model.safetensors")).hasSameBinaryContentAs(whole.resolve("model.safetensors"));
        assertThat(taken.resolve(Reranker.FILE)).hasSameBinaryContentAs(whole.resolve(Reranker.FILE));
        try (Safetensors file = Safetensors.open(taken.resolve(Reranker.FILE))) {
            assertThat(file.metadata().keySet())
                    .as("in this order in every process")
                    .containsExactly("model", "network", "weight", "candidates");
        }
        assertThat(rerankEpochs("taken")).hasSize(8);
        assertThat(epochs("taken")).isEmpty();
        JsonNode done = JSON.readTree(folder.resolve("taken/done.json").toFile());
        assertThat(done.path("epochs").asInt()).isEqualTo(2);

        // What the model folder says is what the run measured.
        try (RetrievalModel model = RetrievalModel.open(whole, ProgressListener.NONE);
                FeatureStore store = FeatureStore.open(folder.resolve("features.npy"))) {
            Reranker reranker = model.reranker().orElseThrow();
            assertThat(reranker.candidates()).isEqualTo(20);
            assertThat(reranker.weight()).isPositive();
            List<String> ids = ranks.galleryIds();
            float[] gallery = model.encodeFeatures(store, ids);
            int query = ranks.queryIds().indexOf(ids.getFirst() + "#0");
            String text = Manifest.read(folder.resolve("manifest.jsonl"))
                    .split("val")
                    .getFirst()
                    .captions("xx")
                    .getFirst();
            float[] scores = model.rerank(text, gallery);
            float[] vector = model.encodeTexts(List.of(text));
            List<Integer> rows =
                    new ArrayList<>(IntStream.range(0, ids.size()).boxed().toList());
            rows.sort(Comparator.comparingDouble(row -> -dot(vector, gallery, 0, row, model.dimension())));
            List<Integer> best20 = new ArrayList<>(rows.subList(0, 20));
            best20.sort(Comparator.comparingDouble(row -> -scores[row]));
            int place = best20.indexOf(ranks.target(query));
            assertThat(place < 0 ? ranks.textToImage(query) : place + 1).isEqualTo(ranks.textToImage(query));
        }
    }

    private List<JsonNode> rerankEpochs(String run) throws IOException {
        List<JsonNode> records = new ArrayList<>();
        for (String line : Files.readAllLines(folder.resolve(run).resolve("log.jsonl"))) {
            JsonNode node = JSON.readTree(line);
            if (node.has("valid") && node.path("stage").asText().equals("rerank")) {
                records.add(node);
            }
        }
        return records;
    }

    @Test
    void takesOnlyNetworksThatFit() throws IOException {
        train("run", false, "train.epochs=1");
        String from = "rerank.from=" + folder.resolve("run");
        assertThatThrownBy(() -> train("x", false, from)).hasMessageContaining("set rerank.layers");
        assertThatThrownBy(() -> train("x", false, from, "rerank.layers=1", "dimension=16"))
                .hasMessageContaining("rerank.from")
                .hasMessageContaining("\"dimension\"");
        assertThatThrownBy(() -> train("x", false, from, "rerank.layers=1", "vision.width=16"))
                .hasMessageContaining("rerank.from")
                .hasMessageContaining("\"vision\"");
        assertThatThrownBy(() -> train("x", false, "rerank.layers=1", "rerank.from=" + folder.resolve("nowhere")))
                .hasMessageContaining("nowhere")
                .hasMessageContaining("no run that has ended");
        assertThat(folder.resolve("x")).doesNotExist();
    }

    private static String[] and(String[] settings, String... more) {
        return Stream.concat(Stream.of(settings), Stream.of(more)).toArray(String[]::new);
    }

    @Test
    void aRunOfAnEarlierVersionGoesOnAlthoughAKeyHasComeSince() throws IOException {
        train("run", false, "train.epochs=2");
        Path file = folder.resolve("run/config.yaml");
        String before = Files.readString(file);
        Files.writeString(file, before.replaceFirst("(?m)^ {2}from: .*\\R", ""));
        assertThat(Files.readString(file)).isNotEqualTo(before);

        train("run", true, "train.epochs=2");

        assertThatThrownBy(() -> train("run", true, "train.epochs=3"))
                .hasMessageContaining("other settings")
                .hasMessageContaining("train.epochs was 2, is 3");
    }

    @Test
    void resumesExactlyAfterKill() throws Exception {
        // With what else has a state: a discriminator, a momentum encoder and its queue, a re-ranker.
        String[] settings = {
            "teacher.schedule=two_stage",
            "teacher.epochs=3",
            "loss.d=0.5",
            "objective=nrccr",
            "text.blocks=1",
            "momentum.weight=0.5",
            "momentum.queue=300",
            "train.epochs=8",
            "rerank.layers=1",
            "rerank.width=32",
            "rerank.epochs=4",
            "train.checkpoint_minutes=0.001"
        };
        train("undisturbed", false, settings);
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        int kills = 0;
        Path done = folder.resolve("killed").resolve("model").resolve("cl2cm.json");
        for (int attempt = 0; attempt < 40 && !Files.exists(done); attempt++) {
            Process child = child("killed", settings);
            // The JVM takes its time to start; kill while it trains, wherever that is, at most five times.
            long wait = kills < 5 ? 700 + random.nextInt(1500) : TimeUnit.MINUTES.toMillis(5);
            if (child.waitFor(wait, TimeUnit.MILLISECONDS)) {
                try (InputStream out = child.getInputStream()) {
                    assertThat(child.exitValue())
                            .as(
                                    "seed %d: %s",
                                    seed, new String(out.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8))
                            .isZero();
                }
            } else {
                child.destroyForcibly().waitFor();
                kills++;
            }
        }
        assertThat(done).as("seed %d", seed).exists();
        assertThat(folder.resolve("killed/model/model.safetensors"))
                .as("seed %d, %d kills", seed, kills)
                .hasSameBinaryContentAs(folder.resolve("undisturbed/model/model.safetensors"));
        assertThat(folder.resolve("killed/model").resolve(Reranker.FILE))
                .as("seed %d, %d kills", seed, kills)
                .hasSameBinaryContentAs(folder.resolve("undisturbed/model").resolve(Reranker.FILE));
        assertThat(losses("killed")).as("seed %d", seed).isEqualTo(losses("undisturbed"));
    }

    private List<String> losses(String run) throws IOException {
        List<String> losses = new ArrayList<>();
        for (String line : Files.readAllLines(folder.resolve(run).resolve("log.jsonl"))) {
            JsonNode node = JSON.readTree(line);
            losses.add(node.path("position") + " " + node.path("loss") + " " + node.path("valid"));
        }
        return losses;
    }

    private Process child(String run, String... settings) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "--enable-native-access=ALL-UNNAMED",
                "--add-modules=jdk.incubator.vector",
                "-Dorg.bytedeco.javacpp.maxPhysicalBytes=0",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                folder.toString(),
                run));
        command.addAll(List.of(settings));
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve(run + ".out").toFile())
                .start();
    }

    /// What the killed process runs.
    static final class Main {
        private Main() {}

        public static void main(String[] arguments) throws IOException {
            Path folder = Path.of(arguments[0]);
            String[] settings = Stream.of(arguments).skip(2).toArray(String[]::new);
            TrainConfig config = ConfigFile.read(Optional.empty(), ToyWorld.settings(folder, settings));
            new Training(
                            config,
                            folder.resolve("home"),
                            ProgressListener.NONE,
                            ProgressListener.NONE,
                            ProgressListener.NONE,
                            m -> {})
                    .run(folder.resolve(arguments[1]), true);
        }
    }

    @Test
    void refusesToMixRunsInOneFolder() throws IOException {
        train("run", false, "train.epochs=1");
        assertThatThrownBy(() -> train("run", false, "train.epochs=1"))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("--resume auto");
        assertThatThrownBy(() -> train("run", true, "train.epochs=2"))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("config.yaml")
                .hasMessageContaining("train.epochs was 1, is 2");
    }

    @Test
    void refusesAFolderInWhichAnotherProcessTrains() throws IOException {
        Path run = Files.createDirectories(folder.resolve("run"));
        try (RunLock _ = RunLock.take(run)) {
            assertThatThrownBy(() -> train("run", true, "train.epochs=1"))
                    .isInstanceOf(DataException.class)
                    .hasMessageContaining(run.toString())
                    .hasMessageContaining("another process");
        }
        train("run", true, "train.epochs=1");
        assertThat(epochs("run")).hasSize(1);
    }

    /// Pixels instead of features: the residual network's weights and its optimizer state come back
    /// too.
    @Test
    void resumesExactlyWithPixels() throws IOException {
        ToyWorld.writePixels(folder, 16);
        String[] settings = {
            "vision.pixels=16", "vision.channels=8", "train.epochs=4", "train.rate=0.001", "train.checkpoint_minutes=0"
        };
        train("undisturbed", false, settings);
        TrainConfig config = ConfigFile.read(Optional.empty(), ToyWorld.settings(folder, settings));
        // The first report comes after step 20, in the middle of the second epoch.
        ProgressListener stop = (done, total, detail) -> {
            throw new IllegalStateException("stopped after step " + done);
        };
        assertThatThrownBy(() -> new Training(
                                config,
                                folder.resolve("home"),
                                ProgressListener.NONE,
                                ProgressListener.NONE,
                                stop,
                                m -> {})
                        .run(folder.resolve("stopped"), false))
                .hasMessage("stopped after step 20");

        train("stopped", true, settings);

        assertThat(folder.resolve("stopped/model/model.safetensors"))
                .hasSameBinaryContentAs(folder.resolve("undisturbed/model/model.safetensors"));
        assertThat(losses("stopped")).hasSize(6).isEqualTo(losses("undisturbed"));
        assertThat(epochs("undisturbed").getLast().path("valid").path("xx").asDouble())
                .as("SumR; by chance about 100")
                .isGreaterThan(120);
    }
}
