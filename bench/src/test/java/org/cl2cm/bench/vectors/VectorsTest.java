package org.cl2cm.bench.vectors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.IntStream;
import org.cl2cm.data.DataException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VectorsTest {
    private static final int DIMENSION = 24;

    @TempDir
    Path folder = Path.of("");

    private static VectorStatistics known() {
        return MadeUp.statistics(DIMENSION, 0.85);
    }

    @Test
    void aSmallerFileIsTheBeginningOfALargerOne() throws IOException {
        ClusteredVectors vectors = new ClusteredVectors(known(), 5);
        Path file = folder.resolve("v.npy");
        vectors.write(file, 300);
        try (VectorFile large = VectorFile.open(file)) {
            assertThat(large.rows()).isEqualTo(300);
            assertThat(large.dimension()).isEqualTo(DIMENSION);
            assertThat(large.first(20)).isDeepEqualTo(vectors.items(20));
            assertThatThrownBy(() -> large.get(300, new float[DIMENSION])).hasMessageContaining("row 300 of 300");
        }
        assertThat(Files.size(file) % 64).isEqualTo(300L * DIMENSION * 4 % 64);
        assertThat(new ClusteredVectors(known(), 5).items(3)).isDeepEqualTo(vectors.items(3));
        assertThat(new ClusteredVectors(known(), 6).items(3)[0]).isNotEqualTo(vectors.items(3)[0]);
        assertThat(vectors.query(0)).isNotEqualTo(vectors.item(0));
    }

    @Test
    void otherFilesAreRefused() throws IOException {
        Path file = folder.resolve("no.npy");
        assertThatThrownBy(() -> VectorFile.open(file))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("no.npy");
        Files.writeString(file, "x".repeat(500));
        assertThatThrownBy(() -> VectorFile.open(file)).hasMessageContaining("no float32 .npy file");
        new ClusteredVectors(known(), 1).write(file, 10);
        Files.write(file, new byte[] {0}, java.nio.file.StandardOpenOption.APPEND);
        assertThatThrownBy(() -> VectorFile.open(file)).hasMessageContaining("its shape needs");
    }

    @Test
    void statisticsComeBackFromTheirFile() throws IOException {
        Path file = folder.resolve("s.json");
        known().write(file);
        VectorStatistics read = VectorStatistics.read(file);
        assertThat(read.about()).isEqualTo("made up");
        assertThat(read.between()).containsExactly(known().between(), within(1e-5));
        assertThat(read.sizes()).containsExactly(known().sizes(), within(1e-12));
        assertThat(Objects.requireNonNull(read.texts()).slope())
                .containsExactly(Objects.requireNonNull(known().texts()).slope(), within(1e-12));
        Files.writeString(file, "{}");
        assertThatThrownBy(() -> VectorStatistics.read(file))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("s.json");
    }

    @Test
    void aRotationKeepsDotProductsAndSpreadsAnAxis() {
        for (int dimension : new int[] {1, 2, 7, 64, 100}) {
            Rotation rotation = new Rotation(dimension, 3);
            Random random = new Random(4);
            float[] a = new float[dimension];
            float[] b = new float[dimension];
            for (int i = 0; i < dimension; i++) {
                a[i] = (float) random.nextGaussian();
                b[i] = (float) random.nextGaussian();
            }
            double before = dot(a, b);
            rotation.apply(a, new float[dimension]);
            rotation.apply(b, new float[dimension]);
            assertThat(dot(a, b)).isCloseTo(before, within(1e-4));
        }
        float[] axis = new float[64];
        axis[0] = 1;
        new Rotation(64, 3).apply(axis, new float[64]);
        float largest = 0;
        for (float value : axis) {
            largest = Math.max(largest, Math.abs(value));
        }
        assertThat(largest).isLessThan(0.75f);
    }

    @Test
    void axesAreThoseThatTheVectorsWereMadeOf() {
        Random random = new Random(8);
        int dimension = 10;
        float[][] rows = new float[20_000][dimension];
        Rotation rotation = new Rotation(dimension, 1);
        for (float[] row : rows) {
            for (int i = 0; i < dimension; i++) {
                row[i] = (float) (random.nextGaussian() * Math.pow(0.6, i));
            }
            rotation.apply(row, new float[dimension]);
        }
        Axes axes = Axes.of(rows, new double[dimension]);
        for (int i = 0; i < dimension; i++) {
            assertThat(axes.variances()[i]).isCloseTo(Math.pow(0.36, i), within(0.05 * Math.pow(0.36, i)));
            for (int j = 0; j < dimension; j++) {
                double product = 0;
                for (int k = 0; k < dimension; k++) {
                    product += axes.directions()[i][k] * axes.directions()[j][k];
                }
                assertThat(product).isCloseTo(i == j ? 1 : 0, within(1e-9));
            }
        }
    }

    /// What was fitted to generated vectors makes vectors like them.
    @Test
    void aFitOfGeneratedVectorsIsLikeThem() {
        ClusteredVectors known = new ClusteredVectors(known(), 9);
        float[][] images = known.items(4000);
        float[][] texts = known.queries(4000);
        // Queries are about images of their own: pair each with the nearest one.
        int[][] nearest = ExactNeighbours.of(
                (row, target) -> System.arraycopy(images[row], 0, target, 0, target.length),
                images.length,
                texts,
                1,
                List.of(row -> true))[0];
        Embeddings embeddings = new Embeddings(
                "generated",
                images,
                texts,
                Arrays.stream(nearest).mapToInt(row -> row[0]).toArray());
        VectorStatistics fitted = new VectorFit(embeddings, 2, line -> {}).run();
        ClusteredVectors again = new ClusteredVectors(fitted, 3);
        double[] wanted = Likeness.neighbourQuantiles(images);
        double[] found = Likeness.neighbourQuantiles(again.items(4000));
        assertThat(found).containsExactly(wanted, within(0.03));
        assertThat(meanCosine(again.items(500), again.queries(500)))
                .isCloseTo(meanCosine(Arrays.copyOf(images, 500), Arrays.copyOf(texts, 500)), within(0.06));
        double total = Arrays.stream(fitted.between()).sum()
                + Arrays.stream(fitted.within()).sum();
        assertThat(total).isBetween(0.3, 1.0);
        assertThat(Arrays.stream(fitted.sizes()).sum()).isCloseTo(1, within(1e-9));
    }

    private static double meanCosine(float[][] a, float[][] b) {
        double sum = 0;
        for (float[] x : a) {
            for (float[] y : b) {
                sum += dot(x, y);
            }
        }
        return sum / a.length / b.length;
    }

    @Test
    void trueNeighboursAreThoseOfAFullSort() {
        ClusteredVectors vectors = new ClusteredVectors(known(), 11);
        float[][] items = vectors.items(700);
        float[][] queries = vectors.queries(9);
        int[][][] found = ExactNeighbours.of(
                (row, target) -> System.arraycopy(items[row], 0, target, 0, target.length),
                items.length,
                queries,
                10,
                List.of(row -> true, row -> row % 7 == 0, row -> row < 4));
        for (int query = 0; query < queries.length; query++) {
            float[] asked = queries[query];
            assertThat(found[0][query]).isEqualTo(sorted(items, asked, row -> true));
            assertThat(found[1][query]).isEqualTo(sorted(items, asked, row -> row % 7 == 0));
            assertThat(found[2][query]).endsWith(-1, -1, -1, -1, -1, -1);
            assertThat(Arrays.copyOf(found[2][query], 4)).isEqualTo(sorted(items, asked, row -> row < 4));
        }
        int[][] half = {Arrays.copyOf(found[0][0], 5)};
        assertThat(ExactNeighbours.recall(found[0], half)).isEqualTo(0.5);
        assertThat(ExactNeighbours.recall(found[2], found[2])).isEqualTo(1);
    }

    private static int[] sorted(float[][] items, float[] query, java.util.function.IntPredicate kept) {
        return IntStream.range(0, items.length)
                .filter(kept)
                .boxed()
                .sorted(Comparator.comparingDouble((Integer row) -> -dot(items[row], query)))
                .limit(10)
                .mapToInt(Integer::intValue)
                .toArray();
    }

    private static double dot(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += (double) a[i] * b[i];
        }
        return sum;
    }
}
