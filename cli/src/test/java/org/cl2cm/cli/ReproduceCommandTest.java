package org.cl2cm.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.cl2cm.cli.reproduce.Plan;
import org.cl2cm.cli.reproduce.Records;
import org.cl2cm.data.FeatureStore;
import org.cl2cm.evaluate.Metrics;
import org.cl2cm.evaluate.Ranks;
import org.cl2cm.evaluate.RunFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

class ReproduceCommandTest {
    @TempDir
    private Path folder;

    private Path plan;

    @BeforeEach
    void world() throws IOException {
        TinyWorld world = new TinyWorld(folder);
        plan = Files.writeString(folder.resolve("plan.yaml"), """
                title: A tiny world
                manifest: manifest.jsonl
                features: features.npy
                queries: [val/xx, val/en]
                settings:
                  text.model: %s
                  text.depth: 1
                  text.width: 0
                  data.translations: [xx.mt]
                  dimension: 16
                  train.batch: 12
                  train.epochs: 4
                  vision.dropout: 0.1
                  train.rate: 0.01
                rows:
                  - name: linear CCA
                    linear: true
                    about: no network
                  - name: base
                    settings: {loss.vs: 0}
                    seeds: [1, 2]
                  - name: base+
                    about: the usual
                    seeds: [1, 2]
                compare:
                  - [base, base+]
                """.formatted(world.bert()));
    }

    private static String run(int code, String... arguments) {
        PrintStream before = System.err;
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
        try {
            assertThat(Cl2cm.execute(arguments))
                    .as(() -> err.toString(StandardCharsets.UTF_8))
                    .isEqualTo(code);
        } finally {
            System.setErr(before);
        }
        return err.toString(StandardCharsets.UTF_8);
    }

    @Test
    void makesATableAndTrainsNothingTwice() throws IOException {
        Path to = folder.resolve("table");
        run(ExitCode.DONE, "reproduce", plan.toString(), "--to", to.toString(), "--row", "base", "--seeds", "1");
        Path model = to.resolve("runs/plan/base/1/model/model.safetensors");
        FileTime trained = Files.getLastModifiedTime(model);

        run(ExitCode.DONE, "reproduce", plan.toString(), "--to", to.toString(), "--jobs", "2");

        assertThat(Files.getLastModifiedTime(model)).isEqualTo(trained);
        List<String> page = Files.readAllLines(to.resolve("plan.md"));
        assertThat(page.getFirst()).isEqualTo("# A tiny world");
        assertThat(page).anyMatch(line -> line.matches("24 queries over 24 images\\..*"));
        // Two seeds have a spread, one has none; the columns are six recalls and their sum.
        assertThat(page)
                .anyMatch(line -> line.matches("\\| linear CCA \\| 1( \\| [\\d.]+){6} \\| \\*\\*[\\d.]+\\*\\* \\|"));
        assertThat(page)
                .anyMatch(line ->
                        line.matches("\\| base\\+ \\| 2( \\| [\\d.]+){6} \\| \\*\\*[\\d.]+\\*\\* ± [\\d.]+ \\|"));
        assertThat(page)
                .anyMatch(line ->
                        line.matches("\\| base\\+ against base \\| val/xx \\|.*\\[[+-][\\d.]+, [+-][\\d.]+\\].*"));
        assertThat(page).anyMatch(line -> line.startsWith("- **base**: ") && line.contains("loss.vs=0"));

        // Three rows and one pair, on two sets of queries; names and numbers are those of the tables.
        assertThat(page).anyMatch(line -> line.endsWith("(plan.rows.svg)"));
        assertThat(page).anyMatch(line -> line.endsWith("(plan.pairs.svg)"));
        Document rows = picture(to.resolve("plan.rows.svg"));
        Document pairs = picture(to.resolve("plan.pairs.svg"));
        assertThat(rows.getElementsByTagName("circle").getLength()).isEqualTo(6);
        assertThat(pairs.getElementsByTagName("circle").getLength()).isEqualTo(2);
        assertThat(texts(rows)).contains("linear CCA", "base", "base+", "SumR, queries val/xx");
        assertThat(texts(pairs)).contains("base+ − base");
        String linear = page.stream()
                .filter(line -> line.startsWith("| linear CCA | 1 |"))
                .findFirst()
                .orElseThrow();
        assertThat(texts(rows)).contains(linear.replaceFirst(".*\\*\\*([\\d.]+)\\*\\*.*", "$1"));
    }

