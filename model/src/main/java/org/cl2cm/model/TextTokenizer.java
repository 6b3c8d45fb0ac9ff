package org.cl2cm.model;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.cl2cm.data.DataException;

/// Cuts texts into the word pieces of a pre-trained encoder, as its `tokenizer.json` says.
///
/// Safe for use by many threads.
public final class TextTokenizer implements AutoCloseable {
    private final HuggingFaceTokenizer tokenizer;
    private final String fingerprint;
    private final int padId;

    private TextTokenizer(HuggingFaceTokenizer tokenizer, String fingerprint, int padId) {
        this.tokenizer = tokenizer;
        this.fingerprint = fingerprint;
        this.padId = padId;
    }

    /// @param folder a Hugging Face folder with `tokenizer.json`
    public static TextTokenizer open(Path folder) throws IOException {
        Path file = folder.resolve("tokenizer.json");
        if (!Files.isRegularFile(file)) {
            throw DataException.in(folder, "no tokenizer: tokenizer.json is missing");
        }
        // The library would report its use otherwise.
        System.setProperty("OPT_OUT_TRACKING", "true");
        System.setProperty("ai.djl.offline", "true");
        HuggingFaceTokenizer tokenizer = HuggingFaceTokenizer.newInstance(
                file, Map.of("padding", "false", "truncation", "false", "modelMaxLength", "1000000"));
        String fingerprint = sha256(Files.readAllBytes(file));
        int pad = 0;
        for (String candidate : List.of("[PAD]", "<pad>")) {
            long[] ids = tokenizer.encode(candidate, false, false).getIds();
            if (ids.length == 1) {
                pad = Math.toIntExact(ids[0]);
            }
        }
        return new TextTokenizer(tokenizer, fingerprint, pad);
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /// @param maxLength tokens at which a text is cut, its last special token kept; at least 2
    /// @return ids with special tokens, not padded
    public int[][] encode(List<String> texts, int maxLength) {
        if (maxLength < 2) {
            throw new IllegalArgumentException("maxLength " + maxLength + "; two special tokens need room");
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

    /// The pieces of `text` as strings, special tokens included.
    public List<String> pieces(String text) {
        return List.of(tokenizer.encode(text).getTokens());
    }

    /// Id that fills up short rows.
    public int padId() {
        return padId;
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
