package org.cl2cm.model.vision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PixelEncoderTest {
    private static final int RED = 0xFF0000;
    private static final int BLUE = 0x0000FF;

    private static BufferedImage image(int width, int height, int colour) {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                image.setRGB(x, y, colour);
            }
        }
        return image;
    }

    private static float[] at(float[] pixels, int side, int x, int y) {
        int from = 3 * (y * side + x);
        return Arrays.copyOfRange(pixels, from, from + 3);
    }

    @Test
    void seesRedGreenBlueFrom0To1RowByRow() {
        try (PixelEncoder encoder = new PixelEncoder(16)) {
            BufferedImage image = image(16, 16, 0);
            image.setRGB(0, 0, 0xFF3300);
            image.setRGB(15, 0, 0x010203);
            image.setRGB(2, 5, 0x00FF80);

            float[] pixels = encoder.prepare(image);

            assertThat(pixels).hasSize(768).hasSize(encoder.dimension()).hasSize(encoder.inputLength());
            assertThat(at(pixels, 16, 0, 0)).containsExactly(1f, 0.2f, 0f);
            assertThat(at(pixels, 16, 15, 0)).containsExactly(1 / 255f, 2 / 255f, 3 / 255f);
            assertThat(at(pixels, 16, 2, 5)).containsExactly(0f, 1f, 128 / 255f);
            double sum = 0;
            for (float value : pixels) {
                sum += value;
            }
            assertThat(sum).as("all else is black").isCloseTo(1.2 + 6 / 255.0 + 383 / 255.0, offset(1e-5));
        }
    }

    private static org.assertj.core.data.Offset<Double> offset(double tolerance) {
        return org.assertj.core.data.Offset.offset(tolerance);
    }

    /// A picture that is not square is squeezed: the right half stays the right half, nothing is cut off.
    @Test
    void bringsEveryPictureToItsSize() {
        try (PixelEncoder encoder = new PixelEncoder(16)) {
            BufferedImage wide = image(96, 32, RED);
            for (int y = 0; y < 32; y++) {
                for (int x = 48; x < 96; x++) {
                    wide.setRGB(x, y, BLUE);
                }
            }
            float[] pixels = encoder.prepare(wide);
            for (int y : new int[] {0, 7, 15}) {
                for (int x : new int[] {0, 3, 5}) {
                    assertThat(at(pixels, 16, x, y)).containsExactly(1f, 0f, 0f);
                    assertThat(at(pixels, 16, 15 - x, y)).containsExactly(0f, 0f, 1f);
                }
            }
            float[] grown = encoder.prepare(image(3, 5, 0x336699));
            assertThat(at(grown, 16, 0, 0)).containsExactly(0.2f, 0.4f, 0.6f);
            assertThat(at(grown, 16, 15, 15)).containsExactly(0.2f, 0.4f, 0.6f);
        }
    }

    @Test
    void aBatchIsItsImagesOneAfterAnother() {
        try (PixelEncoder encoder = new PixelEncoder(16)) {
            float[] red = encoder.prepare(image(16, 16, RED));
            float[] blue = encoder.prepare(image(16, 16, BLUE));
            float[] rows = encoder.encodePrepared(List.of(red, blue));
            assertThat(rows).hasSize(2 * 768);
            assertThat(Arrays.copyOfRange(rows, 0, 768)).containsExactly(red);
            assertThat(Arrays.copyOfRange(rows, 768, 1536)).containsExactly(blue);
        }
    }

    @Test
    void anotherSizeIsAnotherEncoder() {
        try (PixelEncoder small = new PixelEncoder(16);
                PixelEncoder large = new PixelEncoder(32);
                PixelEncoder again = new PixelEncoder(16)) {
            assertThat(small.fingerprint()).isNotEqualTo(large.fingerprint()).isEqualTo(again.fingerprint());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 8, 20, 528})
    void refusesOtherSizes(int side) {
        assertThatThrownBy(() -> new PixelEncoder(side)).hasMessageContaining("pixels:" + side + ": a multiple of 16");
    }
}
