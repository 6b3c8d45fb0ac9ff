package org.cl2cm.train;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.cl2cm.data.DataException;
import org.cl2cm.data.ProgressListener;
import org.cl2cm.model.CompatibleProjection;
import org.cl2cm.model.RetrievalModel;

/// Fits the map from a new model's vectors to an older one's, on texts alone: no image is encoded again
/// (after XBT, 2024).
///
/// Least squares from the new vectors of the captions and translations to the old vectors of the same
/// texts, with a ridge that is chosen on a tenth of the texts which the fit has not seen.
public final class CompatibilityFit {
    private static final double HELD_OUT = 0.1;
    private static final int FEWEST = 20;
    private static final int BATCH = 512;
    private static final long SEED = 20260131;
    private static final double[] RIDGES = {1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1};

    private CompatibilityFit() {}

    /// @param cosine mean cosine of carried and old vectors over the texts that the fit has not seen
    /// @param ridge times the mean variance of a coordinate
    public record Fitted(CompatibleProjection projection, int texts, double cosine, double ridge) {}

    /// Fits and writes the map into the new model's folder.
    ///
    /// @param model the new model's folder
    /// @param older the folder of the model that the new one is to stand in for
    /// @param texts captions and translations
    /// @param most texts that are used, drawn from a fixed seed
    /// @throws DataException when the models are the same one, or the texts are too few
    public static Fitted fit(Path model, Path older, Set<String> texts, int most, ProgressListener progress)
            throws IOException {
        String space = RetrievalModel.describe(older).fingerprint();
        if (space.equals(RetrievalModel.describe(model).fingerprint())) {
            throw DataException.in(older, "is the same model: there is nothing to be compatible with");
        }
        List<String> chosen = new ArrayList<>(new LinkedHashSet<>(texts));
        chosen.removeIf(String::isBlank);
        Collections.sort(chosen);
        Collections.shuffle(chosen, new Random(SEED));
        chosen = chosen.subList(0, Math.min(most, chosen.size()));
        Fitted fitted;
        try (RetrievalModel from = RetrievalModel.open(model, ProgressListener.NONE);
                RetrievalModel onto = RetrievalModel.open(older, ProgressListener.NONE)) {
            if (chosen.size() < FEWEST) {
                throw new DataException("the map onto " + older + " cannot be learnt from " + chosen.size() + " texts");
            }
            long total = 2L * chosen.size();
            float[] x = encode(from, chosen, 0, total, progress);
            float[] y = encode(onto, chosen, chosen.size(), total, progress);
            fitted = fit(space, x, from.dimension(), y, onto.dimension());
        }
        fitted.projection().write(model);
        return fitted;
    }

    private static float[] encode(
            RetrievalModel model, List<String> texts, int done, long total, ProgressListener progress) {
        float[] vectors = new float[texts.size() * model.dimension()];
        for (int from = 0; from < texts.size(); from += BATCH) {
            int to = Math.min(texts.size(), from + BATCH);
            float[] some = model.encodeTexts(texts.subList(from, to));
            System.arraycopy(some, 0, vectors, from * model.dimension(), some.length);
            progress.update(done + to, total, "");
        }
        return vectors;
    }

    /// @param x new vectors, row-major `[texts, n]`
    /// @param y old vectors, row-major `[texts, m]`
    static Fitted fit(String space, float[] x, int n, float[] y, int m) {
        int texts = x.length / n;
        int seen = texts - Math.max(1, (int) (HELD_OUT * texts));
        double[] meanX = means(x, n, seen);
        double[] meanY = means(y, m, seen);
        double[][] gram = new double[n][n];
        double[][] cross = new double[n][m];
        double[] row = new double[n];
        for (int text = 0; text < seen; text++) {
            for (int i = 0; i < n; i++) {
                row[i] = x[text * n + i] - meanX[i];
            }
            for (int i = 0; i < n; i++) {
                for (int j = 0; j <= i; j++) {
                    gram[i][j] += row[i] * row[j];
                }
                for (int j = 0; j < m; j++) {
                    cross[i][j] += row[i] * (y[text * m + j] - meanY[j]);
                }
            }
        }
        double variance = 0;
        for (int i = 0; i < n; i++) {
            variance += gram[i][i] / n;
        }
        Fitted best = null;
        for (double ridge : RIDGES) {
            double[][] solution = solve(gram, ridge * Math.max(variance, 1e-12), cross);
            float[] weights = new float[m * (n + 1)];
            for (int j = 0; j < m; j++) {
                double constant = meanY[j];
                for (int i = 0; i < n; i++) {
                    weights[j * (n + 1) + i] = (float) solution[i][j];
                    constant -= solution[i][j] * meanX[i];
                }
                weights[j * (n + 1) + n] = (float) constant;
            }
            CompatibleProjection projection = new CompatibleProjection(space, n, m, weights);
            float[] carried = projection.apply(Arrays.copyOfRange(x, seen * n, texts * n));
            double cosine = 0;
            for (int k = 0; k < carried.length; k++) {
                cosine += (double) carried[k] * y[seen * m + k];
            }
            cosine /= texts - seen;
            if (best == null || cosine > best.cosine()) {
                best = new Fitted(projection, texts, cosine, ridge);
            }
        }
        return java.util.Objects.requireNonNull(best);
    }

    private static double[] means(float[] values, int width, int rows) {
        double[] means = new double[width];
        for (int row = 0; row < rows; row++) {
            for (int i = 0; i < width; i++) {
                means[i] += values[row * width + i];
            }
        }
        for (int i = 0; i < width; i++) {
            means[i] /= rows;
        }
        return means;
    }

    /// Solves `(gram + ridge I) W = cross` by Cholesky; of `gram` the lower half is read.
    private static double[][] solve(double[][] gram, double ridge, double[][] cross) {
        int n = gram.length;
        int m = cross[0].length;
        double[][] lower = new double[n][n];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j <= i; j++) {
                double sum = gram[i][j] + (i == j ? ridge : 0);
                for (int k = 0; k < j; k++) {
                    sum -= lower[i][k] * lower[j][k];
                }
                lower[i][j] = i == j ? Math.sqrt(Math.max(sum, 1e-300)) : sum / lower[j][j];
            }
        }
        double[][] solution = new double[n][m];
        for (int i = 0; i < n; i++) {
            double[] own = cross[i].clone();
            for (int k = 0; k < i; k++) {
                for (int c = 0; c < m; c++) {
                    own[c] -= lower[i][k] * solution[k][c];
                }
            }
            for (int c = 0; c < m; c++) {
                solution[i][c] = own[c] / lower[i][i];
            }
        }
        for (int i = n - 1; i >= 0; i--) {
            for (int k = i + 1; k < n; k++) {
                for (int c = 0; c < m; c++) {
                    solution[i][c] -= lower[k][i] * solution[k][c];
                }
            }
            for (int c = 0; c < m; c++) {
                solution[i][c] /= lower[i][i];
            }
        }
        return solution;
    }
}
