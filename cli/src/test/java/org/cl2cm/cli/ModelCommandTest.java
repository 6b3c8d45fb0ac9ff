package org.cl2cm.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.cl2cm.data.FeatureStore;
import org.cl2cm.data.ProgressListener;
import org.cl2cm.fixture.PictureWorld;
import org.cl2cm.model.Fingerprint;
import org.cl2cm.model.ModelDescription;
import org.cl2cm.model.RetrievalModel;
import org.cl2cm.model.Safetensors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Show, verify and export on a trained model, whole and damaged.
class ModelCommandTest {
    private static final List<String> TEXTS = List.of("a square in red", "xa xsquare xin xblue", "unheard words");
    private static final String DIRECT = "vision.direct.weight";

    @TempDir
    static Path world = Path.of("");

    private static Path trained = Path.of("");

    @TempDir
    Path folder = Path.of("");

    private Path model = Path.of("");

    @BeforeAll
    static void trainOnce() throws IOException {
        PictureWorld.write(world);
        String features = world.resolve("features").toString();
        Said encoded = Said.by(
                "encode", world.resolve("manifest.jsonl").toString(), "--encoder", "pixels:16", "--to", features);
        assertThat(encoded.exit()).as(encoded.err()).isEqualTo(ExitCode.DONE);
        trained = PictureWorld.train(world, "run", Path.of(features), "vision.pixels=16", "vision.channels=16");
    }

