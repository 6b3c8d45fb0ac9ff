package org.cl2cm.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.cl2cm.data.FeatureStore;
import org.cl2cm.data.ProgressListener;
import org.cl2cm.model.CompatibleProjection;
import org.cl2cm.model.RetrievalModel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CompatibilityFitTest {
    @TempDir
    private Path folder;

    @Test
    void findsAnAffineMapThatIsThere() {
        Random random = new Random(1);
        int n = 5;
        int m = 3;
        int texts = 400;
        float[] map = new float[m * (n + 1)];
        for (int i = 0; i < map.length; i++) {
            map[i] = (float) random.nextGaussian();
        }
        CompatibleProjection truth = new CompatibleProjection("old", n, m, map);
        float[] x = new float[texts * n];
        for (int i = 0; i < x.length; i++) {
            x[i] = (float) random.nextGaussian();
        }
        // Unit vectors of the old space are no affine image of the new ones, but nearly: the map is found in direction.
        float[] y = truth.apply(x);
        CompatibilityFit.Fitted fitted = CompatibilityFit.fit("old", x, n, y, m);
        assertThat(fitted.cosine()).isGreaterThan(0.97);

        // With lengths that are all alike it is found exactly.
        float[] plain = new float[texts * m];
        for (int text = 0; text < texts; text++) {
            for (int i = 0; i < m; i++) {
                double sum = map[i * (n + 1) + n];
                for (int j = 0; j < n; j++) {
                    sum += map[i * (n + 1) + j] * x[text * n + j];
                }
                plain[text * m + i] = (float) sum;
            }
        }
        float[] found = CompatibilityFit.fit("old", x, n, plain, m).projection().apply(x);
        double cosine = 0;
        for (int i = 0; i < found.length; i++) {
            cosine += found[i] * y[i];
        }
        assertThat(cosine / texts).isCloseTo(1, within(1e-4));
    }

    private Path train(String run, String... settings) throws IOException {
        TrainConfig config = ConfigFile.read(Optional.empty(), ToyWorld.settings(folder, settings));
        return new Training(
                        config,
                        folder.resolve("home"),
                        ProgressListener.NONE,
                        ProgressListener.NONE,
                        ProgressListener.NONE,
                        m -> {})
                .run(folder.resolve(run), false);
    }

    @Test
    void newQueriesSearchTheOldGallery() throws IOException {
        ToyWorld.write(folder, 1);
        Path old = train("old", "seed=1");
        Path newer = train("new", "seed=2", "dimension=24");
        String space = RetrievalModel.describe(old).fingerprint();
        assertThat(RetrievalModel.reaches(newer, space)).isFalse();
        assertThatThrownBy(() -> RetrievalModel.open(newer, space, ProgressListener.NONE))
                .hasMessageContaining("--compatible-with")
                .hasMessageContaining(space);

        TrainConfig config = ConfigFile.read(Optional.empty(), ToyWorld.settings(folder));
        CompatibilityFit.Fitted fitted =
                CompatibilityFit.fit(newer, old, Training.texts(config), 10_000, ProgressListener.NONE);

        assertThat(fitted.cosine()).isGreaterThan(0.8);
        assertThat(CompatibleProjection.spaces(newer)).containsExactly(space);
        try (RetrievalModel from = RetrievalModel.open(newer, space, ProgressListener.NONE);
                RetrievalModel onto = RetrievalModel.open(old, ProgressListener.NONE);
                FeatureStore store = FeatureStore.open(folder.resolve("features.npy"))) {
            assertThat(from.fingerprint()).isEqualTo(space);
            assertThat(from.dimension()).isEqualTo(32);
            List<String> ids = store.ids().subList(0, 48);
            float[] gallery = onto.encodeFeatures(store, ids);
            // Item 0 is a red dog; its picture by the new model goes where the old model has put it.
            assertThat(better(from.encodeTexts(List.of("xa xred xdog")), gallery, 0))
                    .isLessThan(6);
            assertThat(better(from.encodeFeatures(store, ids.subList(0, 1)), gallery, 0))
                    .isLessThan(6);
        }
        assertThatThrownBy(() -> CompatibilityFit.fit(old, old, Training.texts(config), 100, ProgressListener.NONE))
                .hasMessageContaining("the same model");

        // A projection of another model is noticed.
        Path file = newer.resolve(CompatibleProjection.FOLDER).resolve(space + ".safetensors");
        Path other = train("other", "seed=3", "dimension=24");
        Files.createDirectories(other.resolve(CompatibleProjection.FOLDER));
        Files.copy(file, other.resolve(CompatibleProjection.FOLDER).resolve(space + ".safetensors"));
        assertThatThrownBy(() -> RetrievalModel.open(other, space, ProgressListener.NONE))
                .hasMessageContaining(space + ".safetensors")
                .hasMessageContaining("was made for model");
    }

    private static int better(float[] query, float[] gallery, int own) {
        int dimension = query.length;
        double[] scores = new double[gallery.length / dimension];
        for (int i = 0; i < scores.length; i++) {
            for (int k = 0; k < dimension; k++) {
                scores[i] += query[k] * gallery[i * dimension + k];
            }
        }
        int better = 0;
        for (double score : scores) {
            better += score > scores[own] ? 1 : 0;
        }
        return better;
    }
}
