package org.cl2cm.train.baseline;

import java.util.ArrayList;
import java.util.List;
import org.cl2cm.evaluate.Metrics;
import org.cl2cm.evaluate.Ranks;
import org.cl2cm.evaluate.Retrieval;

/// Chooses ridges, dimension and power by SumR on validation data.
///
/// @param best the model that did best
/// @param settings its settings
/// @param sumR its SumR on the validation data
/// @param tried SumR of everything tried, in order
public record CcaSelection(LinearCca best, LinearCca.Settings settings, double sumR, List<Trial> tried) {
    /// One try.
    public record Trial(LinearCca.Settings settings, double sumR) {}

    /// What is tried: every combination.
    ///
    /// @param imageRidges each costs a factorisation, a few seconds with thousands of features and
    ///     terms
    /// @param textRidges likewise
    /// @param dimensions cheap
    /// @param powers cheap
    public record Grid(
            List<Double> imageRidges, List<Double> textRidges, List<Integer> dimensions, List<Double> powers) {
        /// What suits a few thousand images and captions.
        public static Grid usual() {
            return new Grid(List.of(1.0, 3.0), List.of(1.0, 3.0), List.of(64, 128, 256), List.of(0.5, 1.0));
        }
    }

    public CcaSelection {
        tried = List.copyOf(tried);
    }

    /// @param trainImages `[trainCaptions.size(), imageDimension]`
    /// @param trainCaptions texts of each training image
    /// @param validationImages `[validationCaptions.size(), imageDimension]`
    /// @param validationCaptions texts of each validation image, at least one in all
    public static CcaSelection select(
            float[] trainImages,
            List<List<String>> trainCaptions,
            float[] validationImages,
            List<List<String>> validationCaptions,
            int imageDimension,
            BagOfWords words,
            Grid grid) {
        if (trainImages.length != (long) trainCaptions.size() * imageDimension) {
            throw new IllegalArgumentException(trainImages.length + " floats for " + trainCaptions.size()
                    + " training images of dimension " + imageDimension);
        }
        CcaMoments moments =
                new CcaMoments(LinearCca.prepared(trainImages, imageDimension), imageDimension, trainCaptions, words);
        int most = grid.dimensions().stream().mapToInt(Integer::intValue).max().orElseThrow();
        List<Trial> tried = new ArrayList<>();
        CcaSelection best = null;
        for (double imageRidge : grid.imageRidges()) {
            for (double textRidge : grid.textRidges()) {
                CcaSolver.Directions directions = CcaSolver.solve(moments, imageRidge, textRidge, most);
                for (int dimension : grid.dimensions()) {
                    for (double power : grid.powers()) {
                        LinearCca model = LinearCca.of(moments, words, directions, dimension, power);
                        double sumR = sumR(model, validationImages, validationCaptions);
                        LinearCca.Settings settings = new LinearCca.Settings(imageRidge, textRidge, dimension, power);
                        tried.add(new Trial(settings, sumR));
                        if (best == null || sumR > best.sumR()) {
                            best = new CcaSelection(model, settings, sumR, List.of());
                        }
                    }
                }
            }
        }
        if (best == null) {
            throw new IllegalArgumentException("the grid is empty");
        }
        return new CcaSelection(best.best(), best.settings(), best.sumR(), tried);
    }

    private static double sumR(LinearCca model, float[] images, List<List<String>> captions) {
        return Metrics.of(Ranks.of(retrieval(model, images, captions))).sumR();
    }

    /// What `model` makes of some images and their captions, ready to be ranked; ids are places.
    public static Retrieval retrieval(LinearCca model, float[] images, List<List<String>> captions) {
        List<String> galleryIds = new ArrayList<>();
        List<String> queryIds = new ArrayList<>();
        List<String> texts = new ArrayList<>();
        List<Integer> targets = new ArrayList<>();
        for (int i = 0; i < captions.size(); i++) {
            galleryIds.add(Integer.toString(i));
            for (int c = 0; c < captions.get(i).size(); c++) {
                queryIds.add(i + "#" + c);
                texts.add(captions.get(i).get(c));
                targets.add(i);
            }
        }
        return Retrieval.of(
                model.dimension(),
                model.encodeImages(images),
                galleryIds,
                model.encodeTexts(texts),
                queryIds,
                targets.stream().mapToInt(Integer::intValue).toArray());
    }
}
