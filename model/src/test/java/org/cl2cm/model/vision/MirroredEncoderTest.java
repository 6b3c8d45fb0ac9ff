package org.cl2cm.model.vision;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

final class MirroredEncoderTest {
    /// Its features are the red of the first row.
    private static final class FirstRow implements ImageEncoder {
        private boolean closed;

        @Override
        public int dimension() {
            return 3;
        }

        @Override
        public String fingerprint() {
            return "first row";
        }

        @Override
        public List<EncoderSource> sources() {
            return List.of(new EncoderSource("first.onnx", "feat", 0, false));
        }

        @Override
        public int inputLength() {
            return 3;
        }

        @Override
        public float[] prepare(BufferedImage image) {
            float[] row = new float[3];
            for (int x = 0; x < 3; x++) {
                row[x] = (image.getRGB(x, 0) >> 16) & 255;
            }
            return row;
        }

        @Override
        public float[] encodePrepared(List<float[]> prepared) {
            float[] all = new float[3 * prepared.size()];
            for (int i = 0; i < prepared.size(); i++) {
                System.arraycopy(prepared.get(i), 0, all, 3 * i, 3);
            }
            return all;
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    private static BufferedImage image(int... reds) {
        BufferedImage image = new BufferedImage(3, 2, BufferedImage.TYPE_INT_RGB);
        for (int x = 0; x < 3; x++) {
            image.setRGB(x, 0, reds[x] << 16);
        }
        return image;
    }

    @Test
    void isTheMeanOfAnImageAndItsMirrorImage() throws IOException {
        try (MirroredEncoder encoder = new MirroredEncoder(new FirstRow())) {
            assertArrayEquals(
                    new float[] {20, 20, 20, 60, 5, 60},
                    encoder.encode(List.of(image(10, 20, 30), image(120, 5, 0))),
                    0);
            assertEquals(3, encoder.dimension());
        }
    }

    @Test
    void anImageAndItsMirrorImageHaveTheSameFeatures() throws IOException {
        try (MirroredEncoder encoder = new MirroredEncoder(new FirstRow())) {
            assertArrayEquals(
                    encoder.encode(List.of(image(7, 200, 91))), encoder.encode(List.of(image(91, 200, 7))), 0);
        }
    }

    @Test
    void hasAFingerprintOfItsOwnAndClosesTheEncoderInside() throws IOException {
        FirstRow inner = new FirstRow();
        try (MirroredEncoder encoder = new MirroredEncoder(inner)) {
            assertNotEquals(inner.fingerprint(), encoder.fingerprint());
            assertEquals(List.of(new EncoderSource("first.onnx", "feat", 0, true)), encoder.sources());
        }
        assertTrue(inner.closed);
    }
}
