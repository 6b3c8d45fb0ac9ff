package org.cl2cm.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.cl2cm.data.DataException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FilesTest {
    private static final Retrieval RETRIEVAL = Samples.random(11, 40, 120, 6, 0.02, 0);

    @TempDir
    private Path folder = Path.of("");

    @Test
    void ranksComeBackAsTheyWereWritten() throws IOException {
        Ranks ranks = Ranks.of(RETRIEVAL, 2);
        Path file = folder.resolve("base.zh.ranks.jsonl");
        new RunFile("base", "zh", ranks).write(file);
        RunFile read = RunFile.read(file);
        assertThat(read.run()).isEqualTo("base");
        assertThat(read.language()).isEqualTo("zh");
        assertThat(read.ranks().queryIds()).isEqualTo(ranks.queryIds());
        assertThat(Metrics.of(read.ranks())).isEqualTo(Metrics.of(ranks));
        assertThat(PairedBootstrap.compare(read.ranks(), ranks).sumR().interval())
                .isEqualTo(new Interval(0, 0, 0));
    }

    @Test
    void aRanksFileCutShortIsNoticed() throws IOException {
        Path file = folder.resolve("cut.ranks.jsonl");
        new RunFile("base", "zh", Ranks.of(RETRIEVAL, 1)).write(file);
        List<String> lines = Files.readAllLines(file);
        Files.write(file, lines.subList(0, lines.size() - 1));
        assertThatThrownBy(() -> RunFile.read(file))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("cut.ranks.jsonl")
                .hasMessageContaining("119 queries");
        Files.writeString(file, lines.getFirst() + "\n{\"direction\":\"i2t\",\"item\":\"x\",\"rank\":\"one\"}\n");
        assertThatThrownBy(() -> RunFile.read(file))
                .hasMessageContaining("cut.ranks.jsonl:2")
                .hasMessageContaining("key \"rank\"");
        Files.writeString(file, "{\"id\":\"7\"}\n");
        assertThatThrownBy(() -> RunFile.read(file)).hasMessageContaining("cut.ranks.jsonl:1");
    }

    @Test
    void trecRunComesBackAndItsRanksAreOurs() throws IOException {
        // Without ties the place of the right answer in the run is our rank.
        int n = 30;
        float[] gallery = new float[n * 2];
        float[] queries = new float[2 * n * 2];
        int[] target = new int[2 * n];
        SplittableRandom random = new SplittableRandom(21);
        for (int i = 0; i < gallery.length; i++) {
            gallery[i] = (float) random.nextGaussian();
        }
        for (int q = 0; q < 2 * n; q++) {
            target[q] = q / 2;
            queries[2 * q] = gallery[2 * target[q]] + (float) random.nextGaussian();
            queries[2 * q + 1] = gallery[2 * target[q] + 1] + (float) random.nextGaussian();
        }
        Retrieval r = Retrieval.of(2, gallery, Samples.ids("g", n), queries, Samples.ids("q", 2 * n), target);
        Ranks ranks = Ranks.of(r, 1);
        Path file = folder.resolve("run.trec");
        TrecFiles.writeRun(file, r, Direction.TEXT_TO_IMAGE, n, "base", 2);
        Map<String, List<TrecFiles.RunLine>> run = TrecFiles.readRun(file);
        assertThat(run).hasSize(2 * n);
        assertThat(Files.readAllLines(file).getFirst()).matches("q0 Q0 g\\d+ 1 \\S+ base");
        for (int q = 0; q < 2 * n; q++) {
            TrecFiles.RunLine own = run.getOrDefault("q" + q, List.of()).get(ranks.textToImage(q) - 1);
            assertThat(own.document()).isEqualTo("g" + target[q]);
            assertThat((float) own.score())
                    .isEqualTo(
                            queries[2 * q] * gallery[2 * target[q]] + queries[2 * q + 1] * gallery[2 * target[q] + 1]);
        }
        TrecFiles.writeRun(file, r, Direction.IMAGE_TO_TEXT, 4, "base", 1);
        assertThat(TrecFiles.readRun(file))
                .hasSize(n)
                .allSatisfy((id, lines) -> assertThat(lines).hasSize(4));
    }

    @Test
    void qrelsComeBackInBothDirections() throws IOException {
        Path file = folder.resolve("qrels");
        TrecFiles.writeQrels(file, RETRIEVAL, Direction.TEXT_TO_IMAGE);
        assertThat(TrecFiles.targets(file, RETRIEVAL.queryIds(), RETRIEVAL.galleryIds()))
                .isEqualTo(RETRIEVAL.targets());
        Path other = folder.resolve("qrels.i2t");
        TrecFiles.writeQrels(other, RETRIEVAL, Direction.IMAGE_TO_TEXT);
        Map<String, Map<String, Integer>> judged = TrecFiles.readQrels(other);
        for (int q = 0; q < RETRIEVAL.queryCount(); q++) {
            assertThat(judged.get("g" + RETRIEVAL.target(q))).containsEntry("q" + q, 1);
        }
        assertThat(judged.values().stream().mapToInt(Map::size).sum()).isEqualTo(120);
    }

    @Test
    void brokenTrecFilesAreNamedWithTheirLine() throws IOException {
        Path file = folder.resolve("broken");
        Files.writeString(file, "q0 0 g0 1\nq1 0 g1\n");
        assertThatThrownBy(() -> TrecFiles.readQrels(file))
                .hasMessageContaining("broken:2")
                .hasMessageContaining("3 fields");
        Files.writeString(file, "q0 Q0 g0 1 0.5 base\nq0 Q0 g0 two 0.5 base\n");
        assertThatThrownBy(() -> TrecFiles.readRun(file))
                .hasMessageContaining("broken:2")
                .hasMessageContaining("two");
        Files.writeString(file, "q0 0 g9 1\n");
        assertThatThrownBy(() -> TrecFiles.targets(file, List.of("q0"), List.of("g0")))
                .hasMessageContaining("\"g9\", which is not in the gallery");
        assertThatThrownBy(() -> TrecFiles.targets(file, List.of("q1"), List.of("g0")))
                .hasMessageContaining("query \"q1\" has 0 relevant items");
        Retrieval spaced = Retrieval.of(1, new float[1], List.of("a b"), new float[1], List.of("q"), new int[1]);
        assertThatThrownBy(() -> TrecFiles.writeRun(file, spaced, Direction.TEXT_TO_IMAGE, 1, "t", 1))
                .hasMessageContaining("gallery id \"a b\"");
    }

    @Test
    void reportsSayTheSameInEveryFormat() throws IOException {
        Ranks ranks = Ranks.of(RETRIEVAL, 1);
        RetrievalReport report = RetrievalReport.of("base, one", "zh", ranks, 200, 5);
        String table = ReportFormat.TABLE.print(List.of(report));
        assertThat(table)
                .contains("i2t: a hit when any of the item's captions is in the top k")
                .contains("query translation: off")
                .contains("gallery: 40 items")
                .contains("200 resamples, seed 5")
                .contains(report.protocol().captionsPerItem());
        JsonNode json = new ObjectMapper()
                .readTree(ReportFormat.JSON.print(List.of(report)))
                .get("reports")
                .get(0);
        assertThat(json.get("t2i").get("R@5").doubleValue())
                .isEqualTo(report.metrics().textToImage().r5());
        assertThat(json.get("SumR").doubleValue()).isEqualTo(report.metrics().sumR());
        assertThat(json.get("protocol").get("captions_mean").doubleValue())
                .isCloseTo(report.protocol().captionsMean(), within(1e-12));
        List<String> csv = ReportFormat.CSV.print(List.of(report)).lines().toList();
        assertThat(csv).hasSize(3);
        assertThat(csv.get(1))
                .startsWith("\"base, one\",zh,t2i,120,"
                        + report.metrics().textToImage().r1() + ",");
        assertThat(csv.get(1).substring(11).split(",", -1)).hasSize(csv.get(0).split(",", -1).length);

        String compared = ReportFormat.TABLE.print("x", "y", PairedBootstrap.compare(ranks, ranks));
        assertThat(compared).contains("SumR").contains("+0.00 [+0.00, +0.00]");
        assertThat(ReportFormat.CSV
                        .print("x", "y", PairedBootstrap.compare(ranks, ranks))
                        .lines())
                .hasSize(8);
    }
}
