package org.cl2cm.data.translate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.cl2cm.data.DataException;
import org.cl2cm.data.ProgressListener;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CaptionTranslationTest {
    @TempDir
    Path folder;

    /// Upper case is its language; fails for whole batches that hold a text it does not like.
    private static final class Loud implements Translator {
        private final Predicate<String> refuses;
        private final List<List<String>> calls = new ArrayList<>();
        private int mostCalls = Integer.MAX_VALUE;

        Loud(Predicate<String> refuses) {
            this.refuses = refuses;
        }

        @Override
        public String identity() {
            return "loud";
        }

        @Override
        public List<Translation> translate(List<String> texts) throws IOException {
            if (calls.size() >= mostCalls) {
                throw new DataException("the power is gone");
            }
            calls.add(texts);
            if (texts.stream().anyMatch(refuses)) {
                throw new TranslationException("does not like it");
            }
            return texts.stream()
                    .map(text -> new Translation(text.equals("nothing") ? " \n" : text.toUpperCase(Locale.ROOT)))
                    .toList();
        }

        @Override
        public void close() {}
    }

    private CaptionTranslation.Result run(Translator translator, int batch, int maxErrors, CaptionGroup... groups)
            throws IOException {
        List<String> progress = new ArrayList<>();
        CaptionTranslation.Result result = new CaptionTranslation(
                        translator,
                        folder,
                        new CaptionTranslation.Settings(batch, maxErrors, false),
                        (done, total, detail) -> progress.add(done + "/" + total))
                .run(List.of(groups));
        assertThat(progress).last().isEqualTo(result.captions() + "/" + result.captions());
        return result;
    }

    private static CaptionGroup group(String id, @Nullable String... texts) {
        return new CaptionGroup(id, Arrays.asList(texts));
    }

    private static CaptionGroup[] numbered(int count) {
        CaptionGroup[] groups = new CaptionGroup[count];
        Arrays.setAll(groups, i -> group("item" + i, "caption " + i));
        return groups;
    }

    @Test
    void everyTextIsSentOnceAndStandsInItsPlace() throws IOException {
        Loud loud = new Loud(text -> false);
        CaptionTranslation.Result result = run(
                loud,
                2,
                -1,
                group("a", "one", null, "two"),
                group("b", "two", " two\n\u0007\u2028 ", "one\ttwo"),
                group("c", "one"));
        assertThat(loud.calls).containsExactly(List.of("one", "two"), List.of("one two"));
        assertThat(result.rows().get("a")).containsExactly(new Translation("ONE"), null, new Translation("TWO"));
        assertThat(result.rows().get("b"))
                .containsExactly(new Translation("TWO"), new Translation("TWO"), new Translation("ONE TWO"));
        assertThat(result.captions()).isEqualTo(6);
        assertThat(result.kept()).isZero();
        assertThat(result.failures()).isEmpty();

        CaptionTranslation.Result again = run(loud, 2, -1, group("d", "two", "three"));
        assertThat(loud.calls).hasSize(3).last().isEqualTo(List.of("three"));
        assertThat(again.kept()).isEqualTo(1);

        CaptionTranslation.Settings fresh = new CaptionTranslation.Settings(9, -1, true);
        CaptionTranslation.Result anew = new CaptionTranslation(loud, folder, fresh, ProgressListener.NONE)
                .run(List.of(group("e", "two", "three", "two")));
        assertThat(loud.calls).hasSize(4).last().isEqualTo(List.of("two", "three"));
        assertThat(anew.kept()).isZero();
    }

    @Test
    void whatFailsIsFoundInItsBatchAndTriedAgainByTheNextRun() throws IOException {
        Loud loud = new Loud(text -> text.equals("caption 77") || text.equals("caption 20"));
        CaptionGroup[] groups = numbered(100);
        groups[3] = group("item3", "nothing", "", "caption 3");
        CaptionTranslation.Result result = run(loud, 64, -1, groups);
        assertThat(result.failures())
                .containsExactly(
                        new CaptionTranslation.Failure("item3", 0, "nothing", "the translation is empty"),
                        new CaptionTranslation.Failure("item3", 1, "", "the caption is empty"),
                        new CaptionTranslation.Failure("item20", 0, "caption 20", "does not like it"),
                        new CaptionTranslation.Failure("item77", 0, "caption 77", "does not like it"));
        assertThat(result.rows().get("item20")).containsExactly((Translation) null);
        assertThat(result.rows().get("item21")).containsExactly(new Translation("CAPTION 21"));
        assertThat(loud.calls).hasSizeLessThan(45);

        Loud healed = new Loud(text -> false);
        CaptionTranslation.Result next = run(healed, 64, -1, groups);
        assertThat(healed.calls).containsExactly(List.of("nothing", "caption 20", "caption 77"));
        assertThat(next.failures()).hasSize(2);
        assertThat(next.kept()).isEqualTo(98);
    }

    @Test
    void aSystemThatFailsAtEverythingIsLeftSoon() {
        Loud never = new Loud(text -> true);
        assertThatThrownBy(() -> run(never, 64, -1, numbered(1000)))
                .isInstanceOf(DataException.class)
                .hasMessageContainingAll("3 captions in a row failed", "does not like it", "\"caption 2\"");
        assertThat(never.calls).hasSizeLessThan(12);
        Loud half = new Loud(text -> Integer.parseInt(text.substring(8)) >= 500);
        assertThatThrownBy(() -> run(half, 64, -1, numbered(1000)))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("10 captions in a row failed");
    }

    @Test
    void moreErrorsThanAllowedEndTheWork() throws IOException {
        Loud loud = new Loud(text -> text.endsWith("7"));
        assertThatThrownBy(() -> run(loud, 8, 2, numbered(100)))
                .isInstanceOf(DataException.class)
                .hasMessageContainingAll("3 captions failed", "--max-errors 2", "does not like it");
        assertThat(run(new Loud(text -> text.endsWith("77")), 8, 2, numbered(100))
                        .failures())
                .hasSize(1);
        assertThatThrownBy(() -> run(loud, 8, 0, group("a", "")))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("--max-errors 0");
    }

    @Test
    void whatWasTranslatedBeforeTheEndIsKept() throws IOException {
        Set<String> sent = new TreeSet<>();
        int starts = 0;
        boolean whole = false;
        while (!whole) {
            Loud loud = new Loud(text -> false);
            loud.mostCalls = 3;
            try {
                CaptionTranslation.Result result = run(loud, 10, -1, numbered(100));
                assertThat(result.failures()).isEmpty();
                assertThat(result.rows().get("item99")).containsExactly(new Translation("CAPTION 99"));
                whole = true;
            } catch (DataException e) {
                assertThat(e).hasMessage("the power is gone");
            }
            loud.calls.forEach(texts -> texts.forEach(text ->
                    assertThat(sent.add(text)).as("%s is sent once", text).isTrue()));
            starts++;
        }
        assertThat(starts).isEqualTo(4);
        assertThat(sent).hasSize(100);
    }
}