    private static Document picture(Path file) throws IOException {
        try {
            return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(file.toFile());
        } catch (ParserConfigurationException | SAXException e) {
            throw new IOException(file + ": " + e.getMessage(), e);
        }
    }

    private static List<String> texts(Document picture) {
        NodeList all = picture.getElementsByTagName("text");
        return IntStream.range(0, all.getLength())
                .mapToObj(i -> all.item(i).getTextContent())
                .toList();
    }

    @Test
    void thePageHoldsAllRunsThatHaveEnded() throws IOException {
        String to = folder.resolve("table").toString();
        run(ExitCode.DONE, "reproduce", plan.toString(), "--to", to, "--row", "linear CCA");
        run(ExitCode.DONE, "reproduce", plan.toString(), "--to", to, "--row", "base+", "--seeds", "1");
        assertThat(Path.of(to, "plan.md"))
                .content()
                .contains("| linear CCA | 1 |", "| base+ | 1 |", "- **base+**", "not run yet: base.")
                .doesNotContain("- **base**");

        run(ExitCode.PARTLY_DONE, "reproduce", plan.toString(), "--to", to, "--table-only");
        assertThat(Path.of(to, "plan.md"))
                .content()
                .contains("| linear CCA | 1 |")
                .contains("| base+ | 1 |");
    }

    @Test
    void queriesWithoutCaptionsAreFoundBeforeAnythingIsTrained() throws IOException {
        Files.writeString(plan, Files.readString(plan).replace("[val/xx, val/en]", "[val/xx, val/yy]"));
        String to = folder.resolve("table").toString();
        assertThat(run(ExitCode.FAILED, "reproduce", plan.toString(), "--to", to))
                .contains("manifest.jsonl", "val/yy");
        assertThat(Path.of(to, "runs")).doesNotExist();
    }

    @Test
    void aRowCanBeLikeAnother() throws IOException {
        Files.writeString(plan, Files.readString(plan) + """
                  - name: base, longer
                    like: base
                    settings: {train.epochs: 5}
                """.indent(0));
        Files.writeString(
                plan,
                Files.readString(plan)
                        .replace("compare:\n  - [base, base+]\n", "")
                        .replace("  - name: base, longer", "  - name: base, longer\n    seeds: [1]"));
        String to = folder.resolve("table").toString();
        run(ExitCode.DONE, "reproduce", plan.toString(), "--to", to, "--row", "base, longer");
        assertThat(Path.of(to, "runs/plan/base-longer/1/config.yaml")).content().contains("vs: 0.0", "epochs: 5");

        Files.writeString(plan, Files.readString(plan).replace("like: base", "like: bsae"));
        assertThat(run(ExitCode.FAILED, "reproduce", plan.toString(), "--to", to))
                .contains("base, longer", "bsae");
    }

