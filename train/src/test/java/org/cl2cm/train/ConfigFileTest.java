package org.cl2cm.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.cl2cm.data.DataException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigFileTest {
    @TempDir
    private Path folder;

    private TrainConfig read(String yaml, String... settings) throws IOException {
        Path file = folder.resolve("run.yaml");
        Files.writeString(file, yaml);
        return ConfigFile.read(Optional.of(file), List.of(settings));
    }

    @Test
    void settingsGoOverTheFileAndTheFileOverTheDefaults() throws IOException {
        TrainConfig config = read("data: {translations: [zh.google]}\ntrain: {batch: 64}\n", "train.batch=32");
        assertThat(config.train().batch()).isEqualTo(32);
        assertThat(config.train().clip()).isEqualTo(2.0);
        assertThat(config.data().targets()).containsExactly("zh");
    }

    @Test
    void anUnknownKeyNamesTheNearest() {
        assertThatThrownBy(() -> read("train: {bacth: 64}\n"))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("run.yaml")
                .hasMessageContaining("\"train.bacth\"")
                .hasMessageContaining("\"train.batch\"");
        assertThatThrownBy(() -> read("{}", "loss.temprature=1"))
                .hasMessageContaining("--set loss.temprature=1")
                .hasMessageContaining("\"loss.temperature\"");
    }

    @Test
    void aValueOfTheWrongKindNamesTheKey() {
        assertThatThrownBy(() -> read("data: {translations: [zh]}\ntrain: {batch: many}\n"))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("train.batch");
        assertThatThrownBy(() -> read("data: {translations: [zh]}\ntrain: {batch: 1}\n"))
                .hasMessageContaining("train.batch")
                .hasMessageContaining("at least 2");
    }

    @Test
    void settingsThatContradictEachOtherAreRefused() {
        assertThatThrownBy(() -> read("{}")).hasMessageContaining("data.translations");
        assertThatThrownBy(() -> read("data: {translations: [zh]}\nloss: {d: 1}\n"))
                .hasMessageContaining("teacher.schedule");
        assertThatThrownBy(() -> read("data: {translations: [zh]}\nloss: {d_modal: 1}\n"))
                .hasMessageContaining("loss.d_modal")
                .hasMessageContaining("teacher.schedule");
        assertThatThrownBy(
                        () -> read("data: {translations: [zh]}\nloss: {d_text: 1}\nteacher: {schedule: two_stage}\n"))
                .hasMessageContaining("loss.d_text")
                .hasMessageContaining("train.parallel_share");
    }

    @Test
    void aShareIsBelowOne() {
        assertThatThrownBy(() -> read("data: {translations: [zh]}\n", "text.word_dropout=1"))
                .hasMessageContaining("text.word_dropout");
        assertThatThrownBy(() -> read("data: {translations: [zh]}\n", "teacher.parallel_share=1.5"))
                .hasMessageContaining("teacher.parallel_share");
    }

    @Test
    void oneNameIsAListOfOne() throws IOException {
        assertThat(read("data: {translations: zh.google, test: test}\n").data().test())
                .containsExactly("test");
    }

    @Test
    void brokenYamlNamesTheLine() {
        assertThatThrownBy(() -> read("train:\n  batch: [1\n"))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("run.yaml:");
    }

    @Test
    void everyKeyIsWrittenAndReadBack() throws IOException {
        TrainConfig config = read("data: {translations: [zh.google]}\n", "loss.words=transport_cost");
        Path again = folder.resolve("again.yaml");
        Files.writeString(again, ConfigFile.write(config));
        assertThat(ConfigFile.read(Optional.of(again), List.of())).isEqualTo(config);
    }
}
