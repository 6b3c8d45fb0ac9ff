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
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataCommandTest {
    @TempDir
    Path folder;

    /// What a command left behind.
    private record Outcome(int code, String out, String err) {}

    private static Outcome run(Object... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        PrintStream stdout = System.out;
        PrintStream stderr = System.err;
        try {
            System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
            System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
            String[] texts = new String[arguments.length];
            for (int i = 0; i < texts.length; i++) {
                texts[i] = String.valueOf(arguments[i]);
            }
            int code = Cl2cm.execute(texts);
            return new Outcome(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
        } finally {
            System.setOut(stdout);
            System.setErr(stderr);
        }
    }

    private Path pictures() throws IOException {
        Path pictures = Files.createDirectories(folder.resolve("pictures/train"));
        for (int i = 0; i < 3; i++) {
            BufferedImage image = new BufferedImage(8, 8, BufferedImage.TYPE_INT_RGB);
            image.setRGB(i, i, 0xFFFFFF);
            assertThat(ImageIO.write(image, "png", pictures.resolve(i + ".png").toFile()))
                    .isTrue();
            Files.writeString(pictures.resolve(i + ".txt"), "picture number " + i + "\n");
        }
        return folder.resolve("pictures");
    }

    @Test
    void importsChecksAndCounts() throws IOException {
        Path manifest = folder.resolve("manifest.jsonl");
        Outcome imported = run("data", "import", "--format", "folder", "--from", pictures(), "--to", manifest);
        assertThat(imported.code()).isZero();
        assertThat(imported.out()).contains("3 items, 3 captions, 0 translations");

        Outcome checked = run("data", "check", manifest);
        assertThat(checked.code()).isZero();
        assertThat(checked.out()).isEqualTo("0 errors, 0 warnings, 0 notes" + System.lineSeparator());

        Outcome stats = run("data", "stats", manifest, "--format", "json");
        JsonNode rows = new ObjectMapper().readTree(stats.out());
        assertThat(rows).hasSize(1);
        assertThat(rows.get(0).get("split").asText()).isEqualTo("train");
        assertThat(rows.get(0).get("texts").asInt()).isEqualTo(3);
        assertThat(rows.get(0).get("meanTokens").asDouble()).isEqualTo(3.0);
        assertThat(run("data", "stats", manifest).out().lines()).hasSize(2);
    }

    @Test
    void exitCodesTellErrorsFromPartlyDone() throws IOException {
        Path manifest = folder.resolve("manifest.jsonl");
        Path pictures = pictures();
        Files.write(pictures.resolve("train/1.txt"), new byte[] {(byte) 0xE9, '\n'});
        Outcome imported = run("data", "import", "--format", "folder", "--from", pictures, "--to", manifest);
        assertThat(imported.code()).isEqualTo(3);
        assertThat(imported.err()).contains("1.txt:1: not UTF-8");

        Files.writeString(pictures.resolve("train/0.png"), "text");
        Outcome checked = run("data", "check", manifest, "--format", "json");
        assertThat(checked.code()).isEqualTo(1);
        JsonNode findings = new ObjectMapper().readTree(checked.out());
        assertThat(findings).hasSize(1);
        assertThat(findings.get(0).get("severity").asText()).isEqualTo("error");
        assertThat(findings.get(0).get("line").asInt()).isEqualTo(1);
        assertThat(findings.get(0).get("id").asText()).isEqualTo("train/0");
        assertThat(run("data", "check", manifest, "--no-media").code()).isZero();

        Outcome failed =
                run("data", "import", "--format", "coco", "--from", folder.resolve("no.json"), "--to", manifest);
        assertThat(failed.code()).isEqualTo(1);
        assertThat(failed.err()).contains("no.json: no such file");
        assertThat(run("data", "import", "--format", "coco").code()).isEqualTo(2);
        assertThat(run("data").code()).isEqualTo(2);
    }

    @Test
    void explainsTagsAndLanguagesOnTheCommandLine() throws IOException {
        Path manifest = folder.resolve("n.jsonl");
        Path captions = folder.resolve("x.caption.txt");
        Files.writeString(captions, "v.jpg#enc#0 a dog\nv.jpg#zhg#0 狗\nv.jpg#old#0 x\n");
        Outcome nrccr = run(
                "data",
                "import",
                "--format",
                "nrccr",
                "--from",
                captions,
                "--to",
                manifest, //
                "--tag",
                "enc=en",
                "--tag",
                "zhg=zh.google",
                "--tag",
                "old=");
        assertThat(nrccr.err()).doesNotContain("cl2cm:");
        assertThat(nrccr.out()).contains("1 items, 1 captions, 1 translations");

        Path json = folder.resolve("captions_val.json");
        Files.writeString(json, """
                {"images": [{"id": 1, "file_name": "a.jpg"}], "annotations": [{"image_id": 1, "caption": "x"}]}""");
        run("data", "import", "--format", "coco", "--from", json, "ja=" + json, "--to", manifest);
        assertThat(Files.readString(manifest)).contains("\"ja\":[\"x\"]").contains("\"en\":[\"x\"]");
    }
}
