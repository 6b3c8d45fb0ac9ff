package org.cl2cm.evaluate.internal;

import java.util.Arrays;

/// Some gallery rows, transposed, against one or more queries.
///
/// The innermost loop runs over gallery rows, which the JIT compiler turns into SIMD; each score is
/// still the plain sum
/// from the first component to the last, so it does not depend on how the work is cut, bit for bit.
public final class ScoreTile {
    private final int dimension;
    private final float[][] columns;
    private int from;
    private int width;

    /// @param rows gallery rows held at most
    public ScoreTile(int rows, int dimension) {
        this.dimension = dimension;
        this.columns = new float[dimension][rows];
    }

    /// Takes the rows `[from, to)` of `gallery`, `[N, dimension]`.
    public void load(float[] gallery, int from, int to) {
        this.from = from;
        this.width = to - from;
        for (int row = 0; row < width; row++) {
            int at = (from + row) * dimension;
            for (int k = 0; k < dimension; k++) {
                columns[k][row] = gallery[at + k];
            }
        }
    }

    /// The first gallery row held.
    public int from() {
        return from;
    }

    /// How many gallery rows are held.
    public int width() {
        return width;
    }

    /// Writes the scores of query `query` to `scores[0 .. width)`.
    ///
    /// @param queries `[M, dimension]`
    public void scores(float[] queries, int query, float[] scores) {
        int at = query * dimension;
        Arrays.fill(scores, 0, width, 0f);
        int k = 0;
        for (; k + 3 < dimension; k += 4) {
            add4(
                    scores,
                    width,
                    queries[at + k],
                    columns[k],
                    queries[at + k + 1],
                    columns[k + 1],
                    queries[at + k + 2],
                    columns[k + 2],
                    queries[at + k + 3],
                    columns[k + 3]);
        }
        for (; k < dimension; k++) {
            add(scores, width, queries[at + k], columns[k]);
        }
    }

    private static void add4(
            float[] scores,
            int width,
            float a,
            float[] as,
            float b,
            float[] bs,
            float c,
            float[] cs,
            float d,
            float[] ds) {
        for (int j = 0; j < width; j++) {
            scores[j] = (((scores[j] + a * as[j]) + b * bs[j]) + c * cs[j]) + d * ds[j];
        }
    }

    private static void add(float[] scores, int width, float a, float[] as) {
        for (int j = 0; j < width; j++) {
            scores[j] += a * as[j];
        }
    }

    /// One score, summed in the same order.
    public static float score(float[] gallery, int row, float[] queries, int query, int dimension) {
        int g = row * dimension;
        int q = query * dimension;
        float sum = 0;
        for (int k = 0; k < dimension; k++) {
            sum += queries[q + k] * gallery[g + k];
        }
        return sum;
    }
}
