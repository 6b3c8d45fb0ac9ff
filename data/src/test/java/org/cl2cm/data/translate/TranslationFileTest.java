package org.cl2cm.data.translate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.cl2cm.data.DataException;
import org.cl2cm.data.Manifest;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TranslationFileTest {
    @TempDir
    Path folder;

    private Path manifest = Path.of("");
    private TranslationFile file = new TranslationFile(Path.of("x"), "en", "es");

    @BeforeEach
    void writeManifest() throws IOException {
        manifest = folder.resolve("manifest.jsonl");
        Files.writeString(manifest, """
                {"id": "a", "split": "train", "captions": {"en": ["a dog", "a cat"]}}
                {"id": "b", "split": "val", "captions": {"en": ["a bird"], "de": ["ein Vogel"]}}
                {"id": "c", "split": "train", "captions": {"en": ["a cow"]}}
                """);
        file = TranslationFile.sideCar(manifest, "es.mine", "en");
    }

    private void write(String identity, Map<String, List<@Nullable Translation>> rows) throws IOException {
        file.checkSideCar(identity, rows.keySet());
        file.writeReports(identity, Map.of("captions", 1), List.of(), List.of());
        file.writeSideCar(Manifest.read(manifest), rows);
    }

    private static List<@Nullable Translation> row(@Nullable String... texts) {
        List<@Nullable Translation> row = new ArrayList<>();
        for (String text : texts) {
            row.add(text == null ? null : new Translation(text));
        }
        return row;
    }

    @Test
    void aSideCarGrowsInTheOrderOfTheManifestAndIsReadAtOnce() throws IOException {
        write("mine 1", Map.of("b", row("un pájaro")));
        write("mine 1", Map.of("a", row("un perro", null), "c", row("una vaca")));
        assertThat(Files.readAllLines(file.file()))
                .containsExactly(
                        "{\"id\":\"a\",\"es\":[\"un perro\",null]}",
                        "{\"id\":\"b\",\"es\":[\"un pájaro\"]}",
                        "{\"id\":\"c\",\"es\":[\"una vaca\"]}");
        Manifest read = Manifest.readWithTranslations(manifest);
        assertThat(read.find("a").orElseThrow().translations("es.mine")).containsExactly("un perro", null);
        assertThat(Files.readString(file.report(".json")))
                .contains("\"system\" : \"mine 1\"")
                .contains("\"from\" : \"en\"");
        assertThat(folder.resolve("translations/reports/es.mine.errors.jsonl")).isEmptyFile();
    }

    @Test
    void whatSomebodyElseMadeIsLeftAlone() throws IOException {
        Path theirs = Files.createDirectories(folder.resolve("translations")).resolve("es.mine.jsonl");
        Files.writeString(theirs, "{\"id\": \"a\", \"es\": [\"un can\", null]}\n");
        assertThatThrownBy(() -> write("mine 1", Map.of("a", row("un perro", "un gato"))))
                .isInstanceOf(DataException.class)
                .hasMessageContainingAll(theirs.toString(), "was not made by data translate", "--name");
        Files.delete(theirs);
        write("mine 1", Map.of("a", row("un perro", "un gato"), "b", row("un pájaro")));
        assertThatThrownBy(() -> write("mine 2", Map.of("a", row("un perro", "un gato"))))
                .isInstanceOf(DataException.class)
                .hasMessageContainingAll("1 other items by another system", "mine 1", "mine 2");
        write("mine 2", Map.of("a", row("un chucho", "un gato"), "b", row("un ave")));
        assertThat(Files.readString(file.file())).contains("un chucho").contains("un ave");
    }

    @Test
    void captionsAreReadFromManifestsTranslationsAndTexts() throws IOException {
        write("mine 1", Map.of("a", row("un perro", null), "b", row("un pájaro")));
        assertThat(CaptionSource.read(manifest, "en").groups(Optional.of("train"), 9))
                .containsExactly(
                        new CaptionGroup("a", List.of("a dog", "a cat")), new CaptionGroup("c", List.of("a cow")));
        assertThat(CaptionSource.read(manifest, "es.mine").groups(Optional.empty(), 1))
                .containsExactly(new CaptionGroup("a", Arrays.asList("un perro", null)));
        assertThat(CaptionSource.read(manifest, "de").groups(Optional.empty(), 9))
                .containsExactly(new CaptionGroup("b", List.of("ein Vogel")));
        assertThatThrownBy(() -> CaptionSource.read(manifest, "fr.x").groups(Optional.of("val"), 9))
                .isInstanceOf(DataException.class)
                .hasMessageContainingAll(manifest.toString(), "\"fr.x\" in split \"val\"");

        Path text = Files.writeString(folder.resolve("captions.txt"), "a dog\n\na cat\n");
        List<CaptionGroup> lines = CaptionSource.read(text, "en").groups(Optional.empty(), 9);
        assertThat(lines)
                .containsExactly(new CaptionGroup("1", List.of("a dog")), new CaptionGroup("3", List.of("a cat")));
        TranslationFile parallel = new TranslationFile(folder.resolve("en-es.jsonl"), "en", "es");
        parallel.writeParallel(lines, Map.of("1", row("un perro"), "3", row("un gato")));
        assertThat(Files.readAllLines(parallel.file()))
                .first()
                .isEqualTo("{\"id\":\"1\",\"en\":[\"a dog\"],\"es\":[\"un perro\"]}");
        assertThat(CaptionSource.read(parallel.file(), "es").groups(Optional.empty(), 9))
                .contains(new CaptionGroup("3", List.of("un gato")));
        Files.writeString(parallel.file(), "{\"id\": \"1\", \"en\": [\"x\"]}\n{\"id\": \"1\", \"en\": [\"y\"]}\n");
        assertThatThrownBy(() -> CaptionSource.read(parallel.file(), "en"))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("en-es.jsonl:2: id \"1\" stands in the file twice");
        assertThat(TranslationFile.language("es.mine")).isEqualTo("es");
        assertThat(TranslationFile.language("es")).isEqualTo("es");
    }
}
