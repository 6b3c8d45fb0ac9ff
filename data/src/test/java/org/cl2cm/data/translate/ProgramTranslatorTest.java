package org.cl2cm.data.translate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.cl2cm.data.DataException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProgramTranslatorTest {
    private static final Duration LONG = Duration.ofSeconds(20);

    @TempDir
    Path folder;

    private static List<String> run(Duration limit, List<String> command, String... texts) throws IOException {
        try (ProgramTranslator translator = new ProgramTranslator(command, "en-xx", limit)) {
            return translator.translate(List.of(texts)).stream()
                    .map(Translation::text)
                    .toList();
        }
    }

    private static void fails(Duration limit, List<String> command, String... reasons) {
        assertThatThrownBy(() -> run(limit, command, "one", "two", "three"))
                .isInstanceOf(TranslationException.class)
                .hasMessageContainingAll(reasons);
    }

    @Test
    void aLineInIsALineOut() throws IOException {
        assertThat(run(LONG, List.of("tr", "a-z", "A-Z"), "ein Hund", "zwei; rm -rf $HOME", "狗"))
                .containsExactly("EIN HUND", "ZWEI; RM -RF $HOME", "狗");
        String[] many = new String[20_000];
        java.util.Arrays.setAll(many, i -> "caption number " + i);
        assertThat(run(LONG, List.of("cat"), many)).containsExactly(many);
    }

    @Test
    void aCommandIsCutAtSpacesWithoutAShell() {
        assertThat(ProgramTranslator.words("  sed -e 's/a b/c/' \"x \\\" y\" a\\ b $HOME ''"))
                .containsExactly("sed", "-e", "s/a b/c/", "x \" y", "a b", "$HOME", "");
        assertThat(ProgramTranslator.words(" ")).isEmpty();
        assertThatThrownBy(() -> ProgramTranslator.words("sed 's/a"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("is not closed");
    }

    @Test
    void aProgramThatMisbehavesIsNamed() {
        fails(LONG, List.of("head", "-n", "2"), "\"head -n 2\"", "wrote 2 lines for 3 texts");
        fails(LONG, List.of("sed", "p"), "\"sed p\"", "wrote 6 lines for 3 texts");
        fails(LONG, List.of("sh", "-c", "echo no model >&2; exit 3"), "ended with code 3: no model");
        fails(LONG, List.of("yes"), "\"yes\" wrote more than 1 MiB");
        fails(LONG, List.of("printf", "\\377\\n"), "not UTF-8");
        assertThatThrownBy(() -> run(LONG, List.of("/nowhere/translator"), "one"))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("\"/nowhere/translator\" cannot be started");
    }

    @Test
    void aProgramThatHangsIsEndedWithAllThatItStarted() throws Exception {
        Path pid = folder.resolve("pid");
        Path script = folder.resolve("hangs");
        Files.writeString(script, "#!/bin/sh\nsleep 600 &\necho $! > " + pid + "\nwait\n");
        assertThat(script.toFile().setExecutable(true)).isTrue();
        fails(Duration.ofMillis(700), List.of(script.toString()), "gave no answer in 0.7 s");
        long child = Long.parseLong(Files.readString(pid).strip());
        long end = System.nanoTime() + Duration.ofSeconds(5).toNanos();
        while (ProcessHandle.of(child).filter(ProcessHandle::isAlive).isPresent() && System.nanoTime() < end) {
            Thread.sleep(10);
        }
        assertThat(ProcessHandle.of(child).filter(ProcessHandle::isAlive)).isEmpty();
    }
}
