package org.cl2cm.model.vision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// Against golden values that `src/test/python/make_resize_golden.py` made with Pillow.
class ResizeTest {
    private static JsonNode golden() throws IOException {
        return new ObjectMapper()
                .readTree(Path.of(System.getProperty("cl2cm.root", ".."))
                        .resolve("model/src/test/resources/org/cl2cm/model/vision/resize-golden.json")
                        .toFile());
    }

    private static BufferedImage image(JsonNode node) {
        int width = node.get("width").intValue();
        int height = node.get("height").intValue();
        byte[] rgb = Base64.getDecoder().decode(node.get("rgb").textValue());
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < width * height; i++) {
            image.setRGB(
                    i % width,
                    i / width,
                    ((rgb[3 * i] & 0xFF) << 16) | ((rgb[3 * i + 1] & 0xFF) << 8) | (rgb[3 * i + 2] & 0xFF));
        }
        return image;
    }

    @Test
    void agreesWithPillowInEveryPixel() throws IOException {
        JsonNode golden = golden();
        BufferedImage source = image(golden);
        int cases = 0;
        for (JsonNode node : golden.get("resized")) {
            BufferedImage expected = image(node);
            Resize.Filter filter =
                    Resize.Filter.valueOf(node.get("filter").textValue().toUpperCase(Locale.ROOT));
            BufferedImage found = Resize.resize(source, expected.getWidth(), expected.getHeight(), filter);
            assertThat(Resize.pixels(found))
                    .as("%s to %d x %d", filter, expected.getWidth(), expected.getHeight())
                    .isEqualTo(Resize.pixels(expected));
            cases++;
        }
        assertThat(cases).isEqualTo(21);
    }

    @Test
    void preparesAsClipDoes() throws IOException {
        JsonNode golden = golden();
        for (JsonNode node : golden.get("clip")) {
            int crop = node.get("crop").intValue();
            ImagePreprocessing clip = new ImagePreprocessing(
                    new ImagePreprocessing.Resizing.ShortestEdge(
                            node.get("edge").intValue()),
                    Resize.Filter.BICUBIC,
                    Optional.of(new ImagePreprocessing.Size(crop, crop)),
                    1.0 / 255,
                    List.of(0.48145467f, 0.4578275f, 0.40821072f),
                    List.of(0.26862955f, 0.2613026f, 0.2757771f));
            float[] planes = clip.apply(image(golden), ImagePreprocessing.Layout.NCHW);
            float[] pixels = clip.apply(image(golden), ImagePreprocessing.Layout.NHWC);
            for (int c = 0; c < 3; c++) {
                for (int y = 0; y < crop; y++) {
                    for (int x = 0; x < crop; x++) {
                        double expected = node.get("nchw").get(c).get(y).get(x).doubleValue();
                        assertThat(Math.abs(planes[(c * crop + y) * crop + x] - expected))
                                .as("crop %d, channel %d, row %d, column %d", crop, c, y, x)
                                .isLessThan(2e-6);
                        assertThat(pixels[(y * crop + x) * 3 + c]).isEqualTo(planes[(c * crop + y) * crop + x]);
                    }
                }
            }
        }
    }

    @Test
    void leavesAnImageOfTheRightSizeAlone() {
        BufferedImage image = new BufferedImage(5, 4, BufferedImage.TYPE_INT_RGB);
        assertThat(Resize.resize(image, 5, 4, Resize.Filter.BICUBIC)).isSameAs(image);
        assertThat(Resize.resize(image.getSubimage(1, 1, 3, 2), 3, 2, Resize.Filter.BICUBIC)
                        .getRaster()
                        .getParent())
                .isNull();
    }

    @Test
    void refusesAnImageThatWouldBecomeHuge() {
        BufferedImage strip = new BufferedImage(1, 5000, BufferedImage.TYPE_INT_RGB);
        ImagePreprocessing raw = ImagePreprocessing.raw(new ImagePreprocessing.Size(224, 224));
        assertThatThrownBy(() -> raw.apply(strip, ImagePreprocessing.Layout.NHWC))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("1 x 5000 pixels is too narrow");
    }
}
