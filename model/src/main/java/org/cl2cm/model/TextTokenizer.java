package org.cl2cm.model;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import org.cl2cm.data.DataException;
import org.cl2cm.model.internal.TokenizerVocabulary;

/// Cuts texts into the word pieces of a pre-trained encoder, as its `tokenizer.json` says. Works
/// without network.
///
/// Safe for use by many threads.
public final class TextTokenizer implements AutoCloseable {
    private final HuggingFaceTokenizer tokenizer;
    private final TokenizerVocabulary vocabulary;
    private final Set<Integer> special;
    private final String fingerprint;

    private TextTokenizer(HuggingFaceTokenizer tokenizer, TokenizerVocabulary vocabulary, String fingerprint) {
        this.tokenizer = tokenizer;
        this.vocabulary = vocabulary;
        this.special = new HashSet<>(vocabulary.special().values());
        this.fingerprint = fingerprint;
    }

    /// @param folder a Hugging Face folder with `tokenizer.json`
    /// @throws DataException when the file is missing or no tokenizer
    public static TextTokenizer open(Path folder) throws IOException {
        Path file = folder.resolve("tokenizer.json");
        if (!Files.isRegularFile(file)) {
            throw DataException.in(folder, "no tokenizer: tokenizer.json is missing");
        }
        TokenizerVocabulary vocabulary = TokenizerVocabulary.read(file);
        stayOffline();
        try {
            HuggingFaceTokenizer tokenizer = HuggingFaceTokenizer.newInstance(
                    file, Map.of("padding", "false", "truncation", "false", "modelMaxLength", "1000000"));
            return new TextTokenizer(tokenizer, vocabulary, Fingerprint.ofFile(file));
        } catch (RuntimeException e) {
            throw DataException.in(file, "the tokenizer cannot be made: " + e.getMessage(), e);
        }
    }

    /// The library would report its use, and fetch a native library it does not carry for a platform.
    public static void stayOffline() {
        System.setProperty("OPT_OUT_TRACKING", "true");
        System.setProperty("ai.djl.offline", "true");
    }

    /// @param maxLength tokens at which a text is cut, its last special token kept; at least 2
    /// @return ids with special tokens, not padded, one row a text
    public int[][] encode(List<String> texts, int maxLength) {
        if (maxLength < 2) {
            throw new IllegalArgumentException("maxLength " + maxLength + "; two special tokens need room");
        }
        if (texts.isEmpty()) {
            return new int[0][];
        }
        Encoding[] encodings = tokenizer.batchEncode(texts);
        int[][] tokens = new int[encodings.length][];
        for (int i = 0; i < tokens.length; i++) {
            int[] ids = Arrays.stream(encodings[i].getIds())
                    .mapToInt(Math::toIntExact)
                    .toArray();
            if (ids.length > maxLength) {
                int last = ids[ids.length - 1];
                ids = Arrays.copyOf(ids, maxLength);
                ids[maxLength - 1] = last;
            }
            tokens[i] = ids;
        }
        return tokens;
    }

    /// @return ids without special tokens, one row a text
    public int[][] encodeWords(List<String> texts) {
        if (texts.isEmpty()) {
            return new int[0][];
        }
        Encoding[] encodings = tokenizer.batchEncode(texts, false, false);
        int[][] tokens = new int[encodings.length][];
        Arrays.setAll(
                tokens,
                i -> Arrays.stream(encodings[i].getIds())
                        .mapToInt(Math::toIntExact)
                        .toArray());
        return tokens;
    }

    /// The text that `ids` stand for, special tokens left out.
    public String text(int[] ids) {
        return tokenizer.decode(Arrays.stream(ids).asLongStream().toArray(), true);
    }

    /// The id of a piece as it stands in the vocabulary, e.g. `__en__`.
    public OptionalInt id(String piece) {
        OptionalInt id = vocabulary.specialId(piece);
        if (id.isPresent()) {
            return id;
        }
        int at = vocabulary.pieces().indexOf(piece);
        return at < 0 ? OptionalInt.empty() : OptionalInt.of(at);
    }

    /// Special tokens as they stand in the vocabulary.
    public Set<String> specialPieces() {
        return vocabulary.special().keySet();
    }

    /// Every piece of the vocabulary by its id, special tokens included; empty where an id has none.
    public List<String> allPieces() {
        return vocabulary.pieces();
    }

    /// The pieces of `text` as strings, special tokens included.
    public List<String> pieces(String text) {
        return List.of(tokenizer.encode(text).getTokens());
    }

    /// The pieces that `ids` stand for, e.g. `Hund` and `##e`.
    ///
    /// @throws IllegalArgumentException when the vocabulary has no such id
    public List<String> pieces(int[] ids) {
        return Arrays.stream(ids).mapToObj(this::piece).toList();
    }

    private String piece(int id) {
        if (id < 0 || id >= size()) {
            throw new IllegalArgumentException("token id " + id + " of a vocabulary of " + size());
        }
        return vocabulary.pieces().get(id);
    }

    /// Pieces in the vocabulary, special tokens included.
    public int size() {
        return vocabulary.pieces().size();
    }

    /// Tells whether `id` is a token that stands for no word: start, end, pad, mask, unknown.
    public boolean isSpecial(int id) {
        return special.contains(id);
    }

    /// Id that fills up short rows; 0 when the vocabulary names none.
    public int padId() {
        return vocabulary.specialId("[PAD]", "<pad>").orElse(0);
    }

    /// Id that stands for a word to be guessed.
    ///
    /// @throws IllegalStateException when the vocabulary has none
    public int maskId() {
        return vocabulary
                .specialId("[MASK]", "<mask>")
                .orElseThrow(() -> new IllegalStateException("tokenizer.json names no mask token"));
    }

    /// SHA-256 of `tokenizer.json`.
    public String fingerprint() {
        return fingerprint;
    }

    @Override
    public void close() {
        tokenizer.close();
    }
}
