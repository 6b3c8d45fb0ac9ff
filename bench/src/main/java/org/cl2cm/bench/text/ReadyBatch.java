package org.cl2cm.bench.text;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.cl2cm.model.nn.Padding;
import org.cl2cm.model.nn.Tensors;

/// Texts as the engine takes them.
///
/// @param ids `[batch, length]`, int64
/// @param padding 0 for a token, a large negative number for a pad, `[batch, 1, 1, length]`
/// @param share of each token in the mean of its text, `[batch, length, 1]`
record ReadyBatch(Tensor ids, Tensor padding, Tensor share) {
    /// Cuts `tokens` into batches, alike in length.
    static List<ReadyBatch> of(int[][] tokens, int batch, torch.ScalarType type) {
        int[][] sorted = tokens.clone();
        Arrays.sort(sorted, java.util.Comparator.comparingInt(row -> row.length));
        return IntStream.range(0, Math.ceilDiv(sorted.length, batch))
                .mapToObj(i ->
                        one(Arrays.copyOfRange(sorted, i * batch, Math.min(sorted.length, (i + 1) * batch)), type))
                .toList();
    }

    private static ReadyBatch one(int[][] rows, torch.ScalarType type) {
        int length = rows[rows.length - 1].length;
        int[] lengths = Arrays.stream(rows).mapToInt(row -> row.length).toArray();
        long[] ids = new long[rows.length * length];
        float[] share = new float[rows.length * length];
        for (int row = 0; row < rows.length; row++) {
            for (int i = 0; i < lengths[row]; i++) {
                ids[row * length + i] = rows[row][i];
                share[row * length + i] = 1f / lengths[row];
            }
        }
        return new ReadyBatch(
                Tensors.of(ids, rows.length, length),
                Padding.bias(lengths, length).toType(type),
                Tensors.of(share, rows.length, length, 1).toType(type));
    }
}
