package org.cl2cm.model.vision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.cl2cm.data.ImageFile;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Two MobileNets on real photographs, where the shared data is at hand.
class RealEncodersTest {
    private static final Path SHARED = Path.of(System.getProperty("cl2cm.root", ".."), "..", "shared");
    private static final Path MODELS = SHARED.resolve("models/vision");
    private static final Path PHOTOGRAPHS = SHARED.resolve("data/flickr8k/images");

    @BeforeEach
    void needsTheSharedData() {
        boolean there = Files.isDirectory(MODELS) && Files.isDirectory(PHOTOGRAPHS);
        if (!there) {
            System.err.println("RealEncodersTest: skipped, no " + SHARED + " with photographs and encoders");
        }
        Assumptions.assumeTrue(there, "no shared photographs and encoders");
    }

    private static List<BufferedImage> photographs(String... ids) throws IOException {
        List<BufferedImage> images = new ArrayList<>();
        for (String id : ids) {
            try (Stream<Path> files = Files.list(PHOTOGRAPHS)) {
                images.add(ImageFile.read(
                        files.filter(file -> file.getFileName().toString().startsWith(id + "_"))
                                .findFirst()
                                .orElseThrow()));
            }
        }
        return images;
    }

    private static OnnxImageEncoder open(String name, Optional<String> output, int pool) throws IOException {
        return OnnxImageEncoder.open(MODELS.resolve(name), new OnnxImageEncoder.Options(output, pool, 1));
    }

    private static int best(float[] scores, int row, int classes) {
        int best = 0;
        for (int i = 0; i < classes; i++) {
            best = scores[row * classes + i] > scores[row * classes + best] ? i : best;
        }
        return best;
    }

    @Test
    void oneAndFourAtOnceAgree() throws IOException {
        List<BufferedImage> images = photographs("1000268201", "1001773457", "1002674143", "1003163366");
        try (ConcatenatedEncoder encoder = new ConcatenatedEncoder(List.of(
                open("mobilenet_v1_imagenet.onnx", Optional.empty(), 0),
                open("mobilenet_v2_imagenet.onnx", Optional.empty(), 0)))) {
            assertThat(encoder.dimension()).isEqualTo(1024 + 1280);
            float[] together = encoder.encode(images);
            for (int i = 0; i < images.size(); i++) {
                float[] alone = encoder.encode(List.of(images.get(i)));
                for (int d = 0; d < alone.length; d++) {
                    assertThat(together[i * alone.length + d]).isCloseTo(alone[d], within(1e-4f));
                }
            }
        }
    }

    @Test
    void theMeanOfTheMapIsTheFeature() throws IOException {
        List<BufferedImage> images = photographs("1001773457");
        try (OnnxImageEncoder feat = open("mobilenet_v2_imagenet.onnx", Optional.of("feat"), 0);
                OnnxImageEncoder mean = open("mobilenet_v2_imagenet.onnx", Optional.of("grid"), 1);
                OnnxImageEncoder quarters = open("mobilenet_v2_imagenet.onnx", Optional.of("grid"), 2)) {
            float[] expected = feat.encode(images);
            float[] found = mean.encode(images);
            for (int d = 0; d < 1280; d++) {
                assertThat(found[d]).isCloseTo(expected[d], within(1e-4f));
            }
            assertThat(quarters.dimension()).isEqualTo(4 * 1280);
            assertThat(mean.fingerprint()).isNotEqualTo(feat.fingerprint());
        }
    }

    @Test
    void recognisesDogs() throws IOException {
        // A black dog and a spotted dog are fighting.
        List<BufferedImage> images = photographs("1001773457");
        try (OnnxImageEncoder encoder = open("mobilenet_v2_imagenet.onnx", Optional.of("logits"), 0)) {
            assertThat(encoder.dimension()).isEqualTo(1001);
            // Classes are ImageNet's, shifted by one for the background: 152 to 269 are breeds of dogs.
            int found = best(encoder.encode(images), 0, 1001);
            assertThat(found).as("a kelpie, as on every machine").isEqualTo(228);
        }
    }
}
