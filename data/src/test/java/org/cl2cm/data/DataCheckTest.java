package org.cl2cm.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import org.cl2cm.data.Finding.Severity;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataCheckTest {
    @TempDir
    Path folder;

    private Path manifest(String text) throws IOException {
        return Files.writeString(folder.resolve("m.jsonl"), text);
    }

    private void image(String name, int colour) throws IOException {
        BufferedImage image = new BufferedImage(8, 8, BufferedImage.TYPE_INT_RGB);
        image.setRGB(3, 3, colour);
        assertThat(ImageIO.write(image, "png", folder.resolve(name).toFile())).isTrue();
    }

    private static List<Finding> check(Path manifest) throws IOException {
        return DataCheck.run(manifest, true, ProgressListener.NONE);
    }

    private static void found(
            List<Finding> findings, Severity severity, String file, long line, String id, String text) {
        assertThat(findings).anySatisfy(finding -> {
            assertThat(finding.severity()).isEqualTo(severity);
            assertThat(finding.file().getFileName()).hasToString(file);
            assertThat(finding.line()).isEqualTo(line);
            assertThat(finding.id()).isEqualTo(id);
            assertThat(finding.message()).contains(text);
        });
    }

    @Test
    void findsNothingInCleanData() throws IOException {
        image("a.png", 1);
        image("b.png", 2);
        Path manifest = manifest("""
                {"id": "a", "media": "a.png", "split": "train", "captions": {"en": ["a red dog runs", "dog"]}}
                {"id": "b", "media": "b.png", "split": "test", "captions": {"en": ["a cat"]}, "translations": {"zh": ["一只猫"]}}
                """);
        Files.createDirectories(folder.resolve("translations"));
        Files.writeString(
                folder.resolve("translations/zh.google.jsonl"), "{\"id\": \"a\", \"zh\": [\"一只红色的狗在跑\", null]}\n");
        assertThat(check(manifest)).isEmpty();
    }

    @Test
    void findsEveryBrokenLineAndGoesOn() throws IOException {
        Path manifest = manifest("""
                {"id": "a", "captions": {"en": ["x"]}}
                {"id": "b", "captions": {"en": ["x"]
                {"id": "c", "captoins": {"en": ["x"]}}

                {"id": "d", "captions": {"en": "x"}}
                {"id": "a", "split": "val", "captions": {"en": ["y"]}}
                """);
        List<Finding> findings = check(manifest);
        found(findings, Severity.ERROR, "m.jsonl", 2, "", "not one JSON object");
        found(findings, Severity.ERROR, "m.jsonl", 3, "", "unknown key \"captoins\"");
        found(findings, Severity.ERROR, "m.jsonl", 5, "", "\"captions.en\" is not a list");
        found(findings, Severity.ERROR, "m.jsonl", 6, "a", "id is in two splits: none in line 1, val here");
        assertThat(findings).hasSize(4);
        assertThatThrownBy(() -> Manifest.read(manifest))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("m.jsonl:2: not one JSON object");
        assertThatThrownBy(() -> check(folder.resolve("no.jsonl"))).hasMessageContaining("no.jsonl: no such file");
        Files.write(manifest, new byte[] {'{', '}', '\n', (byte) 0xc3, '\n'});
        found(check(manifest), Severity.ERROR, "m.jsonl", 0, "", "2: not UTF-8");
    }

    @Test
    void findsWrongCaptionsAndTranslations() throws IOException {
        Path manifest = manifest("""
                {"id": "a", "captions": {"en": ["A dog runs on grass.", "a dog runs  on grass", " "]}}
                {"id": "b", "captions": {"en": ["a cat sits on a mat"]}, "translations": {"zh": ["a", "b"], "ar": ["."], "ja": [""]}}
                {"id": "c", "captions": {}}
                """);
        Files.createDirectories(folder.resolve("translations"));
        Files.writeString(folder.resolve("translations/zh.google.jsonl"), """
                {"id": "a", "zh": ["狗", "dog on grass", null]}
                {"id": "b", "zh": []}
                {"id": "stranger", "zh": ["狗"]}
                {"id": "c"}
                """);
        List<Finding> findings = check(manifest);
        found(findings, Severity.WARNING, "m.jsonl", 1, "a", "captions.en[1] is the same as [0]");
        found(findings, Severity.ERROR, "m.jsonl", 1, "a", "captions.en[2] is empty");
        found(findings, Severity.ERROR, "m.jsonl", 2, "b", "translations.zh has 2 texts for 1 English captions");
        found(findings, Severity.INFO, "m.jsonl", 2, "b", "translations.ar[0] is nearly empty");
        found(findings, Severity.ERROR, "m.jsonl", 2, "b", "translations.ja[0] is empty");
        found(findings, Severity.WARNING, "m.jsonl", 3, "c", "no caption");
        found(findings, Severity.INFO, "zh.google.jsonl", 1, "a", "[0] is nearly empty");
        found(findings, Severity.INFO, "zh.google.jsonl", 1, "a", "[1] is not in the script of zh");
        found(findings, Severity.ERROR, "zh.google.jsonl", 2, "b", "has 0 texts");
        found(findings, Severity.ERROR, "zh.google.jsonl", 3, "stranger", "not in the manifest");
        found(findings, Severity.ERROR, "zh.google.jsonl", 4, "", "key \"zh\" is missing");
        assertThat(findings).hasSize(11);
        assertThatThrownBy(() -> Manifest.readWithTranslations(
                        manifest("{\"id\": \"a\", \"captions\": {\"en\": [\"x\", \"y\", \"z\"]}}\n")))
                .hasMessageContaining("zh.google.jsonl:2: id \"b\" is not in");
    }

    @Test
    void findsMediaThatAreMissingDamagedOrInTwoSplits() throws IOException {
        image("a.png", 1);
        image("same.png", 1);
        Files.writeString(folder.resolve("text.jpg"), "I am text");
        Files.writeString(folder.resolve("film.mp4"), "");
        Path manifest = manifest("""
                {"id": "a", "media": "a.png", "split": "train", "captions": {"en": ["one"]}}
                {"id": "b", "media": "./a.png", "split": "test", "captions": {"en": ["two"]}}
                {"id": "c", "media": "same.png", "split": "train", "captions": {"en": ["three"]}}
                {"id": "d", "media": "no.png", "captions": {"en": ["four"]}}
                {"id": "e", "media": "text.jpg", "captions": {"en": ["five"]}}
                {"id": "f", "media": "film.mp4", "captions": {"en": ["six"]}}
                """);
        List<Finding> findings = check(manifest);
        found(findings, Severity.ERROR, "m.jsonl", 2, "b", "in two splits: train and test");
        found(findings, Severity.WARNING, "m.jsonl", 3, "c", "the content of \"same.png\" is that of \"a\" in line 1");
        found(findings, Severity.ERROR, "m.jsonl", 4, "d", "no.png is missing");
        found(findings, Severity.ERROR, "m.jsonl", 5, "e", "text.jpg: not a JPEG");
        found(findings, Severity.ERROR, "m.jsonl", 6, "f", "film.mp4 is empty");
        List<Finding> quick = DataCheck.run(manifest, false, ProgressListener.NONE);
        assertThat(quick)
                .singleElement()
                .satisfies(finding -> assertThat(finding.id()).isEqualTo("b"));
    }

    @Test
    void countsCaptionsThatLeakFromTrain() throws IOException {
        Path manifest = manifest("""
                {"id": "a", "split": "train", "captions": {"en": ["A dog."], "de": ["Ein Hund"]}}
                {"id": "b", "split": "test", "captions": {"en": ["a  dog", "a cat"], "de": ["eine Katze"]}}
                {"id": "c", "split": "test", "captions": {"en": ["A DOG"]}}
                """);
        List<Finding> findings = check(manifest);
        assertThat(findings).hasSize(1);
        found(
                findings,
                Severity.WARNING,
                "m.jsonl",
                0,
                "b",
                "2 of 3 captions of test en stand word for word in train, the first in line 2");
    }

    @Test
    void statsCountBySplitAndLanguage() throws IOException {
        Path manifest = manifest("""
                {"id": "a", "split": "train", "captions": {"en": ["a red dog", "dog's toy"]}, "translations": {"zh.x": ["红狗", null]}}
                {"id": "b", "split": "train", "captions": {"en": ["a cat, two cats"]}}
                {"id": "c", "captions": {"th": ["แมว"]}}
                """);
        List<DataStats.Row> rows = DataStats.of(Manifest.read(manifest));
        assertThat(rows).hasSize(3);
        assertThat(rows.get(0).split()).isEqualTo("-");
        DataStats.Row english = rows.get(1);
        assertThat(english.language()).isEqualTo("en");
        assertThat(english.items()).isEqualTo(2);
        assertThat(english.texts()).isEqualTo(3);
        assertThat(english.textsPerItem()).isEqualTo(1.5);
        assertThat(english.meanTokens()).isEqualTo((3 + 2 + 4) / 3.0, within(1e-9));
        assertThat(rows.get(2)).isEqualTo(new DataStats.Row("train", "zh.x", true, 2, 1, 1, 2, 2.0));
    }
}
