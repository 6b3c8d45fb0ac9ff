package org.cl2cm.data.translate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.cl2cm.data.DataException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TranslationCacheTest {
    private static final String SYSTEM = "apertium eng-spa 3.8";

    @TempDir
    Path folder;

    private static Map<String, Translation> translations(int from, int to) {
        Map<String, Translation> translations = new LinkedHashMap<>();
        for (int i = from; i < to; i++) {
            translations.put(
                    "a dog " + i, new Translation("un perro — 狗 " + i, i % 2 == 0 ? List.of("x\"y") : List.of()));
        }
        return translations;
    }

    @Test
    void keepsTranslationsBySystemAndText() throws IOException {
        try (TranslationCache cache = TranslationCache.open(folder, SYSTEM)) {
            cache.put(translations(0, 3));
            cache.put(Map.of("a dog 1", new Translation("otro")));
        }
        try (TranslationCache cache = TranslationCache.open(folder, SYSTEM);
                TranslationCache other = TranslationCache.open(folder, SYSTEM + "x")) {
            assertThat(cache.get("a dog 0")).contains(translations(0, 1).get("a dog 0"));
            assertThat(cache.get("a dog 1")).as("the later one").contains(new Translation("otro"));
            assertThat(cache.get("a dog 3")).isEmpty();
            assertThat(other.get("a dog 0")).isEmpty();
        }
    }

    /// A process may be killed after any byte: what stands in whole lines is there, what comes after
    /// is put where the cut was.
    @Test
    void goesOnAfterACutAtAnyByte() throws IOException {
        try (TranslationCache cache = TranslationCache.open(folder, SYSTEM)) {
            cache.put(translations(0, 2));
        }
        Path file = TranslationCache.file(folder, SYSTEM);
        byte[] whole = Files.readAllBytes(file);
        for (int length = 0; length <= whole.length; length++) {
            Files.write(file, Arrays.copyOf(whole, length));
            String kept = new String(whole, 0, length, StandardCharsets.UTF_8);
            long lines =
                    Math.max(0, kept.chars().filter(letter -> letter == '\n').count() - 1);
            try (TranslationCache cache = TranslationCache.open(folder, SYSTEM)) {
                for (int i = 0; i < 2; i++) {
                    assertThat(cache.get("a dog " + i).isPresent())
                            .as("cut after %d bytes, caption %d", length, i)
                            .isEqualTo(i < lines);
                }
                cache.put(translations((int) lines, 2));
            }
            assertThat(Files.readAllBytes(file))
                    .as("cut after %d bytes", length)
                    .isEqualTo(whole);
        }
    }

    @Test
    void aBrokenLineIsPassedOver() throws IOException {
        try (TranslationCache cache = TranslationCache.open(folder, SYSTEM)) {
            cache.put(translations(0, 3));
        }
        Path file = TranslationCache.file(folder, SYSTEM);
        List<String> lines = Files.readAllLines(file);
        lines.set(2, "\u0000\u0000{\"hash");
        Files.write(file, lines);
        try (TranslationCache cache = TranslationCache.open(folder, SYSTEM)) {
            assertThat(cache.get("a dog 0")).isPresent();
            assertThat(cache.get("a dog 1")).isEmpty();
            assertThat(cache.get("a dog 2")).isPresent();
        }
    }

    @Test
    void oneAtATimeHasItOpen() throws IOException {
        try (TranslationCache cache = TranslationCache.open(folder, SYSTEM)) {
            assertThatThrownBy(() -> TranslationCache.open(folder, SYSTEM))
                    .isInstanceOf(DataException.class)
                    .hasMessageContaining("another process");
            assertThat(cache.get("x")).isEmpty();
        }
        TranslationCache.open(folder, SYSTEM).close();
    }
}
