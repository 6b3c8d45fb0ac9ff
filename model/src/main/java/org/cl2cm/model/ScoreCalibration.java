package org.cl2cm.model;

/// What a model's cosine between a text of one language and an image is worth.
///
/// ```text
/// P(right | cosine, N) = 1 / (1 + exp(-(slope cosine + intercept - ln N)))
/// ```
///
/// The probability that an image with this cosine is the one that was meant, when a collection of N
/// images holds one that was. Learnt on a split that the model did not learn from.
///
/// @param slope per unit of the cosine
/// @param intercept at cosine 0 among one image
/// @param queries it was learnt from
/// @param gallery images it was learnt from
public record ScoreCalibration(double slope, double intercept, int queries, int gallery) {
    /// Below this probability a result is background: of a hundred results that score so, fewer than
    /// one is right.
    public static final double BACKGROUND = 0.01;

    public ScoreCalibration {
        if (!Double.isFinite(slope) || !Double.isFinite(intercept)) {
            throw new IllegalArgumentException("calibration: slope " + slope + ", intercept " + intercept);
        }
    }

    /// @param cosine of the text and the image
    /// @param images in the collection that was searched, at least 1
    /// @return 0 to 1
    public double probability(double cosine, long images) {
        return 1 / (1 + Math.exp(-(slope * cosine + intercept - Math.log(Math.max(1, images)))));
    }
}
