package org.cl2cm.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.cl2cm.data.Manifest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainingSetTest {
    @TempDir
    private Path folder;

    @BeforeEach
    void world() throws IOException {
        ToyWorld.write(folder, 1);
    }

    private List<TrainingSet.Caption> captions(String... settings) throws IOException {
        TrainConfig config = ConfigFile.read(Optional.empty(), ToyWorld.settings(folder, settings));
        Manifest manifest = Manifest.readWithTranslations(Path.of(config.data().manifest()));
        return TrainingSet.read(manifest, config.data(), List.of(), id -> true).images().stream()
                .flatMap(image -> image.captions().stream())
                .toList();
    }

    @Test
    void noiseExchangesTheTranslationsOfAShareOfTheCaptions() throws IOException {
        List<TrainingSet.Caption> clean = captions();
        List<TrainingSet.Caption> noisy = captions("data.noise=0.5");

        assertThat(noisy).extracting(TrainingSet.Caption::source).isEqualTo(sources(clean));
        assertThat(noisy)
                .extracting(TrainingSet.Caption::targets)
                .containsExactlyInAnyOrderElementsOf(
                        clean.stream().map(TrainingSet.Caption::targets).toList());
        long changed = 0;
        for (int i = 0; i < clean.size(); i++) {
            changed += clean.get(i).targets().equals(noisy.get(i).targets()) ? 0 : 1;
        }
        // Captions that say the same may get each other's translations.
        assertThat(changed).isBetween(clean.size() * 4L / 10, (clean.size() + 1L) / 2);
        assertThat(captions("data.noise=0.5")).as("the same every time").isEqualTo(noisy);
    }

    @Test
    void everyLanguageIsDrawnAsOftenHoweverManyTranslationsItHas() {
        TrainingSet.Caption caption = new TrainingSet.Caption(
                "a dog",
                List.of("zh one", "zh two", "zh three", "ar"),
                List.of("zh", "zh", "zh", "ar"),
                List.of("", "", "", "back"));
        Random random = new Random(1);
        Map<String, Integer> drawn = new TreeMap<>();
        for (int i = 0; i < 6000; i++) {
            Triplet triplet = caption.triplet(0, random);
            drawn.merge(triplet.target(), 1, Integer::sum);
            assertThat(triplet.back()).isEqualTo(triplet.target().equals("ar") ? "back" : "");
        }
        assertThat(drawn.get("ar")).isBetween(2850, 3150);
        assertThat(drawn.get("zh two")).isBetween(900, 1100);
        assertThat(drawn).hasSize(4);
    }

    private static List<String> sources(List<TrainingSet.Caption> captions) {
        return captions.stream().map(TrainingSet.Caption::source).toList();
    }
}
