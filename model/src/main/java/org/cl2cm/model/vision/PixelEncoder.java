package org.cl2cm.model.vision;

import java.awt.image.BufferedImage;
import java.util.List;
import org.cl2cm.model.Fingerprint;

/// No encoder at all: the features are the pixels of the image in a small size, 0 to 1, for a network that sees the
/// pixels itself and trains with everything else (`vision.pixels` of a training run).
///
/// Safe for use by many threads.
public final class PixelEncoder implements ImageEncoder {
    private final int side;

    /// @param side width and height in pixels
    public PixelEncoder(int side) {
        if (side < 16 || side > 512 || side % 16 != 0) {
            throw new IllegalArgumentException("pixels:" + side + ": a multiple of 16 up to 512");
        }
        this.side = side;
    }

    @Override
    public int dimension() {
        return side * side * 3;
    }

    @Override
    public String fingerprint() {
        return Fingerprint.ofText("pixels:" + side);
    }

    @Override
    public List<EncoderSource> sources() {
        return List.of(EncoderSource.pixels(side));
    }

    @Override
    public int inputLength() {
        return dimension();
    }

    @Override
    public float[] prepare(BufferedImage image) {
        BufferedImage small = image.getWidth() == side && image.getHeight() == side
                ? image
                : Resize.resize(image, side, side, Resize.Filter.BICUBIC);
        int[] colours = small.getRGB(0, 0, side, side, null, 0, side);
        float[] pixels = new float[dimension()];
        for (int i = 0; i < colours.length; i++) {
            pixels[3 * i] = ((colours[i] >> 16) & 255) / 255f;
            pixels[3 * i + 1] = ((colours[i] >> 8) & 255) / 255f;
            pixels[3 * i + 2] = (colours[i] & 255) / 255f;
        }
        return pixels;
    }

    @Override
    public float[] encodePrepared(List<float[]> prepared) {
        float[] rows = new float[prepared.size() * dimension()];
        for (int i = 0; i < prepared.size(); i++) {
            System.arraycopy(prepared.get(i), 0, rows, i * dimension(), dimension());
        }
        return rows;
    }

    @Override
    public void close() {
        // Nothing is held.
    }
}
