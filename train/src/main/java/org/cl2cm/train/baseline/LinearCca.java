package org.cl2cm.train.baseline;

import java.util.List;

/// Canonical correlation analysis of image features and bags of words: the two linear maps whose
/// outputs correlate
/// most. Takes seconds, knows no word order, and is the floor for every network.
///
/// Directions are weighted with a power of their correlation (Gong et al., A Multi-View Embedding Space
/// for Modeling
/// Internet Images, Tags, and their Semantics, 2014). Immutable; safe for use by many threads.
public final class LinearCca {
    private final int imageDimension;
    private final BagOfWords words;
    private final int dimension;
    private final float[] imageMean;
    /// `[imageDimension, dimension]`, weighted
    private final float[] imageMap;
    /// `[terms, dimension]`, weighted
    private final float[] textMap;
    /// what the mean text maps to
    private final float[] textOffset;

    /// @param imageRidge regularisation of the images, a share of the mean variance of a feature
    /// @param textRidge regularisation of the texts, a share of the mean variance of a term
    /// @param dimension directions kept at most
    /// @param power of the correlation that weights each direction, at least 0
    public record Settings(double imageRidge, double textRidge, int dimension, double power) {
        public Settings {
            if (!(imageRidge > 0) || !(textRidge > 0) || dimension < 1 || !(power >= 0)) {
                throw new IllegalArgumentException("ridges must be above 0, the dimension at least 1, the power at"
                        + " least 0: " + imageRidge + ", " + textRidge + ", " + dimension + ", " + power);
            }
        }
    }

    private LinearCca(
            CcaMoments moments, BagOfWords words, CcaSolver.Directions directions, int dimension, double power) {
        this.imageDimension = moments.imageDimension;
        this.words = words;
        this.dimension = dimension;
        this.imageMean = moments.imageMean;
        this.imageMap = weighted(directions.images(), moments.imageDimension, directions, dimension, power);
        this.textMap = weighted(directions.texts(), words.size(), directions, dimension, power);
        this.textOffset = new float[dimension];
        for (int term = 0; term < words.size(); term++) {
            CcaMoments.axpy(moments.textMean[term], textMap, term * dimension, textOffset, 0, dimension);
        }
    }

    private static float[] weighted(
            float[] map, int rows, CcaSolver.Directions directions, int dimension, double power) {
        float[] weighted = new float[rows * dimension];
        for (int k = 0; k < dimension; k++) {
            float weight = (float) Math.pow(directions.correlations()[k], power);
            for (int row = 0; row < rows; row++) {
                weighted[row * dimension + k] = weight * map[row * directions.dimension() + k];
            }
        }
        return weighted;
    }

    /// @param images features, `[captions.size(), imageDimension]`
    /// @param captions training texts of each image, in one language or several
    /// @param words vocabulary, taken from training texts
    /// @throws IllegalArgumentException when the sizes do not fit or nothing correlates
    public static LinearCca fit(
            float[] images, int imageDimension, List<List<String>> captions, BagOfWords words, Settings settings) {
        if (images.length != (long) captions.size() * imageDimension) {
            throw new IllegalArgumentException(
                    images.length + " floats for " + captions.size() + " images of dimension " + imageDimension);
        }
        CcaMoments moments = new CcaMoments(prepared(images, imageDimension), imageDimension, captions, words);
        CcaSolver.Directions directions =
                CcaSolver.solve(moments, settings.imageRidge(), settings.textRidge(), settings.dimension());
        return of(moments, words, directions, settings.dimension(), settings.power());
    }

    static LinearCca of(
            CcaMoments moments, BagOfWords words, CcaSolver.Directions directions, int dimension, double power) {
        return new LinearCca(moments, words, directions, Math.min(dimension, directions.dimension()), power);
    }

    /// Square roots, so that a few strong features do not drown the rest, then unit length.
    static float[] prepared(float[] images, int imageDimension) {
        float[] prepared = new float[images.length];
        for (int i = 0; i < images.length; i++) {
            prepared[i] = Math.signum(images[i]) * (float) Math.sqrt(Math.abs(images[i]));
        }
        toUnit(prepared, imageDimension);
        return prepared;
    }

    /// Length of the vectors that come out.
    public int dimension() {
        return dimension;
    }

    /// @param images features as in `fit`, `[n, imageDimension]`
    /// @return unit vectors, `[n, dimension]`
    public float[] encodeImages(float[] images) {
        if (images.length % imageDimension != 0) {
            throw new IllegalArgumentException(images.length + " floats are not rows of dimension " + imageDimension);
        }
        int n = images.length / imageDimension;
        float[] prepared = prepared(images, imageDimension);
        float[] out = new float[Math.multiplyExact(n, dimension)];
        for (int i = 0; i < n; i++) {
            for (int k = 0; k < imageDimension; k++) {
                float centred = prepared[i * imageDimension + k] - imageMean[k];
                CcaMoments.axpy(centred, imageMap, k * dimension, out, i * dimension, dimension);
            }
        }
        toUnit(out, dimension);
        return out;
    }

    /// @return unit vectors, `[texts.size(), dimension]`; a text without a known word is like the mean
    ///     text
    public float[] encodeTexts(List<String> texts) {
        float[] out = new float[Math.multiplyExact(texts.size(), dimension)];
        for (int i = 0; i < texts.size(); i++) {
            BagOfWords.Vector vector = words.vector(texts.get(i));
            CcaMoments.axpy(-1, textOffset, 0, out, i * dimension, dimension);
            for (int a = 0; a < vector.terms().length; a++) {
                CcaMoments.axpy(
                        vector.weights()[a], textMap, vector.terms()[a] * dimension, out, i * dimension, dimension);
            }
        }
        toUnit(out, dimension);
        return out;
    }

    private static void toUnit(float[] rows, int dimension) {
        for (int at = 0; at < rows.length; at += dimension) {
            double squares = 0;
            for (int k = 0; k < dimension; k++) {
                squares += (double) rows[at + k] * rows[at + k];
            }
            float scale = squares == 0 ? 0 : (float) (1 / Math.sqrt(squares));
            for (int k = 0; k < dimension; k++) {
                rows[at + k] *= scale;
            }
        }
    }
}
