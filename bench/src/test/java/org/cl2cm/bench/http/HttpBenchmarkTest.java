package org.cl2cm.bench.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.cl2cm.bench.vectors.ClusteredVectors;
import org.cl2cm.bench.vectors.VectorStatistics;
import org.cl2cm.data.DataException;
import org.cl2cm.data.FeatureWriter;
import org.cl2cm.fixture.PictureWorld;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HttpBenchmarkTest {
    private static final int DIMENSION = 16;
    private static final int FEATURES = 8;
    private static final int ITEMS = 500;

    private Path folder = Path.of("");
    private Path model = Path.of("");

    @BeforeAll
    void create(@TempDir Path temporary) throws IOException {
        folder = temporary;
        PictureWorld.write(folder);
        List<String> ids =
                IntStream.range(0, PictureWorld.PICTURES).mapToObj(i -> "p" + i).toList();
        Random random = new Random(3);
        float[] rows = new float[ids.size() * FEATURES];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = (float) random.nextGaussian();
        }
        Path features = folder.resolve("features.npy");
        FeatureWriter.write(features, ids, FEATURES, rows);
        model = PictureWorld.train(folder, "run", features, "dimension=" + DIMENSION);
        double[] zeros = new double[DIMENSION];
        double[] ones = IntStream.range(0, DIMENSION).mapToDouble(i -> 1).toArray();
        VectorStatistics statistics =
                new VectorStatistics("ball", ITEMS, zeros, zeros, ones, new double[] {1}, new double[] {1}, null);
        new ClusteredVectors(statistics, 1).write(folder.resolve("vectors.npy"), ITEMS);
    }

    private ServedCollection collection() throws IOException {
        return ServedCollection.make(folder, model, ITEMS, line -> {});
    }

    @Test
    void everyQueryIsAnsweredAndItsTimeIsAccountedFor() throws IOException {
        Questions questions = Questions.read(folder.resolve("manifest.jsonl"), 100, 1);
        assertThat(questions.bodies()).hasSize(6);
        HttpResult result = new HttpBenchmark(
                        new HttpBenchmark.Settings(collection(), questions, List.of(1, 3), 2, 0.3, List.of()),
                        System.err::println)
                .run();
        assertThat(result.items()).isEqualTo(ITEMS);
        assertThat(result.measured()).hasSize(4);
        for (HttpResult.Measured one : result.measured()) {
            assertThat(one.perSecond().low()).isPositive();
            assertThat(one.p99()).isGreaterThanOrEqualTo(one.p50());
            assertThat(one.took().encode()).isPositive();
            assertThat(one.took().search()).isPositive();
            assertThat(one.took().rest()).isPositive();
            assertThat(one.encode()).isPositive();
            assertThat(one.tokenise()).isPositive();
            assertThat(one.batch()).isGreaterThanOrEqualTo(1);
            if (!one.grouped()) {
                assertThat(one.batch()).isEqualTo(1);
                assertThat(one.speed().value()).isEqualTo(1);
            }
        }
        // The collection is there now, and is used as it is.
        assertThat(ServedCollection.existing(
                                folder.resolve("served"), collection().name())
                        .items())
                .isEqualTo(ITEMS);
    }

    @Test
    void tooMuchLoadIsAnsweredWith200And429() throws IOException {
        Questions questions = Questions.read(folder.resolve("manifest.jsonl"), 100, 1);
        // A batch that never fills holds its queries for 200 ms: four places are soon taken.
        OverloadResult result = new OverloadBenchmark(
                        new OverloadBenchmark.Settings(
                                collection(),
                                questions,
                                2,
                                4,
                                60_000,
                                20,
                                1,
                                0.5,
                                1L << 30,
                                List.of("--batch-wait", "200")),
                        System.err::println)
                .run();
        assertThat(result.statuses().keySet()).isEqualTo(Set.of(200, 429));
        assertThat(result.statuses().values().stream()
                        .mapToLong(Long::longValue)
                        .sum())
                .isEqualTo(result.sent());
        assertThat(result.sent()).isCloseTo((long) (20 * result.sustainable()), within(1L));
        assertThat(result.memory().firstHalf()).isGreaterThan(10_000_000);
        assertThat(result.recovery()).hasSize(3).allMatch(window -> window.perSecond() > 0);
        assertThat(result.promises().getFirst().kept()).isTrue();
        assertThat(result.promises()).hasSize(4);
    }

    @Test
    void textsAreReadFromLinesToo() throws IOException {
        Path file = folder.resolve("q.txt");
        Files.writeString(file, "ein Hund\n\neine Katze\nein Hund\n");
        assertThat(Questions.read(file, 10, 1).bodies()).hasSize(2);
        assertThat(Questions.read(file, 1, 1).bodies()).hasSize(1);
        Files.writeString(file, "\n");
        assertThatThrownBy(() -> Questions.read(file, 10, 1))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("q.txt");
    }

    @Test
    void whatAnAnswerTookIsReadFromIt() {
        Took took = Took.of(
                "{\"took_ms\":{\"queue\":1.5,\"tokenise\":0.25,\"encode\":10.0,\"search\":2.25,\"total\":14.1},"
                        + "\"hits\":[]}",
                20);
        assertThat(took).isEqualTo(new Took(1.5, 0.25, 10, 2.25, 6));
        assertThat(took.plus(took).over(2)).isEqualTo(took);
        assertThatThrownBy(() -> Took.of("{}", 1)).hasMessageContaining("without took_ms");
    }

    @Test
    void aModelOfAnotherDimensionIsRefused() throws IOException {
        Path other = folder.resolve("other");
        double[] one = {1, 1};
        new ClusteredVectors(new VectorStatistics("two", 2, one, one, one, new double[] {1}, new double[] {1}, null), 1)
                .write(other.resolve("vectors.npy"), 10);
        assertThatThrownBy(() -> ServedCollection.make(other, model, 10, line -> {}))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("dimension 2")
                .hasMessageContaining("dimension 16");
    }
}
