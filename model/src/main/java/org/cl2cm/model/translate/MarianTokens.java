package org.cl2cm.model.translate;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import org.cl2cm.data.DataException;
import org.cl2cm.model.Fingerprint;
import org.cl2cm.model.TextTokenizer;

/// The tokens of a Marian model: `source.spm` cuts texts into pieces, `vocab.json` has the ids of the
/// pieces of both languages. The cutting is done by the tokenizers library, which is given the pieces
/// as its own kind of file.
final class MarianTokens implements ModelTokens {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String SPACE = "\u2581";
    private static final Set<String> SPECIAL = Set.of("<pad>", "</s>", "<unk>", "<s>");

    private final HuggingFaceTokenizer cutter;
    private final int[] ids;
    private final List<String> vocabulary;
    private final String fingerprint;

    private MarianTokens(HuggingFaceTokenizer cutter, int[] ids, List<String> vocabulary, String fingerprint) {
        this.cutter = cutter;
        this.ids = ids;
        this.vocabulary = vocabulary;
        this.fingerprint = fingerprint;
    }

    /// Whether the folder has the files of a Marian model, or of one that lacks `tokenizer.json`.
    static boolean areIn(Path folder) {
        return Files.isRegularFile(folder.resolve("source.spm"))
                && (Files.isRegularFile(folder.resolve("vocab.json"))
                        || !Files.isRegularFile(folder.resolve("tokenizer.json")));
    }

    static MarianTokens open(Path folder) throws IOException {
        Path source = folder.resolve("source.spm");
        Path names = folder.resolve("vocab.json");
        SentencePieceFile pieces = SentencePieceFile.read(source);
        if (!Files.isRegularFile(names)) {
            throw DataException.in(folder, "has source.spm but no vocab.json, which names the ids of its pieces");
        }
        JsonNode vocab = GenerationConfig.json(names);
        JsonNode unknown = vocab.path("<unk>");
        if (!unknown.isInt()) {
            throw DataException.in(names, "key \"<unk>\" is missing");
        }
        int[] ids = pieces.pieces().stream()
                .mapToInt(piece -> vocab.path(piece.text()).asInt(unknown.intValue()))
                .toArray();
        ids[pieces.unknown()] = unknown.intValue();
        String fingerprint = Fingerprint.ofText(Fingerprint.ofFile(source) + Fingerprint.ofFile(names));
        return new MarianTokens(cutter(source, pieces), ids, vocabulary(names, vocab), fingerprint);
    }

    private static List<String> vocabulary(Path file, JsonNode vocab) throws DataException {
        String[] all = new String[vocab.size()];
        Arrays.fill(all, "");
        for (Map.Entry<String, JsonNode> entry : vocab.properties()) {
            int id = entry.getValue().asInt(-1);
            if (id < 0 || id >= all.length) {
                throw DataException.in(
                        file, "key \"" + entry.getKey() + "\": " + entry.getValue() + " is no id below " + all.length);
            }
            all[id] = entry.getKey();
        }
        return List.of(all);
    }

    private static HuggingFaceTokenizer cutter(Path file, SentencePieceFile pieces) throws IOException {
        List<List<Object>> scores = new ArrayList<>();
        pieces.pieces().forEach(piece -> scores.add(List.of(piece.text(), piece.score())));
        Map<String, Object> root = new LinkedHashMap<>();
        root.put("version", "1.0");
        root.put("added_tokens", List.of());
        if (pieces.charsMap().length > 0) {
            root.put(
                    "normalizer",
                    Map.of(
                            "type",
                            "Precompiled",
                            "precompiled_charsmap",
                            Base64.getEncoder().encodeToString(pieces.charsMap())));
        }
        root.put(
                "pre_tokenizer",
                Map.of("type", "Metaspace", "replacement", SPACE, "prepend_scheme", "always", "split", true));
        root.put("model", Map.of("type", "Unigram", "unk_id", pieces.unknown(), "vocab", scores));
        TextTokenizer.stayOffline();
        try {
            return HuggingFaceTokenizer.newInstance(
                    new ByteArrayInputStream(JSON.writeValueAsBytes(root)),
                    Map.of("padding", "false", "truncation", "false", "modelMaxLength", "1000000"));
        } catch (RuntimeException e) {
            throw DataException.in(file, "the tokenizer cannot be made: " + e.getMessage(), e);
        }
    }

    @Override
    public int[][] words(List<String> texts) {
        Encoding[] encodings = texts.isEmpty() ? new Encoding[0] : cutter.batchEncode(texts, false, false);
        int[][] tokens = new int[encodings.length][];
        Arrays.setAll(
                tokens,
                i -> Arrays.stream(encodings[i].getIds())
                        .mapToInt(piece -> ids[Math.toIntExact(piece)])
                        .toArray());
        return tokens;
    }

    @Override
    public String text(int[] tokens) {
        StringBuilder text = new StringBuilder();
        for (int token : tokens) {
            String piece = token < vocabulary.size() ? vocabulary.get(token) : "";
            if (!SPECIAL.contains(piece)) {
                text.append(piece);
            }
        }
        return text.toString().replace(SPACE, " ").strip();
    }

    @Override
    public OptionalInt id(String piece) {
        int at = vocabulary.indexOf(piece);
        return at < 0 ? OptionalInt.empty() : OptionalInt.of(at);
    }

    @Override
    public Collection<String> specialPieces() {
        return SPECIAL;
    }

    @Override
    public List<String> allPieces() {
        return vocabulary;
    }

    @Override
    public String fingerprint() {
        return fingerprint;
    }

    @Override
    public void close() {
        cutter.close();
    }
}
