package org.cl2cm.train.losses;

import static org.cl2cm.train.losses.FullPrecision.float32;

import org.bytedeco.pytorch.Tensor;
import org.cl2cm.model.nn.Tensors;

/// One image against all its languages at once: the 1-to-K contrastive loss of CCRK (Nie et al., KDD
/// 2024, arXiv 2406.18254), which keeps the languages at one distance from the image, where pairs of
/// one language after another pull it back and forth.
///
/// An image must find each of its K texts among all texts of the batch, with 1/K of its probability; a
/// text must find its image. With one text an image it is [ContrastiveLoss#infoNce].
public final class MultiPositiveLoss {
    private MultiPositiveLoss() {}

    /// @param images unit vectors, `[images, dimension]`
    /// @param texts unit vectors, `[texts, dimension]`
    /// @param imageOf row of each text's image; every image has at least one text
    /// @param scale what the cosines are multiplied with, a scalar
    /// @return a scalar: the mean over images and the mean over texts, averaged
    public static Tensor loss(Tensor images, Tensor texts, int[] imageOf, Tensor scale) {
        int n = Math.toIntExact(images.size(0));
        int m = Math.toIntExact(texts.size(0));
        if (imageOf.length != m) {
            throw new IllegalArgumentException(imageOf.length + " images for " + m + " texts");
        }
        int[] count = new int[n];
        for (int image : imageOf) {
            count[image]++;
        }
        float[] shares = new float[n * m];
        float[] ones = new float[n * m];
        for (int text = 0; text < m; text++) {
            ones[imageOf[text] * m + text] = 1f;
            shares[imageOf[text] * m + text] = 1f / count[imageOf[text]];
        }
        for (int image = 0; image < n; image++) {
            if (count[image] == 0) {
                throw new IllegalArgumentException("image " + image + " has no text");
            }
        }
        return FullPrecision.run(() -> {
            Tensor logits = float32(images).mm(float32(texts).t()).mul(scale);
            Tensor toTexts = logits.logsumexp(1)
                    .mean()
                    .sub(logits.mul(Tensors.of(shares, n, m)).sum().div(Tensors.scalar(n)));
            Tensor toImages = logits.logsumexp(0)
                    .mean()
                    .sub(logits.mul(Tensors.of(ones, n, m)).sum().div(Tensors.scalar(m)));
            return toTexts.add(toImages).mul(Tensors.scalar(0.5));
        });
    }
}
