package org.cl2cm.model.vision;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.cl2cm.model.Fingerprint;

/// The mean of the features of an image and of its mirror image: costs twice the time, and evens out what an
/// encoder makes of left and right, which captions seldom tell.
///
/// Closing it closes the encoder inside.
public final class MirroredEncoder implements ImageEncoder {
    private final ImageEncoder inner;

    public MirroredEncoder(ImageEncoder inner) {
        this.inner = inner;
    }

    @Override
    public int dimension() {
        return inner.dimension();
    }

    @Override
    public String fingerprint() {
        return Fingerprint.ofText("mean with the mirror image\n" + inner.fingerprint());
    }

    @Override
    public List<EncoderSource> sources() {
        return inner.sources().stream().map(EncoderSource::mirrored).toList();
    }

    @Override
    public int inputLength() {
        return 2 * inner.inputLength();
    }

    /// What the encoder inside sees of the image, and then of its mirror image.
    @Override
    public float[] prepare(BufferedImage image) {
        float[] both = Arrays.copyOf(inner.prepare(image), inputLength());
        System.arraycopy(inner.prepare(mirrored(image)), 0, both, inner.inputLength(), inner.inputLength());
        return both;
    }

    private static BufferedImage mirrored(BufferedImage image) {
        int width = image.getWidth();
        int height = image.getHeight();
        BufferedImage mirrored = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        int[] row = new int[width];
        for (int y = 0; y < height; y++) {
            image.getRGB(0, y, width, 1, row, 0, width);
            for (int left = 0, right = width - 1; left < right; left++, right--) {
                int pixel = row[left];
                row[left] = row[right];
                row[right] = pixel;
            }
            mirrored.setRGB(0, y, width, 1, row, 0, width);
        }
        return mirrored;
    }

    @Override
    public float[] encodePrepared(List<float[]> prepared) throws IOException {
        int length = inner.inputLength();
        float[] means = inner.encodePrepared(views(prepared, 0, length));
        float[] mirrored = inner.encodePrepared(views(prepared, length, 2 * length));
        for (int i = 0; i < means.length; i++) {
            means[i] = (means[i] + mirrored[i]) / 2;
        }
        return means;
    }

    private static List<float[]> views(List<float[]> prepared, int from, int to) {
        return prepared.stream().map(both -> Arrays.copyOfRange(both, from, to)).toList();
    }

    @Override
    public void close() throws IOException {
        inner.close();
    }
}
