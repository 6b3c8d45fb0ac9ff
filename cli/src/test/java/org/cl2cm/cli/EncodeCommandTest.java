package org.cl2cm.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import javax.imageio.ImageIO;
import org.cl2cm.data.FeatureStore;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EncodeCommandTest {
    /// A graph with input `image` [n, 8, 8, 3], outputs `feat` [n, 3], the mean colour, and `grid` [n, 3, 8, 8].
    static final String GRAPH = "CAg6xwEKKwoFaW1hZ2USBGdyaWQiCVRyYW5zcG9zZSoRCgRwZXJtQABAA0ABQAKgAQcKHwoEZ3JpZBIE"
            + "bWVhbiIRR2xvYmFsQXZlcmFnZVBvb2wKFQoEbWVhbhIEZmVhdCIHRmxhdHRlbhIEdGlueVogCgVpbWFnZRIXChUIARIRCgMSAW4K"
            + "AggICgIICAoCCANiHwoEZ3JpZBIXChUIARIRCgMSAW4KAggDCgIICAoCCAhiFwoEZmVhdBIPCg0IARIJCgMSAW4KAggDQgQKABAN";

    @TempDir
    Path folder;

    private String images = "";
    private String graph = "";
    private String features = "";

    @BeforeEach
    void makePictures() throws IOException {
        images = Files.createDirectory(folder.resolve("images")).toString();
        features = folder.resolve("features").toString();
        graph = Files.write(folder.resolve("tiny.onnx"), Base64.getDecoder().decode(GRAPH))
                .toString();
        for (String name : new String[] {"a", "b", "c"}) {
            ImageIO.write(
                    new BufferedImage(9, 8, BufferedImage.TYPE_INT_RGB),
                    "png",
                    Path.of(images, name + ".png").toFile());
        }
    }

    private int encode(String... options) {
        String[] arguments = new String[options.length + 6];
        arguments[0] = "encode";
        arguments[1] = images;
        arguments[2] = "--encoder";
        arguments[3] = graph;
        arguments[4] = "--to";
        arguments[5] = features;
        System.arraycopy(options, 0, arguments, 6, options.length);
        return Cl2cm.execute(arguments);
    }

    @Test
    void encodesAFolderAndIsDoneTheSecondTime() throws IOException {
        assertThat(encode("--threads", "1")).isEqualTo(ExitCode.DONE);
        assertThat(encode("--threads", "1")).isEqualTo(ExitCode.DONE);
        try (FeatureStore store = FeatureStore.open(Path.of(features))) {
            assertThat(store.ids()).containsExactly("a", "b", "c");
            assertThat(store.dimension()).isEqualTo(3);
        }
    }

    @Test
    void severalEncodersStandSideBySideAndLimitCuts() throws IOException {
        assertThat(encode("--encoder", graph, "--output", "grid", "--pool", "2", "--limit", "2"))
                .isEqualTo(ExitCode.DONE);
        try (FeatureStore store = FeatureStore.open(Path.of(features))) {
            assertThat(store.ids()).containsExactly("a", "b");
            assertThat(store.dimension()).isEqualTo(24);
        }
    }

    @Test
    void tellsByTheExitCodeHowItEnded() throws IOException {
        Files.writeString(Path.of(images, "b.png"), "no picture");
        assertThat(encode()).isEqualTo(ExitCode.PARTLY_DONE);
        assertThat(encode("--limit", "1")).as("another plan").isEqualTo(ExitCode.FAILED);
        assertThat(encode("--limit", "1", "--overwrite")).isEqualTo(ExitCode.DONE);
        assertThat(encode("--overwrite", "--max-errors", "0")).isEqualTo(ExitCode.FAILED);
        assertThat(encode("--limit", "0")).isEqualTo(ExitCode.USAGE);
        assertThat(encode("--batch", "0")).isEqualTo(ExitCode.USAGE);
        assertThat(Cl2cm.execute("encode", images, "--to", features)).isEqualTo(ExitCode.USAGE);
    }
}