    @Test
    void aRowCanTakeTheNetworksOfAnother() throws IOException {
        Files.writeString(plan, Files.readString(plan).replace("compare:\n  - [base, base+]\n", "") + """
                  - name: CL2CM
                    seeds: [1, 2]
                    settings: {teacher.schedule: two_stage, teacher.epochs: 1, loss.d: 1, train.epochs: 1}
                  - name: CL2CM, longer
                    seeds: [2]
                    like: CL2CM
                    teacher_of: CL2CM
                    settings: {train.epochs: 2}
                  - name: CL2CM, re-ranked
                    seeds: [2]
                    like: CL2CM
                    reranks: CL2CM
                    settings: {rerank.layers: 1, rerank.width: 16, rerank.epochs: 1}
                """.indent(0));
        String to = folder.resolve("table").toString();
        String[] longer = {"--row", "CL2CM, longer", "--row", "CL2CM, re-ranked"};
        run(
                ExitCode.DONE,
                "reproduce",
                plan.toString(),
                "--to",
                to,
                "--row",
                "CL2CM",
                longer[0],
                longer[1],
                longer[2],
                longer[3]);

        assertThat(Path.of(to, "runs/plan/cl2cm-longer/2/log.jsonl"))
                .content()
                .contains("\"stage\":\"student\"")
                .doesNotContain("\"stage\":\"teacher\"");
        assertThat(Path.of(to, "runs/plan/cl2cm/2/log.jsonl")).content().contains("\"stage\":\"teacher\"");
        assertThat(Path.of(to, "runs/plan/cl2cm-re-ranked/2/log.jsonl"))
                .content()
                .contains("\"stage\":\"rerank\"")
                .doesNotContain("\"stage\":\"student\"");
        assertThat(Path.of(to, "plan.md"))
                .content()
                .contains("Takes the teachers of CL2CM.", "Takes the networks of CL2CM.");

        // Where the other row has not been trained, the row trains a teacher of its own, and ends as it does here.
        String elsewhere = folder.resolve("elsewhere").toString();
        run(ExitCode.DONE, "reproduce", plan.toString(), "--to", elsewhere, longer[0], longer[1], longer[2], longer[3]);
        assertThat(Path.of(elsewhere, "runs/plan/cl2cm-longer/2/log.jsonl"))
                .content()
                .contains("\"stage\":\"teacher\"");
        assertThat(ranks(Path.of(elsewhere, "records/plan/cl2cm-longer.2.json")))
                .isEqualTo(ranks(Path.of(to, "records/plan/cl2cm-longer.2.json")));
        assertThat(ranks(Path.of(elsewhere, "records/plan/cl2cm-re-ranked.2.json")))
                .isEqualTo(ranks(Path.of(to, "records/plan/cl2cm-re-ranked.2.json")));

        Files.writeString(plan, Files.readString(plan).replace("seeds: [2]", "seeds: [3]"));
        assertThat(run(ExitCode.FAILED, "reproduce", plan.toString(), "--to", to))
                .contains("CL2CM, longer", "teacher_of", "has not all of its seeds");
    }

    private static JsonNode ranks(Path record) throws IOException {
        return new ObjectMapper().readTree(record.toFile()).required("ranks");
    }

    @Test
    void aTableGoesOnFromItsRecordsAlone() throws IOException {
        String records = folder.resolve("records").toString();
        String first = folder.resolve("first").toString();
        run(ExitCode.DONE, "reproduce", plan.toString(), "--to", first, "--records", records, "--row", "base");
        Path second = folder.resolve("second");

        run(
                ExitCode.DONE,
                "reproduce",
                plan.toString(),
                "--to",
                second.toString(),
                "--records",
                records,
                "--row",
                "base",
                "--row",
                "base+");

        assertThat(second.resolve("runs/plan/base")).doesNotExist();
        assertThat(second.resolve("runs/plan/base-plus/2/done.json")).exists();
        assertThat(Files.readAllLines(second.resolve("plan.md")))
                .anyMatch(line -> line.startsWith("| base | 2 |"))
                .anyMatch(line -> line.startsWith("| base+ against base | val/xx |"));
        assertThat(Path.of(records))
                .isDirectoryContaining("glob:**/queries.val.xx.json")
                .isDirectoryContaining("glob:**/base.1.json")
                .isDirectoryContaining("glob:**/base-plus.2.json");
        // The ranks are those that the run itself wrote down.
        Ranks written = RunFile.read(Path.of(first, "runs/plan/base/1/ranks/val.xx.ranks.jsonl"))
                .ranks();
        Plan content = Plan.read(plan);
        Ranks kept = Objects.requireNonNull(new Records(Path.of(records), content)
                .read(content.row("base"), 1)
                .ranks()
                .get(new Plan.Query("val", "xx")));
        assertThat(Metrics.of(kept).textToImage()).isEqualTo(Metrics.of(written).textToImage());
        assertThat(Metrics.of(kept).sumR()).isEqualTo(Metrics.of(written).sumR());
    }

