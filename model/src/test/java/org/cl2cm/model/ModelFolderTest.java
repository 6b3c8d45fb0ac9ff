package org.cl2cm.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.function.Consumer;
import org.cl2cm.data.DataException;
import org.cl2cm.data.ProgressListener;
import org.cl2cm.model.internal.BundleWriter;
import org.cl2cm.model.internal.MavenArtifact;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelFolderTest {
    private static final String QUERY = "bert.encoder.layer.1.attention.self.query.weight";

    @TempDir
    Path home;

    private Path folder = Path.of("");

    @BeforeEach
    void makeFolder() throws IOException {
        SortedMap<String, BundleWriter.Tensor> tensors = BundleWriter.bert(6, 64, 2, 3);
        Path jar = home.resolve("repository/org/example/tiny/1/tiny-1.jar");
        BundleWriter.jar(
                jar,
                "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\na\n",
                BundleWriter.index(tensors),
                BundleWriter.data(tensors));
        MavenArtifact artifact =
                new MavenArtifact("org.example", "tiny", "1", Files.size(jar), Fingerprint.ofFile(jar));
        folder = new MultilingualBert(home, artifact, home.resolve("repository"), Optional.empty())
                .get(ProgressListener.NONE);
    }

    /// Rewrites the weights with a change, and forgets what they were.
    private void change(Consumer<Map<String, Safetensors.Entry>> change) throws IOException {
        Path file = folder.resolve("model.safetensors");
        Map<String, Safetensors.Entry> entries = new LinkedHashMap<>();
        try (Safetensors old = Safetensors.open(file)) {
            for (String name : old.names()) {
                byte[] data = old.data(name).toArray(ValueLayout.JAVA_BYTE);
                entries.put(name, new Safetensors.Entry(old.type(name), old.shape(name), MemorySegment.ofArray(data)));
            }
        }
        change.accept(entries);
        Safetensors.write(file, entries, Map.of());
        Files.delete(folder.resolve(ModelOrigin.FILE));
    }

    private static Safetensors.Entry entry(Safetensors.Type type, long... shape) {
        long size = type.bytes();
        for (long extent : shape) {
            size *= extent;
        }
        return new Safetensors.Entry(type, shape, MemorySegment.ofArray(new byte[Math.toIntExact(size)]));
    }

    @Test
    void showsWhatIsInside() throws IOException {
        ModelFolder model = ModelFolder.read(folder);
        assertThat(model.facts())
                .containsEntry("type", "bert")
                .containsEntry("layers", "2")
                .containsEntry("width", "64")
                .containsEntry("source", "org.example:tiny:1")
                .containsEntry("license", "Apache-2.0")
                .containsEntry("tensors", "44");
        assertThat(model.tensors())
                .anyMatch(tensor -> tensor.name().equals(QUERY)
                        && tensor.type().equals("F32")
                        && tensor.shape().equals(java.util.List.of(64L, 64L)));
        assertThat(model.withoutTensors().tensors()).isEmpty();
        assertThatThrownBy(() -> ModelFolder.read(home.resolve("repository")))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("neither config.json nor cl2cm.json");
    }

    @Test
    void aGoodFolderHasNoProblems() throws IOException {
        assertThat(ModelFolder.problems(folder)).isEmpty();
    }

    @Test
    void namesAMissingTensor() throws IOException {
        change(entries -> entries.remove(QUERY));
        assertThat(ModelFolder.problems(folder))
                .singleElement()
                .asString()
                .startsWith(folder.resolve("model.safetensors").toString())
                .endsWith("tensor \"encoder.layer.1.attention.self.query.weight\" is missing");
    }

    @Test
    void namesATensorOfAnotherShapeOrType() throws IOException {
        change(entries -> {
            entries.put(QUERY, entry(Safetensors.Type.F32, 64, 63));
            entries.put("bert.embeddings.LayerNorm.bias", entry(Safetensors.Type.I64, 64));
            entries.put("bert.embeddings.LayerNorm.weight", entry(Safetensors.Type.BF16, 64));
        });
        assertThat(ModelFolder.problems(folder))
                .hasSize(2)
                .anyMatch(line -> line.contains("\"" + QUERY + "\" has the shape [64, 63], expected [64, 64]"))
                .anyMatch(line -> line.contains("\"bert.embeddings.LayerNorm.bias\" is I64"));
    }

    @Test
    void findsOneChangedBitOfTheWeights() throws IOException {
        Path file = folder.resolve("model.safetensors");
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length - 1] ^= 1;
        Files.write(file, bytes);
        assertThat(ModelFolder.problems(folder))
                .singleElement()
                .asString()
                .contains("model.safetensors")
                .contains("SHA-256");
    }

    @Test
    void namesEveryMissingFile() throws IOException {
        Files.delete(folder.resolve("model.safetensors"));
        Files.delete(folder.resolve("tokenizer.json"));
        Files.delete(folder.resolve(ModelOrigin.FILE));
        assertThat(ModelFolder.problems(folder))
                .hasSize(2)
                .anyMatch(line -> line.contains("tokenizer.json: is missing"))
                .anyMatch(line -> line.contains("model.safetensors: no such file"));
        assertThatThrownBy(() -> ModelFolder.problems(home.resolve("none"))).hasMessageContaining("no such folder");
    }
}
