package org.cl2cm.data.scene;

import java.util.LinkedHashSet;
import java.util.List;

/// What a scene data set is made from; equal options make equal bytes.
///
/// @param seed of every random number
/// @param train images to learn from: English captions and noisy translations
/// @param val images to choose by: English captions, noisy translations and correct captions in every
///     language
/// @param test images to judge by: correct captions in every language
/// @param pixels width and height of a picture, at least 16
/// @param noise the share of translations with a mistake, 0 to 1
/// @param languages codes of the languages beside English, among `de`, `es`, `fr`, `zh`, `ja`, `ar`
public record SceneOptions(long seed, int train, int val, int test, int pixels, double noise, List<String> languages) {
    /// Every language beside English.
    public static final List<String> LANGUAGES = List.of("de", "es", "fr", "zh", "ja", "ar");

    public SceneOptions {
        if (train < 0 || val < 0 || test < 0 || train + val + test == 0) {
            throw new IllegalArgumentException(
                    "train, val and test count images: " + train + ", " + val + ", " + test + " will not do");
        }
        if (pixels < 16 || pixels > 1024) {
            throw new IllegalArgumentException("pixels is 16 to 1024, not " + pixels);
        }
        if (!(noise >= 0 && noise <= 1)) {
            throw new IllegalArgumentException("noise is a share from 0 to 1, not " + noise);
        }
        for (String language : languages) {
            if (!LANGUAGES.contains(language)) {
                throw new IllegalArgumentException(
                        "no captions can be made in \"" + language + "\"; there are " + String.join(", ", LANGUAGES));
            }
        }
        languages = List.copyOf(new LinkedHashSet<>(languages));
    }

    /// The demonstration's: 1,200 + 100 + 200 pictures of 64 x 64, a quarter of the translations with a
    /// mistake.
    public static SceneOptions demo(long seed) {
        return new SceneOptions(seed, 1200, 100, 200, 64, 0.25, LANGUAGES);
    }

    /// The same with other sizes of the splits.
    public SceneOptions withSplits(int train, int val, int test) {
        return new SceneOptions(seed, train, val, test, pixels, noise, languages);
    }

    public SceneOptions withPixels(int pixels) {
        return new SceneOptions(seed, train, val, test, pixels, noise, languages);
    }

    public SceneOptions withNoise(double noise) {
        return new SceneOptions(seed, train, val, test, pixels, noise, languages);
    }

    public SceneOptions withLanguages(List<String> languages) {
        return new SceneOptions(seed, train, val, test, pixels, noise, languages);
    }
}