    @Test
    void aRecordOfOtherSettingsOrQueriesIsNotTaken() throws IOException {
        String to = folder.resolve("table").toString();
        run(ExitCode.DONE, "reproduce", plan.toString(), "--to", to, "--row", "base", "--seeds", "1");
        String before = Files.readString(plan);

        Files.writeString(plan, before.replace("loss.vs: 0", "loss.vs: 0.5"));
        assertThat(run(ExitCode.FAILED, "reproduce", plan.toString(), "--to", to))
                .contains("base.1.json", "\"loss.vs\": 0,", "\"loss.vs\": 0.5");

        Files.writeString(plan, before.replace("[val/xx, val/en]", "[val/xx, train/en]"));
        assertThat(run(ExitCode.FAILED, "reproduce", plan.toString(), "--to", to, "--table-only"))
                .contains("base.1.json", "\"ranks\"", "train/en");

        Files.writeString(plan, before);
        Path record = Path.of(to, "records/plan/base.1.json");
        Files.writeString(record, Files.readString(record).replace("\"seed\"", "\"sede\""));
        assertThat(run(ExitCode.FAILED, "reproduce", plan.toString(), "--to", to, "--table-only"))
                .contains("base.1.json:1", "'seed'");
    }

    @Test
    void aMisspeltSettingIsFoundBeforeAnythingIsTrained() throws IOException {
        Files.writeString(plan, Files.readString(plan).replace("loss.vs: 0", "loss.vss: 0"));
        String to = folder.resolve("table").toString();
        assertThat(run(ExitCode.FAILED, "reproduce", plan.toString(), "--to", to))
                .contains("plan.yaml", "row \"base\"", "\"loss.vss\"", "\"loss.vs\"");
        assertThat(Path.of(to, "runs")).doesNotExist();
    }

    /// Every item gets a picture of a colour of its own.
    private void takePictures() throws IOException {
        Path manifest = folder.resolve("manifest.jsonl");
        Files.createDirectory(folder.resolve("images"));
        List<String> lines = new ArrayList<>();
        for (String line : Files.readAllLines(manifest)) {
            ObjectNode item = (ObjectNode) new ObjectMapper().readTree(line);
            String id = item.required("id").asText();
            BufferedImage picture = new BufferedImage(8, 8, BufferedImage.TYPE_INT_RGB);
            for (int i = 0; i < 64; i++) {
                picture.setRGB(i % 8, i / 8, id.hashCode() * (i / 8 + 1));
            }
            String file = "images/" + id + ".png";
            ImageIO.write(picture, "png", folder.resolve(file).toFile());
            lines.add(item.put("media", file).toString());
        }
        Files.write(manifest, lines);
    }

