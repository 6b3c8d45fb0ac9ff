package org.cl2cm.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.cl2cm.data.FeatureStore;
import org.cl2cm.data.FeatureWriter;
import org.cl2cm.data.ProgressListener;
import org.cl2cm.fixture.PictureWorld;
import org.cl2cm.model.ModelDescription;
import org.cl2cm.model.Reranker;
import org.cl2cm.model.RetrievalModel;
import org.cl2cm.model.nn.FusionNetwork;
import org.cl2cm.model.nn.Parameters;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Search with a picture: from `encode` through `train` and `index` to the answer.
class ImageSearchTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path folder = Path.of("");

    private String at(String name) {
        return folder.resolve(name).toString();
    }

    private Path encode(String... options) {
        List<String> words = new ArrayList<>(List.of("encode", at("manifest.jsonl"), "--threads", "1"));
        words.addAll(List.of(options));
        words.addAll(List.of("--to", at("features")));
        Said said = Said.by(words.toArray());
        assertThat(said.exit()).as(said.err()).isEqualTo(ExitCode.DONE);
        return folder.resolve("features");
    }

    private Said create(String name, Path model, Path features) {
        return Said.by(
                "index",
                "create",
                name,
                "--manifest",
                at("manifest.jsonl"),
                "--model",
                model.toString(),
                "--features",
                features.toString(),
                "--collections",
                at("c"));
    }

    private Said search(String... words) {
        List<String> all = new ArrayList<>(List.of("search", "photos", "--collections", at("c"), "--format", "json"));
        all.addAll(List.of(words));
        return Said.by(all.toArray());
    }

    /// Each picture finds itself, with a cosine of 1.
    private void findsThemselves(String... options) throws IOException {
        for (int i : new int[] {0, 11, PictureWorld.PICTURES - 1}) {
            List<String> words = new ArrayList<>(List.of("--image", at("images/p" + i + ".png")));
            words.addAll(List.of(options));
            Said said = search(words.toArray(String[]::new));
            assertThat(said.exit()).as(said.err()).isEqualTo(ExitCode.DONE);
            JsonNode hit = JSON.readTree(said.out()).at("/results/0/hits/0");
            assertThat(hit.get("id").textValue()).isEqualTo("p" + i);
            assertThat(hit.get("score").doubleValue()).isGreaterThan(0.9999);
        }
    }

    @Test
    void aPictureFindsItselfByItsPixels() throws IOException {
        PictureWorld.write(folder);
        Path features = encode("--encoder", "pixels:16");
        Path model = PictureWorld.train(folder, "run", features, "vision.pixels=16", "vision.channels=16");
        assertThat(create("photos", model, features).exit()).isEqualTo(ExitCode.DONE);
        findsThemselves();

        ModelDescription description = ModelDescription.read(model);
        String encoder = description.encoder().orElseThrow().fingerprint();
        assertThat(description.encoder().orElseThrow().encoders())
                .singleElement()
                .satisfies(source -> assertThat(source.path()).isEqualTo("pixels:16"));
        assertThat(description.provenance()).containsKeys("version", "revision").containsEntry("version", "0.1.0");
        assertThat(Said.by("index", "stats", "photos", "--collections", at("c")).out())
                .contains("encoder      " + encoder);
    }

    @Test
    void theRerankerOfTheModelSortsTheBestAnew() throws IOException {
        PictureWorld.write(folder);
        Path features = encode("--encoder", "pixels:16");
        String[] pixels = {"vision.pixels=16", "vision.channels=16"};
        Path model = PictureWorld.train(folder, "run", features, pixels);
        create("photos", model, features);
        String text = "a square in red";
        Said without = search(text, "--rerank");
        assertThat(without.exit()).isEqualTo(ExitCode.FAILED);
        assertThat(without.err()).contains(model.toString(), "no re-ranker", "rerank.layers");

        // A network of random weights whose opinion counts much.
        int dimension = ModelDescription.read(model).dimension();
        Parameters parameters = new Parameters(3);
        FusionNetwork.Config config = new FusionNetwork.Config(32, dimension, 2, 16, 4, 1, 0);
        new FusionNetwork(config, parameters, "");
        Reranker.write(model, config, parameters, 10, 6);

        List<String> plain = ids(search(text, "--top", "12"));
        List<String> expected = new ArrayList<>(plain.subList(0, 6));
        try (RetrievalModel opened = RetrievalModel.open(model, ProgressListener.NONE);
                FeatureStore store = FeatureStore.open(features)) {
            float[] scores = opened.rerank(text, opened.encodeFeatures(store, expected));
            List<String> before = List.copyOf(expected);
            expected.sort(Comparator.comparingDouble(id -> -scores[before.indexOf(id)]));
        }
        assertThat(expected).isNotEqualTo(plain.subList(0, 6));
        assertThat(ids(search(text, "--top", "6", "--rerank"))).isEqualTo(expected);
        assertThat(ids(search(text, "--top", "12", "--rerank", "6")))
                .startsWith(expected.toArray(String[]::new))
                .endsWith(plain.subList(6, 12).toArray(String[]::new));

        Said picture = search("--image", at("images/p1.png"), "--rerank");
        assertThat(picture.exit()).isEqualTo(ExitCode.USAGE);
        assertThat(picture.err()).contains("--rerank is for queries of words");

        Said evaluated = Said.by(
                "evaluate",
                "model",
                model.toString(),
                "--manifest",
                at("manifest.jsonl"),
                "--features",
                features.toString(),
                "--split",
                "val",
                "--language",
                "en",
                "--rerank");
        assertThat(evaluated.exit()).as(evaluated.err()).isEqualTo(ExitCode.DONE);
        assertThat(evaluated.out()).contains("run.en", "run.en.reranked");
        assertThat(evaluated.err()).containsPattern("sorting 6 images of a text anew: median [0-9.]+ ms");
        assertThat(Said.by("model", "show", model.toString()).out()).contains("for the best 6 of a text");

        // That of another model is refused, and so is one that was cut off.
        Path other = PictureWorld.train(folder, "other", features, "seed=2", pixels[0], pixels[1]);
        Files.copy(model.resolve(Reranker.FILE), other.resolve(Reranker.FILE));
        assertThat(search(text, "--model", other.toString()).err()).isNotEmpty();
        Said verified = Said.by("model", "verify", other.toString());
        assertThat(verified.exit()).isEqualTo(ExitCode.FAILED);
        assertThat(verified.out() + verified.err()).contains(Reranker.FILE, "was made for model");
        byte[] bytes = Files.readAllBytes(model.resolve(Reranker.FILE));
        Files.write(model.resolve(Reranker.FILE), Arrays.copyOf(bytes, bytes.length / 2));
        Said damaged = search(text, "--rerank");
        assertThat(damaged.exit()).isEqualTo(ExitCode.FAILED);
        assertThat(damaged.err()).contains(Reranker.FILE);
    }

    private static List<String> ids(Said said) throws IOException {
        assertThat(said.exit()).as(said.err()).isEqualTo(ExitCode.DONE);
        return JSON.readTree(said.out()).at("/results/0/hits").findValuesAsText("id");
    }

    @Test
    void picturesThatCannotBeReadAreNamed() throws IOException {
        PictureWorld.write(folder);
        Path features = encode("--encoder", "pixels:16");
        create(
                "photos",
                PictureWorld.train(folder, "run", features, "vision.pixels=16", "vision.channels=16"),
                features);
        Files.writeString(folder.resolve("text.jpg"), "no picture at all");
        Files.write(folder.resolve("bomb.png"), png(50_000, 50_000));
        for (var bad : List.of(
                List.of("text.jpg", "not a JPEG, PNG"),
                List.of("bomb.png", "50000 x 50000 pixels are more than"),
                List.of("nowhere.jpg", "no such file"))) {
            Said said = search("--image", at(bad.getFirst()));
            assertThat(said.exit()).isEqualTo(ExitCode.FAILED);
            assertThat(said.out()).isEmpty();
            assertThat(said.err()).contains(at(bad.getFirst()), bad.getLast());
        }
    }

    /// The head of a PNG of this size.
    private static byte[] png(int width, int height) {
        ByteBuffer chunk = ByteBuffer.allocate(17).put("IHDR".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
        chunk.putInt(width).putInt(height).put(new byte[] {8, 2, 0, 0, 0});
        CRC32 sum = new CRC32();
        sum.update(chunk.array());
        return ByteBuffer.allocate(8 + 4 + 17 + 4)
                .put(new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'})
                .putInt(13)
                .put(chunk.array())
                .putInt((int) sum.getValue())
                .array();
    }

    @Test
    void severalEncodersStandSideBySideAndMayMove() throws IOException {
        PictureWorld.write(folder);
        Path features =
                encode("--encoder", at("one.onnx"), "--encoder", at("two.onnx"), "--output", "grid", "--pool", "4");
        Path model = PictureWorld.train(folder, "run", features);
        assertThat(create("photos", model, features).exit()).isEqualTo(ExitCode.DONE);
        findsThemselves();

        Files.createDirectory(folder.resolve("moved"));
        for (String name : List.of("one.onnx", "two.onnx")) {
            Files.move(folder.resolve(name), folder.resolve("moved").resolve(name));
        }
        String picture = at("images/p0.png");
        Said lost = search("--image", picture);
        assertThat(lost.exit()).isEqualTo(ExitCode.FAILED);
        assertThat(lost.err()).contains(at("one.onnx"), "no such file", "--encoder one.onnx --encoder two.onnx");
        assertThat(search("a square").exit()).as("words need no image encoder").isEqualTo(ExitCode.DONE);
        findsThemselves("--encoder", at("moved/one.onnx"), "--encoder", at("moved/two.onnx"));

        Said few = search("--image", picture, "--encoder", at("moved/one.onnx"));
        assertThat(few.exit()).isEqualTo(ExitCode.FAILED);
        assertThat(few.err()).contains("has 2 image encoders, --encoder names 1");
        Said other = search("--image", picture, "--encoder", at("moved/two.onnx"), "--encoder", at("moved/one.onnx"));
        assertThat(other.exit()).isEqualTo(ExitCode.FAILED);
        String trained = ModelDescription.read(model).encoder().orElseThrow().fingerprint();
        assertThat(other.err())
                .contains(trained, at("moved/two.onnx"), "their order: --encoder one.onnx --encoder two.onnx");

        // Features of other encoders and the same length are refused wherever they meet the model.
        Said again = Said.by(
                "encode",
                at("manifest.jsonl"),
                "--encoder",
                at("moved/two.onnx"),
                "--encoder",
                at("moved/one.onnx"),
                "--output",
                "grid",
                "--pool",
                "4",
                "--to",
                at("others"));
        assertThat(again.exit()).as(again.err()).isEqualTo(ExitCode.DONE);
        Said mixed = create("mixed", model, folder.resolve("others"));
        assertThat(mixed.exit()).isEqualTo(ExitCode.FAILED);
        assertThat(mixed.err()).contains(at("others"), trained);
    }

    @Test
    void readyMadeFeaturesHaveNoEncoderAndAnotherModelIsRefused() throws IOException {
        PictureWorld.write(folder);
        try (FeatureStore store = FeatureStore.open(encode("--encoder", at("one.onnx")))) {
            List<float[]> rows = new ArrayList<>();
            for (String id : store.ids()) {
                rows.add(store.get(id));
            }
            FeatureWriter.write(folder.resolve("ready.npy"), store.ids(), rows);
        }
        Path ready = folder.resolve("ready.npy");
        Path model = PictureWorld.train(folder, "run", ready);
        assertThat(create("photos", model, ready).exit()).isEqualTo(ExitCode.DONE);
        assertThat(Files.readString(model.resolve("cl2cm.json"))).doesNotContain("image_encoder");
        Said said = search("--image", at("images/p0.png"));
        assertThat(said.exit()).isEqualTo(ExitCode.FAILED);
        assertThat(said.err()).contains(model.toString(), "ready-made features", "--like ID");

        Path other = PictureWorld.train(folder, "other", ready, "seed=2");
        Said refused = search("a square in red", "--model", other.toString());
        assertThat(refused.exit()).isEqualTo(ExitCode.FAILED);
        assertThat(refused.out()).isEmpty();
        assertThat(refused.err())
                .contains(
                        ModelDescription.read(model).fingerprint(),
                        ModelDescription.read(other).fingerprint());
    }

    @Test
    void aPhotographFindsItselfByTwoMobileNets() throws IOException {
        Path shared = Path.of(System.getProperty("cl2cm.root", ".."), "..", "shared");
        Path photographs = shared.resolve("data/flickr8k/images");
        Path encoders = shared.resolve("models/vision");
        boolean there = Files.isDirectory(photographs) && Files.isDirectory(encoders);
        if (!there) {
            System.err.println("ImageSearchTest: skipped, no " + shared + " with photographs and encoders");
        }
        Assumptions.assumeTrue(there, "no shared photographs and encoders");
        PictureWorld.write(folder);
        List<String> media;
        try (Stream<Path> files = Files.list(photographs)) {
            media = files.sorted()
                    .limit(PictureWorld.PICTURES)
                    .map(file -> file.toAbsolutePath().normalize().toString())
                    .toList();
        }
        PictureWorld.manifest(folder, media);
        Path features = encode(
                "--encoder",
                encoders.resolve("mobilenet_v1_imagenet.onnx").toString(),
                "--encoder",
                encoders.resolve("mobilenet_v2_imagenet.onnx").toString());
        Path model = PictureWorld.train(folder, "run", features);
        assertThat(create("photos", model, features).exit()).isEqualTo(ExitCode.DONE);
        Said said = search("--image", media.get(3), "--image", media.get(17));
        assertThat(said.exit()).as(said.err()).isEqualTo(ExitCode.DONE);
        JsonNode results = JSON.readTree(said.out()).get("results");
        assertThat(results.at("/0/hits/0/id").textValue()).isEqualTo("p3");
        assertThat(results.at("/1/hits/0/id").textValue()).isEqualTo("p17");
        assertThat(results.at("/0/hits/0/score").doubleValue()).isGreaterThan(0.9999);
        assertThat(results.at("/0/hits/1/score").doubleValue()).isLessThan(0.9999);
    }
}
