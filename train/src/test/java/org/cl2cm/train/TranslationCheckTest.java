package org.cl2cm.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.cl2cm.data.Item;
import org.cl2cm.data.Manifest;
import org.cl2cm.data.ProgressListener;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TranslationCheckTest {
    @TempDir
    private Path folder;

    private Path train(String... settings) throws IOException {
        ToyWorld.write(folder, 1);
        TrainConfig config = ConfigFile.read(Optional.empty(), ToyWorld.settings(folder, settings));
        new Training(
                        config,
                        folder.resolve("home"),
                        ProgressListener.NONE,
                        ProgressListener.NONE,
                        ProgressListener.NONE,
                        m -> {})
                .run(folder.resolve("run"), false);
        return folder.resolve("run");
    }

    @Test
    void wrongTranslationsComeFirst() throws IOException {
        Path run = train("teacher.schedule=two_stage", "teacher.epochs=16", "loss.b=1", "loss.d=0.5", "train.epochs=1");
        Manifest clean = Manifest.readWithTranslations(folder.resolve("manifest.jsonl"));
        Set<String> wrong = new HashSet<>();
        Manifest damaged = damage(clean, wrong);

        try (TranslationCheck check = TranslationCheck.open(run, folder.resolve("home"), ProgressListener.NONE)) {
            List<TranslationCheck.Pair> pairs =
                    check.check(damaged, "val", List.of("xx.mt"), 0, ProgressListener.NONE, ProgressListener.NONE);

            assertThat(pairs).hasSize(96);
            assertThat(areaUnderCurve(pairs, wrong)).isGreaterThan(0.95);
            assertThat(pairs)
                    .isSortedAccordingTo(java.util.Comparator.comparingDouble(TranslationCheck.Pair::confidence));
            List<String> words = check.alignments(pairs.subList(95, 96)).getFirst();
            assertThat(words).hasSizeBetween(3, 4).allMatch(line -> line.contains(" → x"));
            List<TranslationCheck.Found> found = check.validate(
                    clean, "val", List.of("xx.mt"), 0, 0.5, 1, ProgressListener.NONE, ProgressListener.NONE);
            assertThat(found)
                    .extracting(TranslationCheck.Found::kind)
                    .containsExactly("shuffled", "dropped", "untranslated", "all");
            assertThat(found.getFirst().auc()).isGreaterThan(0.95);
            assertThat(found.get(2).auc()).as("left in the source language").isEqualTo(1);
            assertThat(found.getLast().pairs()).isBetween(25, 48);
            assertThat(check.check(damaged, "val", List.of("xx.mt"), 5, ProgressListener.NONE, ProgressListener.NONE))
                    .hasSize(10);
            assertThatThrownBy(() -> check.check(
                            damaged, "val", List.of("yy.mt"), 0, ProgressListener.NONE, ProgressListener.NONE))
                    .hasMessageContaining("yy.mt")
                    .hasMessageContaining("manifest.jsonl");
        }
    }

    /// A quarter of the translations: the next one's, or without their last word.
    private static Manifest damage(Manifest clean, Set<String> wrong) {
        List<Item> items = new ArrayList<>();
        List<Item> all = clean.items();
        Random random = new Random(5);
        for (int i = 0; i < all.size(); i++) {
            Item item = all.get(i);
            List<String> texts = new ArrayList<>(
                    item.translations("xx.mt").stream().map(String::valueOf).toList());
            for (int c = 0; c < texts.size(); c++) {
                if (random.nextInt(4) == 0) {
                    String text = texts.get(c);
                    texts.set(
                            c,
                            random.nextBoolean()
                                    ? String.valueOf(all.get((i + 9) % all.size())
                                            .translations("xx.mt")
                                            .get(c))
                                    : text.substring(0, text.lastIndexOf(' ')));
                    wrong.add(item.id() + "#" + c);
                }
            }
            items.add(
                    new Item(item.id(), item.media(), item.split(), item.captions(), Map.of("xx.mt", texts), Map.of()));
        }
        return Manifest.of(clean.file(), items);
    }

    /// How often a wrong pair is less trusted than a right one; ties count half.
    private static double areaUnderCurve(List<TranslationCheck.Pair> pairs, Set<String> wrong) {
        double less = 0;
        double all = 0;
        for (TranslationCheck.Pair bad : pairs) {
            if (wrong.contains(bad.id() + "#" + bad.caption())) {
                for (TranslationCheck.Pair good : pairs) {
                    if (!wrong.contains(good.id() + "#" + good.caption())) {
                        all++;
                        less += bad.confidence() < good.confidence()
                                ? 1
                                : bad.confidence() == good.confidence() ? 0.5 : 0;
                    }
                }
            }
        }
        return less / all;
    }

    @Test
    void needsARunWithATeacher() throws IOException {
        Path run = train("train.epochs=1");
        assertThatThrownBy(() -> TranslationCheck.open(run, folder.resolve("home"), ProgressListener.NONE))
                .hasMessageContaining("teacher.schedule=two_stage")
                .hasMessageContaining("run");
        assertThatThrownBy(() -> TranslationCheck.open(folder, folder.resolve("home"), ProgressListener.NONE))
                .hasMessageContaining("config.yaml");
    }
}