    /// A copy with a text encoder of its own, which tests may damage.
    @BeforeEach
    void copy() throws IOException {
        model = folder.resolve("model");
        copy(trained, model);
        copy(world.resolve("bert"), folder.resolve("bert"));
        Path file = model.resolve(ModelDescription.FILE);
        String text = Files.readString(file);
        String named = "\"base\" : \"" + world.resolve("bert") + "\"";
        assertThat(text).contains(named);
        Files.writeString(file, text.replace(named, "\"base\" : \"" + folder.resolve("bert") + "\""));
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Files.copy(file, to.resolve(from.relativize(file).toString()));
            }
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Files.delete(file);
            }
        }
        Files.delete(folder);
    }

    private static void change(Path weights, Consumer<Map<String, Safetensors.Entry>> change) throws IOException {
        Map<String, Safetensors.Entry> entries = new LinkedHashMap<>();
        try (Safetensors old = Safetensors.open(weights)) {
            for (String name : old.names()) {
                byte[] data = old.data(name).toArray(ValueLayout.JAVA_BYTE);
                entries.put(name, new Safetensors.Entry(old.type(name), old.shape(name), MemorySegment.ofArray(data)));
            }
        }
        change.accept(entries);
        Safetensors.write(weights, entries, Map.of("format", "pt"));
    }

    private Said verify(Path which) {
        return Said.by("model", "verify", which.toString());
    }

    @Test
    void showsATrainedModel() throws IOException {
        Said said = Said.by("model", "show", model.toString());
        assertThat(said.exit()).isEqualTo(ExitCode.DONE);
        ModelDescription description = ModelDescription.read(model);
        assertThat(said.out().lines())
                .contains(
                        "kind          cl2cm model: texts and images to unit vectors",
                        "fingerprint   " + description.fingerprint(),
                        "dimension     16",
                        "language      en",
                        "targets       xx",
                        "vision        pixels of 16 x 16",
                        "encoders      pixels:16",
                        "version       0.1.0",
                        "base          " + folder.resolve("bert") + " (present)");
        assertThat(said.out()).contains("revision ", "processor ", "time ", "sha256 ");
        assertThat(Said.by("model", "show", model.toString(), "--tensors").out())
                .contains(DIRECT);
        delete(folder.resolve("bert"));
        assertThat(Said.by("model", "show", model.toString()).out()).contains("bert (missing)");
    }

    @Test
    void aTrainedModelIsGood() {
        Said said = verify(model);
        assertThat(said.out()).isEqualTo(model + ": good\n");
        assertThat(said.exit()).isEqualTo(ExitCode.DONE);
    }

    @Test
    void aMissingTensorIsNamedWhoeverOpensTheModel() throws IOException {
        change(model.resolve("model.safetensors"), entries -> entries.remove(DIRECT));
        String message = model.resolve("model.safetensors") + ": tensor \"" + DIRECT + "\" is missing";
        Said said = verify(model);
        assertThat(said.exit()).isEqualTo(ExitCode.FAILED);
        assertThat(said.out().lines()).contains(message).anyMatch(line -> line.contains("key \"fingerprint\""));
        Said indexed = Said.by(
                "index",
                "create",
                "photos",
                "--manifest",
                world.resolve("manifest.jsonl").toString(),
                "--model",
                model.toString(),
                "--features",
                world.resolve("features").toString(),
                "--collections",
                folder.resolve("c").toString());
        assertThat(indexed.exit()).isEqualTo(ExitCode.FAILED);
        assertThat(indexed.err()).contains(message);
        Said exported = export(folder.resolve("out"));
        assertThat(exported.exit()).isEqualTo(ExitCode.FAILED);
        assertThat(exported.err()).contains(message);
        assertThat(folder.resolve("out")).doesNotExist();
    }

    @Test
    void nanAndShapesAndChangedWeightsAreNamed() throws IOException {
        Path weights = model.resolve("model.safetensors");
        change(weights, entries -> {
            ByteBuffer values = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN);
            values.putFloat(20, Float.NaN);
            entries.put(
                    "vision.direct.bias",
                    new Safetensors.Entry(
                            Safetensors.Type.F32, new long[] {16}, MemorySegment.ofArray(values.array())));
            entries.put(
                    "text.head.projection.bias",
                    new Safetensors.Entry(Safetensors.Type.F32, new long[] {3}, MemorySegment.ofArray(new byte[12])));
        });
        Said said = verify(model);
        assertThat(said.exit()).isEqualTo(ExitCode.FAILED);
        assertThat(said.out().lines())
                .hasSize(3)
                .contains(
                        weights + ": tensor \"vision.direct.bias\" holds NaN at 5",
                        weights + ": tensor \"text.head.projection.bias\" has the shape [3], expected [16]")
                .anyMatch(line -> line.contains("cl2cm.json: key \"fingerprint\""));
    }

    @Test
    void theTextEncoderBelowMustBeThereAndTheRightOne() throws IOException {
        Path weights = folder.resolve("bert/model.safetensors");
        byte[] bytes = Files.readAllBytes(weights);
        bytes[bytes.length - 1] ^= 1;
        Files.write(weights, bytes);
        assertThat(verify(model).out()).startsWith(weights + ": is not the encoder that " + model);
        delete(folder.resolve("bert"));
        Said said = verify(model);
        assertThat(said.exit()).isEqualTo(ExitCode.FAILED);
        assertThat(said.out())
                .startsWith(folder.resolve("bert") + ": no such folder")
                .contains("model export");
    }

    @Test
    void aBrokenDescriptionIsNamed() throws IOException {
        Path file = model.resolve(ModelDescription.FILE);
        String text = Files.readString(file);
        Files.writeString(file, text.replace("\"base_fingerprint\"", "\"base_fingerprnt\""));
        Said said = verify(model);
        assertThat(said.exit()).isEqualTo(ExitCode.FAILED);
        assertThat(said.out()).contains(file.toString(), "base_finger");
        Files.writeString(file, text.replace("\"format\" : 1", "\"format\" : 2"));
        assertThat(verify(model).out()).contains(file.toString(), "format 2 is not known");
    }

    private Said export(Path to) {
        return Said.by("model", "export", model.toString(), "--to", to.toString());
    }

    private static float[] vectors(Path folder) throws IOException {
        try (RetrievalModel network = RetrievalModel.open(folder, ProgressListener.NONE);
                FeatureStore store = FeatureStore.open(world.resolve("features"))) {
            float[] texts = network.encodeTexts(TEXTS);
            float[] images = network.encodeFeatures(store, store.ids());
            float[] all = java.util.Arrays.copyOf(texts, texts.length + images.length);
            System.arraycopy(images, 0, all, texts.length, images.length);
            return all;
        }
    }

    @Test
    void anExportedModelStandsAloneAndGivesTheSameVectors() throws IOException {
        float[] before = vectors(model);
        Said said = export(folder.resolve("out"));
        assertThat(said.exit()).as(said.err()).isEqualTo(ExitCode.DONE);
        // Another place, and nothing left of where it came from.
        Path moved = Files.move(folder.resolve("out"), folder.resolve("elsewhere"));
        String fingerprint = ModelDescription.read(model).fingerprint();
        delete(folder.resolve("bert"));
        delete(model);
        assertThat(vectors(moved)).containsExactly(before);
        assertThat(ModelDescription.read(moved).fingerprint()).isEqualTo(fingerprint);
        assertThat(verify(moved).out()).isEqualTo(moved + ": good\n");
        assertThat(Said.by("model", "show", moved.toString()).out()).contains("(in the folder)");
        assertThat(Files.readString(moved.resolve("README.md")))
                .contains("language: [en, xx]", fingerprint, "pixels:16", "epochs: 2", "## Licence");
        // One of two layers trained: the frozen one is all that is copied.
        try (Safetensors base = Safetensors.open(moved.resolve("base/model.safetensors"))) {
            assertThat(base.names())
                    .contains("bert.encoder.layer.0.output.dense.bias")
                    .noneMatch(name -> name.contains("layer.1."));
        }

        assertThat(Said.by(
                                "model",
                                "export",
                                moved.toString(),
                                "--to",
                                folder.resolve("second").toString())
                        .exit())
                .as("an export can be exported")
                .isEqualTo(ExitCode.DONE);
        assertThat(Fingerprint.ofFile(folder.resolve("second/base/model.safetensors")))
                .isEqualTo(Fingerprint.ofFile(moved.resolve("base/model.safetensors")));
        assertThat(vectors(folder.resolve("second"))).containsExactly(before);

        Files.writeString(moved.resolve("base/tokenizer.json"), "{}");
        Said damaged = verify(moved);
        assertThat(damaged.exit()).isEqualTo(ExitCode.FAILED);
        assertThat(damaged.out()).contains(moved.resolve("base/tokenizer.json").toString());
    }

    @Test
    void exportOverwritesNothing() throws IOException {
        Path out = Files.createDirectory(folder.resolve("out"));
        Files.writeString(out.resolve("mine.txt"), "mine");
        Said said = export(out);
        assertThat(said.exit()).isEqualTo(ExitCode.FAILED);
        assertThat(said.err()).contains(out + ": is not empty");
        assertThat(out.resolve("mine.txt")).hasContent("mine");
        Said plain = Said.by("model", "export", folder.resolve("bert").toString(), "--to", folder + "/x");
        assertThat(plain.exit()).isEqualTo(ExitCode.FAILED);
        assertThat(plain.err()).contains("no trained model: cl2cm.json is missing");
    }
}