    @Test
    void aRowCanHaveFeaturesWithPlaces() throws IOException {
        takePictures();
        Files.write(folder.resolve("tiny.onnx"), Base64.getDecoder().decode(EncodeCommandTest.GRAPH));
        Files.writeString(
                plan,
                Files.readString(plan)
                        .replace("features: features.npy", "encoders: [tiny.onnx]")
                        .replace("train.epochs: 4", "train.epochs: 1")
                        .replace("{loss.vs: 0}", "{encode.output: grid, encode.pool: 2}")
                        .replace("seeds: [1, 2]", "seeds: [1]"));
        Path to = folder.resolve("table");
        run(ExitCode.DONE, "reproduce", plan.toString(), "--to", to.toString());
        for (Map.Entry<String, Integer> wanted :
                Map.of("features", 3, "features-grid-2", 12).entrySet()) {
            try (FeatureStore store = FeatureStore.open(to.resolve(wanted.getKey()))) {
                assertThat(store.dimension()).as(wanted.getKey()).isEqualTo(wanted.getValue());
            }
        }
        assertThat(to.resolve("runs/plan/base/1/config.yaml")).content().contains("features-grid-2");
        assertThat(to.resolve("plan.md")).content().contains("`encode.output=grid encode.pool=2`");

        // What encodes is part of the settings: a record of other features is not taken.
        Files.writeString(plan, Files.readString(plan).replace("encode.pool: 2", "encode.pool: 4"));
        assertThat(run(ExitCode.FAILED, "reproduce", plan.toString(), "--to", to.toString()))
                .contains("base.1.json", "\"encode.pool\": 2", "\"encode.pool\": 4");
        Files.writeString(plan, Files.readString(plan).replace("encode.pool: 4", "encode.pol: 4"));
        assertThat(run(ExitCode.FAILED, "reproduce", plan.toString(), "--to", to.toString()))
                .contains("plan.yaml", "row \"base\"", "\"encode.pol\"", "encode.pool");
        Files.writeString(plan, Files.readString(plan).replace("encode.pol: 4", "encode.pool: many"));
        assertThat(run(ExitCode.FAILED, "reproduce", plan.toString(), "--to", to.toString()))
                .contains("row \"base\"", "\"encode.pool\": many");
        Files.writeString(
                plan,
                Files.readString(plan)
                        .replace("encode.pool: many", "encode.pool: 2")
                        .replace("encoders: [tiny.onnx]", "features: features.npy"));
        assertThat(run(ExitCode.FAILED, "reproduce", plan.toString(), "--to", to.toString()))
                .contains("row \"base\"", "ready-made");
    }

    @Test
    void aRunThatFailsIsNamedAndTheOthersAreMade() throws IOException {
        // The settings are in order, the file that they name is not there.
        Files.writeString(
                plan,
                Files.readString(plan).replace("loss.vs: 0", "loss.vs: 0, text.model: " + folder.resolve("none")));
        Path to = folder.resolve("table");

        String err = run(ExitCode.PARTLY_DONE, "reproduce", plan.toString(), "--to", to.toString(), "--seeds", "1");

        assertThat(err).contains("failed: [base, seed 1]");
        assertThat(to.resolve("runs/plan/base/1/out.txt")).content().contains("text.model");
        assertThat(to.resolve("plan.md")).content().contains("| base+ |").doesNotContain("| base |");
    }

    @Test
    void aPlanWithAMistakeSaysWhere() throws IOException {
        Files.writeString(plan, Files.readString(plan).replace("seeds: [1, 2]", "sedes: [1, 2]"));
        assertThat(run(
                        ExitCode.FAILED,
                        "reproduce",
                        plan.toString(),
                        "--to",
                        folder.resolve("t").toString()))
                .contains("plan.yaml", "sedes");
        Files.writeString(
                plan,
                Files.readString(plan).replace("sedes", "seeds").replace("features:", "encoders: [a.onnx]\nfeatures:"));
        assertThat(run(
                        ExitCode.FAILED,
                        "reproduce",
                        plan.toString(),
                        "--to",
                        folder.resolve("t").toString()))
                .contains("encoders", "features");
        Files.writeString(plan, Files.readString(plan).replace("encoders: [a.onnx]\n", ""));
        assertThat(run(
                        ExitCode.FAILED,
                        "reproduce",
                        plan.toString(),
                        "--row",
                        "bsae",
                        "--to",
                        folder.resolve("t").toString()))
                .contains("bsae", "base+");
    }
}
