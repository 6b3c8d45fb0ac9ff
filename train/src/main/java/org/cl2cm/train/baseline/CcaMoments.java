package org.cl2cm.train.baseline;

import java.util.List;

/// Means and covariances of all pairs of an image and one of its captions: all that CCA needs to know
/// of the data.
final class CcaMoments {
    final int imageDimension;
    final int terms;
    final float[] imageMean;
    final float[] textMean;
    /// `[image, image]`
    final float[] imageCovariance;
    /// `[text, text]`
    final float[] textCovariance;
    /// `[text, image]`
    final float[] crossCovariance;

    /// @param images prepared features, `[captions.size(), imageDimension]`
    /// @param captions texts of each image; images without any are passed over
    CcaMoments(float[] images, int imageDimension, List<List<String>> captions, BagOfWords words) {
        this.imageDimension = imageDimension;
        this.terms = words.size();
        imageMean = new float[imageDimension];
        textMean = new float[terms];
        textCovariance = new float[Math.multiplyExact(terms, terms)];
        crossCovariance = new float[Math.multiplyExact(terms, imageDimension)];
        long pairs = captions.stream().mapToLong(List::size).sum();
        if (pairs == 0) {
            throw new IllegalArgumentException("no image has a caption");
        }
        float share = 1f / pairs;
        for (int i = 0; i < captions.size(); i++) {
            axpy(captions.get(i).size() * share, images, i * imageDimension, imageMean, 0, imageDimension);
        }
        float[] weighted = new float[images.length];
        float[] centred = new float[imageDimension];
        for (int i = 0; i < captions.size(); i++) {
            float scale = (float) Math.sqrt(captions.get(i).size() * share);
            for (int k = 0; k < imageDimension; k++) {
                centred[k] = images[i * imageDimension + k] - imageMean[k];
                weighted[i * imageDimension + k] = scale * centred[k];
            }
            for (String caption : captions.get(i)) {
                addText(words.vector(caption), centred, share);
            }
        }
        for (int row = 0; row < terms; row++) {
            axpy(-textMean[row], textMean, 0, textCovariance, row * terms, terms);
        }
        imageCovariance = CcaSolver.gram(weighted, captions.size(), imageDimension);
    }

    private void addText(BagOfWords.Vector vector, float[] centred, float share) {
        int[] places = vector.terms();
        float[] weights = vector.weights();
        for (int a = 0; a < places.length; a++) {
            float weight = weights[a] * share;
            textMean[places[a]] += weight;
            for (int b = 0; b < places.length; b++) {
                textCovariance[places[a] * terms + places[b]] += weight * weights[b];
            }
            axpy(weight, centred, 0, crossCovariance, places[a] * imageDimension, imageDimension);
        }
    }

    static void axpy(float factor, float[] from, int at, float[] to, int target, int length) {
        for (int k = 0; k < length; k++) {
            to[target + k] += factor * from[at + k];
        }
    }
}
