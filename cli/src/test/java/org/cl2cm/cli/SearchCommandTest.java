package org.cl2cm.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.imageio.ImageIO;
import org.cl2cm.data.FeatureWriter;
import org.cl2cm.data.Item;
import org.cl2cm.data.Manifest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SearchCommandTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path folder = Path.of("");

    private record Said(int exit, String out, String err) {}

    /// Ten items on a half circle, item i at i * 18 degrees; the last has no vector.
    @BeforeEach
    void gallery() throws IOException {
        List<Item> items = new ArrayList<>();
        List<String> ids = new ArrayList<>();
        List<float[]> vectors = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            String split = i < 5 ? "val" : "test";
            items.add(new Item(
                    "图" + i,
                    Optional.of("images/" + i + ".png"),
                    Optional.of(split),
                    Map.of("en", List.of("a dog " + i, "second"), "ar", List.of("كلب")),
                    Map.of(),
                    Map.of(
                            "year",
                            2015 + i,
                            "tags",
                            List.of("t" + i % 2, "all"),
                            "taken",
                            "2024-0" + (i + 1 > 9 ? 9 : i + 1))));
            if (i < 9) {
                ids.add("图" + i);
                vectors.add(new float[] {(float) Math.cos(i * Math.PI / 10), (float) Math.sin(i * Math.PI / 10)});
            }
        }
        Manifest.of(folder.resolve("m.jsonl"), items).write(folder.resolve("m.jsonl"));
        FeatureWriter.write(folder.resolve("v.npy"), ids, vectors);
        Files.createDirectories(folder.resolve("images"));
        BufferedImage image = new BufferedImage(30, 30, BufferedImage.TYPE_INT_RGB);
        ImageIO.write(image, "png", folder.resolve("images/1.png").toFile());
    }

    @Test
    void fromReadyVectorsToResultsAndASheet() throws IOException {
        Said created = create("photos");
        assertThat(created.exit).isEqualTo(ExitCode.PARTLY_DONE);
        assertThat(created.out).isEqualTo("photos: 9 items stored, 1 refused\n");
        assertThat(Files.readString(folder.resolve("c/photos/refused.jsonl"))).contains("图9", "no vector");
        assertThat(run("index", "list").out).isEqualTo("photos\n");

        Path png = folder.resolve("sheet.png");
        String[] query = {"search", "photos", "--vectors", at("v.npy"), "--top", "3"};
        String[] two = with(query, "--ids", "图2,图7");
        Said found = run(with(two, "--format", "json", "--sheet", png.toString()));
        assertThat(found.exit).isEqualTo(ExitCode.DONE);
        JsonNode results = JSON.readTree(found.out).get("results");
        assertThat(results).hasSize(2);
        JsonNode hits = results.get(0).get("hits");
        assertThat(hits.findValuesAsText("id")).containsExactly("图2", "图1", "图3");
        assertThat(hits.get(1).get("score").doubleValue()).isCloseTo(Math.cos(Math.PI / 10), offset());
        assertThat(hits.get(1).get("media").textValue()).isEqualTo(at("images/1.png"));
        assertThat(hits.get(1).get("fields").get("caption.en").textValue()).isEqualTo("a dog 1\nsecond");
        assertThat(ImageIO.read(png.toFile()).getHeight()).isGreaterThan(500);

        assertThat(run(with(two, "--format", "jsonl")).out.lines()).hasSize(6);
        String table = run(with(query, "--ids", "图4")).out;
        assertThat(table).contains("  1   1.0000  图4  " + at("images/4.png"));
    }

    @Test
    void aCollectionIsRemovedWhenOneSaysSo() throws IOException {
        run("index", "create", "photos", "--manifest", at("m.jsonl"), "--vectors", at("v.npy"));
        Said asked = run("index", "drop", "photos");
        assertThat(asked.exit).isEqualTo(ExitCode.USAGE);
        assertThat(asked.err).contains("would remove collection \"photos\" (lucene, 9 items)", "--yes");
        assertThat(run("index", "list").out).contains("photos");
        assertThat(run("index", "drop", "photos", "--yes").exit).isEqualTo(ExitCode.DONE);
        assertThat(run("index", "list").out).isEmpty();
        assertThat(run("index", "drop", "photos", "--yes").err).contains("no collection \"photos\"");
    }

    @Test
    void filtersByDeclaredFields() throws IOException {
        Said created = run(
                "index",
                "create",
                "photos",
                "--manifest",
                at("m.jsonl"),
                "--vectors",
                at("v.npy"),
                "--field",
                "year:number",
                "--field",
                "tags:keyword",
                "--field",
                "taken:date",
                "--field",
                "split:keyword");
        assertThat(created.exit).as(created.err).isEqualTo(ExitCode.PARTLY_DONE);
        assertThat(JSON.readTree(run("index", "stats", "photos", "--format", "json").out)
                        .get("fields")
                        .get("taken")
                        .asText())
                .isEqualTo("date");
        String[] query = {"search", "photos", "--vectors", at("v.npy"), "--ids", "图4", "--format", "jsonl"};
        assertThat(ids(run(with(query, "--filter", "tags=t0 AND year>=2019"))))
                .containsExactlyInAnyOrder("图4", "图6", "图8");
        assertThat(ids(run(with(query, "--filter", "taken<=2024-02 or split=test and taken=2024-07"))))
                .containsExactlyInAnyOrder("图0", "图1", "图6");
        assertThat(run(with(query, "--filter", "year>3000")).out).isEmpty();

        assertThat(run(with(query, "--hybrid")).err).contains("--hybrid needs words");

        Said mistake = run(with(query, "--filter", "year>=2019 AND colour=red"));
        assertThat(mistake.exit).isEqualTo(ExitCode.FAILED);
        assertThat(mistake.err).contains("letter 16", "no field \"colour\"", "tags");
        assertThat(run("index", "create", "x", "--manifest", at("m.jsonl"), "--vectors", at("v.npy"), "--field", "year")
                        .err)
                .contains("--field year", "NAME:TYPE");
    }

    private static List<String> ids(Said said) throws IOException {
        assertThat(said.exit).as(said.err).isEqualTo(ExitCode.DONE);
        List<String> ids = new ArrayList<>();
        for (String line : said.out.lines().toList()) {
            ids.add(JSON.readTree(line).get("id").asText());
        }
        return ids;
    }

    private static org.assertj.core.data.Offset<Double> offset() {
        return org.assertj.core.data.Offset.offset(1e-6);
    }

    @Test
    void likeFindsTheItemItselfFirst() throws IOException {
        create("photos");
        assertThat(run("search", "photos", "--like", "图5", "--top", "1").out)
                .isEqualTo("  1   1.0000  图5  " + at("images/5.png") + "\n");
        Said missing = run("search", "photos", "--like", "图9");
        assertThat(missing.exit).isEqualTo(ExitCode.FAILED);
        assertThat(missing.err).contains("图9");
    }

    /// Items lie on a half circle, so a mixture of two of them points between them.
    @Test
    void severalThingsTogetherAreOneQuery() throws IOException {
        create("photos");
        String[] both = {"search", "photos", "--together", "--top", "1", "--format", "jsonl", "--like"};
        assertThat(ids(run(with(both, "图2", "--like", "图6")))).containsExactly("图4");
        assertThat(ids(run(with(both, "图2^3", "--like", "图6")))).containsExactly("图3");
        assertThat(JSON.readTree(run(with(both, "图2^3", "--like", "图6")).out)
                        .get("query")
                        .asText())
                .isEqualTo("图2^3 + 图6");
        assertThat(run(with(both, "图2", "--vectors", at("v.npy"))).exit).isEqualTo(ExitCode.USAGE);
        assertThat(run("search", "photos", "--like", "图2", "--without", "snow").err)
                .contains("--together");
    }

    @Test
    void findsWhatIsNearlyTheSame() throws IOException {
        create("photos");
        // Neighbours are 18 degrees apart, cosine 0.951.
        String[] find = {"index", "duplicates", "photos", "--threshold"};
        assertThat(run(with(find, "0.96")).out).isEmpty();
        Path png = folder.resolve("groups.png");
        Said all = run(with(find, "0.95", "--format", "json", "--sheet", png.toString()));
        assertThat(all.exit).as(all.err).isEqualTo(ExitCode.DONE);
        assertThat(JSON.readTree(all.out).get("groups").get(0)).hasSize(9);
        assertThat(ImageIO.read(png.toFile()).getHeight()).isGreaterThan(200);
        assertThat(run(with(find, "2")).exit).isEqualTo(ExitCode.FAILED);
    }

    @Test
    void addsOneSplitAfterAnotherAndDeletes() throws IOException {
        String[] source = {"photos", "--manifest", at("m.jsonl"), "--vectors", at("v.npy")};
        assertThat(run(with(new String[] {"index", "create"}, with(source, "--split", "val"))).out)
                .isEqualTo("photos: 5 items stored, 0 refused\n");
        assertThat(run(with(new String[] {"index", "add"}, with(source, "--split", "test"))).exit)
                .isEqualTo(ExitCode.PARTLY_DONE);
        Said deleted = run("index", "delete", "photos", "图0", "nobody");
        assertThat(deleted.exit).isEqualTo(ExitCode.PARTLY_DONE);
        assertThat(deleted.out).isEqualTo("photos: 1 items deleted, 1 not found\n");
        assertThat(deleted.err).contains("nobody");
        JsonNode stats = JSON.readTree(run("index", "stats", "photos", "--format", "json").out);
        assertThat(stats.get("items").intValue()).isEqualTo(8);
        assertThat(stats.get("search").textValue()).isEqualTo("exact");
        assertThat(stats.get("dimension").intValue()).isEqualTo(2);
    }

    @Test
    void anotherModelsVectorsAreRefusedNamingBoth() throws IOException {
        create("photos");
        for (Said said : List.of(
                run("search", "photos", "--vectors", at("v.npy"), "--fingerprint", "clip-b32"),
                run(
                        "index",
                        "add",
                        "photos",
                        "--manifest",
                        at("m.jsonl"),
                        "--vectors",
                        at("v.npy"),
                        "--fingerprint",
                        "clip-b32"))) {
            assertThat(said.exit).isEqualTo(ExitCode.FAILED);
            assertThat(said.out).isEmpty();
            assertThat(said.err).contains("clip-b32", GalleryVectors.UNNAMED);
        }
    }

    @Test
    void wordsNeedAModel() throws IOException {
        create("photos");
        Said said = run("search", "photos", "ein Hund");
        assertThat(said.exit).isEqualTo(ExitCode.FAILED);
        assertThat(said.err).contains("--model");
        assertThat(run("search", "photos").exit).isEqualTo(ExitCode.USAGE);
        assertThat(run("search", "nothing", "x").err).contains("no collection \"nothing\"", "photos");
    }

    @Test
    void aSplitOfNobodyLeavesNoCollection() throws IOException {
        Said said = run(
                "index", "create", "photos", "--manifest", at("m.jsonl"), "--vectors", at("v.npy"), "--split", "tset");
        assertThat(said.exit).isEqualTo(ExitCode.FAILED);
        assertThat(said.err).contains("m.jsonl", "tset");
        assertThat(run("index", "list").out).isEmpty();
    }

    @Test
    void vectorsOfOtherItemsLeaveNoCollection() throws IOException {
        FeatureWriter.write(folder.resolve("v.npy"), List.of("other"), List.of(new float[] {1, 0}));
        Said said = create("photos");
        assertThat(said.exit).isEqualTo(ExitCode.FAILED);
        assertThat(said.err).contains("m.jsonl", "none of its 10 items", "图0");
        assertThat(run("index", "list").out).isEmpty();
    }

    private Said create(String name) throws IOException {
        return run("index", "create", name, "--manifest", at("m.jsonl"), "--vectors", at("v.npy"));
    }

    private String at(String file) {
        return folder.resolve(file).toString();
    }

    private static String[] with(String[] first, String... more) {
        String[] all = Arrays.copyOf(first, first.length + more.length);
        System.arraycopy(more, 0, all, first.length, more.length);
        return all;
    }

    private Said run(String... arguments) {
        PrintStream out = System.out;
        PrintStream err = System.err;
        ByteArrayOutputStream heardOut = new ByteArrayOutputStream();
        ByteArrayOutputStream heardErr = new ByteArrayOutputStream();
        System.setOut(new PrintStream(heardOut, true, StandardCharsets.UTF_8));
        System.setErr(new PrintStream(heardErr, true, StandardCharsets.UTF_8));
        try {
            int exit = Cl2cm.execute(
                    with(arguments, "--collections", folder.resolve("c").toString()));
            return new Said(exit, heardOut.toString(StandardCharsets.UTF_8), heardErr.toString(StandardCharsets.UTF_8));
        } finally {
            System.setOut(out);
            System.setErr(err);
        }
    }
}
