package org.cl2cm.data.translate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.cl2cm.data.DataException;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ApertiumTranslatorTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir
    Path folder;

    /// A command that behaves as `apertium` does, with a dictionary of three words.
    private Path apertium(String translate) throws IOException {
        Path script = folder.resolve("apertium");
        Files.writeString(script, """
                #!/bin/sh
                case "$1" in
                -l) echo "  eng-spa"; echo "  spa-eng" ;;
                -V) echo "Apertium 3.8.3" ;;
                eng-spa) %s ;;
                *) echo "Error: Mode $1 does not exist" >&2; exit 1 ;;
                esac
                """.formatted(translate));
        assertThat(script.toFile().setExecutable(true)).isTrue();
        return script;
    }

    @Test
    void asksTheCommandAndTakesTheMarksOff() throws IOException {
        Path script = apertium(
                "sed -e 's/dog/perro/g; s/run/#correr/; s/xyzzy/*xyzzy/; s/frob/@frob/; s/staydry/quedar#secos/; s/4x4/4*x4/'");
        try (Translator translator = ApertiumTranslator.open(script.toString(), "en", "es", LIMIT)) {
            assertThat(translator.identity()).isEqualTo("apertium eng-spa Apertium 3.8.3");
            assertThat(translator.translate(
                            List.of("a dog", "dog run xyzzy, frob!", "* * *", "mail@frob #1 @dog *x*", "staydry 4x4")))
                    .containsExactly(
                            new Translation("a perro"),
                            new Translation("perro correr xyzzy, frob!", List.of("correr", "xyzzy", "frob")),
                            new Translation("."),
                            // What strangers write is not taken for a mark.
                            new Translation("mail frob #1 perro x", List.of("frob")),
                            // Marks inside of words.
                            new Translation("quedar secos 4x4", List.of("secos", "x4")));
        }
    }

    @Test
    void textsThatComeTogetherOrApartAreNoticed() throws IOException {
        Path script = apertium("tr -s '\\n' ' '");
        try (Translator translator = ApertiumTranslator.open(script.toString(), "en", "es", LIMIT)) {
            assertThatThrownBy(() -> translator.translate(List.of("a dog", "a cat")))
                    .isInstanceOf(TranslationException.class)
                    .hasMessageContaining("gave back 1 texts for 2 captions");
            assertThat(translator.translate(List.of("a dog"))).containsExactly(new Translation("a dog"));
        }
    }

    @Test
    void saysWhatToInstall() throws IOException {
        Path script = apertium("cat");
        assertThatThrownBy(() -> ApertiumTranslator.open(script.toString(), "en", "de", LIMIT))
                .isInstanceOf(DataException.class)
                .hasMessageContainingAll("no direction en-de", "eng-spa, spa-eng", "apertium-eng-spa");
        assertThatThrownBy(() -> ApertiumTranslator.open("/nowhere/apertium", "en", "es", LIMIT))
                .isInstanceOf(DataException.class)
                .hasMessageContainingAll("/nowhere/apertium", "install Apertium");
        assertThat(ApertiumTranslator.modes("en", "es")).containsExactly("en-es", "en-spa", "eng-es", "eng-spa");
    }

    @Tag("network")
    @Test
    void theRealOneKeepsCaptionsApart() throws IOException {
        Translator translator;
        try {
            translator = ApertiumTranslator.open("apertium", "en", "es", LIMIT);
        } catch (DataException e) {
            String reason = "the real Apertium is not tested: " + e.getMessage();
            System.err.println(reason);
            Assumptions.abort(reason);
            return;
        }
        try (translator) {
            List<Translation> found = translator.translate(List.of(
                    "A brown dog runs through the grass",
                    "Two dogs play . A child watches .",
                    "a blorptastic dog",
                    "^$/[]{}\\ <b> @home #1 *",
                    "the dog"));
            assertThat(found).hasSize(5);
            assertThat(found.get(0).text()).contains("perro").contains("hierba");
            assertThat(found.get(1).text()).contains("perros").contains("niño");
            assertThat(found.get(2).unknown()).containsExactly("blorptastic");
            assertThat(found.get(2).text()).contains("blorptastic").doesNotContain("*");
            assertThat(found.get(3).text()).contains("[]{}");
            assertThat(found.get(4).text()).isEqualTo("El perro");
        }
    }
}
