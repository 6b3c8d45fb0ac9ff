package org.cl2cm.model.nn;

import java.util.Arrays;
import java.util.List;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.cl2cm.model.TextTokenizer;

/// The layers of a pre-trained encoder that never change, from text to states.
///
/// Safe for use by many threads.
///
/// @param fingerprint of weights and tokenizer
/// @param maxLength tokens at which a text is cut, special tokens included
public record FrozenPrefix(Bert bert, TextTokenizer tokenizer, Precision precision, int maxLength, String fingerprint) {

    /// Ids of the texts, special tokens included, cut at the longest allowed.
    public int[][] tokens(List<String> texts) {
        return tokenizer.encode(texts, Math.min(maxLength, bert.config().maxLength()));
    }

    /// Runs all loaded layers. The result belongs to the caller's scope.
    ///
    /// @return `[batch, length, hidden]`, float32
    public Tensor states(int[][] tokens) {
        int length = Arrays.stream(tokens).mapToInt(row -> row.length).max().orElseThrow();
        int[] lengths = Arrays.stream(tokens).mapToInt(row -> row.length).toArray();
        long[] ids = new long[tokens.length * length];
        Arrays.fill(ids, tokenizer.padId());
        for (int row = 0; row < tokens.length; row++) {
            for (int i = 0; i < lengths[row]; i++) {
                ids[row * length + i] = tokens[row][i];
            }
        }
        return Tensors.scoped(() -> {
            try (NoGradGuard _ = new NoGradGuard()) {
                Tensor padding = Padding.bias(lengths, length);
                Tensor input = Tensors.of(ids, tokens.length, length);
                return precision
                        .run(() -> bert.run(bert.embed(input), padding, 0, bert.depth()))
                        .toType(torch.ScalarType.Float)
                        .contiguous();
            }
        });
    }
}
