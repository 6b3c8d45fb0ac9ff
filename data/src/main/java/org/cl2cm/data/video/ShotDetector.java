package org.cl2cm.data.video;

import java.awt.image.BufferedImage;

/// Finds where shots begin, from the frames that are taken: a frame begins one when its colours differ
/// much from those of the frame before.
///
/// ffmpeg has a filter for this. It looks at every frame of the file, in another scale on another
/// version, and its answer would have to be read from a log; and a moment is made of the frames that
/// are taken, so a border that lies between two of these is as exact as can be used. For one video and
/// one thread.
public final class ShotDetector {
    /// Of photographs that stand in for frames, another one differs by this in nine of ten cases, and the
    /// same one moved by a tenth of its side in one of five hundred.
    public static final double USUAL = 0.22;

    /// Few and wide ones: with more of them a change of light looks like a cut.
    private static final int BINS = 8;

    private final double cut;
    private float[] before = {};

    /// @param cut difference from which on a frame begins a shot, above 0 to 1
    public ShotDetector(double cut) {
        this.cut = cut;
    }

    /// Whether the next frame begins a shot; the first one does.
    public boolean begins(BufferedImage frame) {
        float[] now = histogram(frame);
        boolean begins = before.length == 0 || difference(before, now) >= cut;
        before = now;
        return begins;
    }

    /// How much the colours of two pictures differ: of their histograms of red, green and blue the
    /// share that does not overlap, the mean of the three. 0 for the same colours wherever they are, 1
    /// for none in common.
    static double difference(BufferedImage a, BufferedImage b) {
        return difference(histogram(a), histogram(b));
    }

    private static double difference(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += Math.abs(a[i] - b[i]);
        }
        return sum / 6;
    }

    /// `[3 * BINS]`, each third sums to 1. A value counts for both bins that it lies between, so that
    /// noise at the border of two bins changes little. Every fourth row and column of a large picture
    /// is enough.
    private static float[] histogram(BufferedImage image) {
        float[] histogram = new float[3 * BINS];
        int step = image.getWidth() >= 256 && image.getHeight() >= 256 ? 4 : 1;
        int[] row = new int[image.getWidth()];
        int count = 0;
        for (int y = 0; y < image.getHeight(); y += step) {
            image.getRGB(0, y, row.length, 1, row, 0, row.length);
            for (int x = 0; x < row.length; x += step) {
                for (int channel = 0; channel < 3; channel++) {
                    float place = ((row[x] >> (8 * channel)) & 255) * (BINS - 1) / 255f;
                    int bin = Math.min((int) place, BINS - 2);
                    histogram[channel * BINS + bin] += bin + 1 - place;
                    histogram[channel * BINS + bin + 1] += place - bin;
                }
                count++;
            }
        }
        for (int i = 0; i < histogram.length; i++) {
            histogram[i] /= count;
        }
        return histogram;
    }
}
