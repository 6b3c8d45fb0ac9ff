package org.cl2cm.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.cl2cm.data.DataException;
import org.cl2cm.data.FeatureStore;
import org.cl2cm.data.ProgressListener;
import org.cl2cm.data.VideoFrames;
import org.cl2cm.model.RetrievalModel;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The toy world as videos, in a BigFile folder with `video2frames.txt`: a video shows its colour in
/// one frame and its thing in another, and which of two things it is tells the order alone.
class VideoTrainingTest {
    private static final int COLOURS = 6;
    private static final int THINGS = 8;
    private static final int FEATURES = COLOURS + THINGS / 2;

    @TempDir
    private Path folder;

    @BeforeEach
    void world() throws IOException {
        ToyWorld.write(folder, 1);
        Random random = new Random(3);
        List<String> frames = new ArrayList<>();
        Map<String, List<String>> videos = new LinkedHashMap<>();
        ByteBuffer numbers =
                ByteBuffer.allocate(240 * 4 * FEATURES * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < 240; i++) {
            int at = i < 192 ? i : i - 192;
            int colour = at % COLOURS;
            int thing = at / COLOURS % THINGS;
            // Things 0 and 4 look the same; one comes before the colour, the other after it.
            boolean first = thing < THINGS / 2;
            List<String> own = new ArrayList<>();
            int count = 2 + i % 2 * 2;
            for (int frame = 0; frame < count; frame++) {
                boolean showsThing = first == (frame < count / 2);
                for (int j = 0; j < FEATURES; j++) {
                    float value = (float) (random.nextGaussian() * 0.1);
                    boolean lit = showsThing ? j == COLOURS + thing % (THINGS / 2) : j == colour;
                    numbers.putFloat(lit ? value + 1 : value);
                }
                own.add("item" + i + "_" + frame);
            }
            frames.addAll(own);
            videos.put("item" + i, own);
        }
        Path store = Files.createDirectories(folder.resolve("frames"));
        byte[] used = new byte[frames.size() * FEATURES * Float.BYTES];
        numbers.flip().get(used);
        Files.write(store.resolve("feature.bin"), used);
        Files.writeString(store.resolve("id.txt"), String.join(" ", frames));
        Files.writeString(store.resolve("shape.txt"), frames.size() + " " + FEATURES);
        VideoFrames.write(store.resolve("video2frames.txt"), videos);
    }

    private Path train(String run, String... settings) throws IOException {
        List<String> all = new ArrayList<>(ToyWorld.settings(folder));
        all.add("data.features=" + folder.resolve("frames"));
        all.addAll(List.of(settings));
        TrainConfig config = ConfigFile.read(Optional.empty(), all);
        return new Training(
                        config,
                        folder.resolve("home"),
                        ProgressListener.NONE,
                        ProgressListener.NONE,
                        ProgressListener.NONE,
                        message -> {})
                .run(folder.resolve(run), false);
    }

    /// Which share of the validation videos is closer to the caption of its thing than to that of the
    /// thing that looks the same and stands at the other end.
    private double toldApart(Path model) throws IOException {
        List<String> colours = List.of("red", "blue", "green", "black", "white", "pink");
        List<String> things = List.of("dog", "cat", "house", "tree", "car", "bird", "ball", "boat");
        int right = 0;
        try (RetrievalModel network = RetrievalModel.open(model, ProgressListener.NONE);
                FeatureStore store = FeatureStore.open(folder.resolve("frames"))) {
            for (int i = 0; i < 48; i++) {
                String start = "xa x" + colours.get(i % COLOURS) + " x";
                int thing = i / COLOURS % THINGS;
                float[] texts = network.encodeTexts(
                        List.of(start + things.get(thing), start + things.get((thing + THINGS / 2) % THINGS)));
                float[] video = network.encodeFeatures(store, List.of("item" + (192 + i)));
                double own = 0;
                double other = 0;
                for (int j = 0; j < video.length; j++) {
                    own += video[j] * texts[j];
                    other += video[j] * texts[video.length + j];
                }
                right += own > other ? 1 : 0;
            }
        }
        return right / 48.0;
    }

    @Test
    void theTransformerLearnsWhatTheOrderTells() throws IOException {
        double mean = toldApart(train("mean", "vision.frames=4", "vision.temporal_layers=0", "train.epochs=8"));
        Path model = train("temporal", "vision.frames=4", "train.epochs=24", "train.rate=0.008");
        double temporal = toldApart(model);
        assertThat(mean).as("by chance").isLessThan(0.75);
        assertThat(temporal).isGreaterThan(0.85);

        try (RetrievalModel network = RetrievalModel.open(model, ProgressListener.NONE);
                FeatureStore store = FeatureStore.open(folder.resolve("frames"))) {
            assertThat(network.description().vision().frames()).isEqualTo(4);
            assertThat(network.description().vision().temporalLayers()).isEqualTo(1);
            float[] together = network.encodeFeatures(store, List.of("item0", "item1_0", "item2"));
            float[] alone = network.encodeFeatures(store, List.of("item2"));
            for (int i = 0; i < network.dimension(); i++) {
                assertThat(together[2 * network.dimension() + i]).isCloseTo(alone[i], offset());
            }
        }
    }

    private static org.assertj.core.data.Offset<Float> offset() {
        return org.assertj.core.data.Offset.offset(1e-4f);
    }

    @Test
    void sameSeedGivesTheSameModelBitForBit() throws IOException {
        byte[] first = Files.readAllBytes(
                train("one", "vision.frames=3", "train.epochs=1").resolve("model.safetensors"));
        byte[] second = Files.readAllBytes(
                train("two", "vision.frames=3", "train.epochs=1").resolve("model.safetensors"));
        assertThat(second).isEqualTo(first);
    }

    @Test
    void videosAreRefusedWhereImagesAreExpected() {
        assertThatThrownBy(() -> train("run"))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("item \"item0\" is a video of 2 frames: set the key \"vision.frames\"");
        assertThatThrownBy(() -> train("run", "vision.frames=-1")).hasMessageContaining("vision.frames");
        assertThatThrownBy(() -> train("run", "vision.frames=4", "vision.temporal_heads=5"))
                .hasMessageContaining("5 heads do not divide a width of 32");
    }
}
