package org.cl2cm.data.scene;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.cl2cm.data.DataException;
import org.cl2cm.data.ImageFile;
import org.cl2cm.data.Item;
import org.cl2cm.data.Manifest;
import org.cl2cm.data.ProgressListener;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SceneDataSetTest {
    private static final SceneOptions SMALL = SceneOptions.demo(3).withSplits(20, 8, 12);

    @TempDir
    Path folder;

    private static String hash(Path folder) throws IOException, NoSuchAlgorithmException {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        List<Path> files;
        try (Stream<Path> walk = Files.walk(folder)) {
            files = walk.filter(Files::isRegularFile).sorted().toList();
        }
        for (Path file : files) {
            digest.update(folder.relativize(file).toString().getBytes(java.nio.charset.StandardCharsets.UTF_8));
            digest.update(Files.readAllBytes(file));
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static Path write(Path folder, SceneOptions options) throws IOException {
        return SceneDataSet.write(folder, options, ProgressListener.NONE);
    }

    @Test
    void equalOptionsMakeEqualBytes() throws Exception {
        write(folder.resolve("a"), SMALL);
        write(folder.resolve("b"), SMALL);
        String first = hash(folder.resolve("a"));
        assertThat(hash(folder.resolve("b"))).isEqualTo(first);
        write(folder.resolve("c"), SceneOptions.demo(4).withSplits(20, 8, 12));
        assertThat(hash(folder.resolve("c"))).isNotEqualTo(first);
    }

    @Test
    void aSecondRunRepairsWhatAKillLeft() throws Exception {
        Path manifest = write(folder, SMALL);
        String whole = hash(folder);
        Files.delete(manifest);
        Files.delete(folder.resolve("translations/zh.mt.jsonl"));
        Files.delete(folder.resolve("images/test-00003.png"));
        write(folder, SMALL);
        assertThat(hash(folder)).isEqualTo(whole);
    }

    @Test
    void leavesOtherDataAlone() throws IOException {
        write(folder.resolve("a"), SMALL);
        assertThatThrownBy(() -> write(folder.resolve("a"), SMALL.withNoise(0.5)))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("scenes.json")
                .hasMessageContaining("other options");
        Path own = folder.resolve("b/manifest.jsonl");
        Files.createDirectories(folder.resolve("b"));
        Files.writeString(own, "mine");
        assertThatThrownBy(() -> write(folder.resolve("b"), SMALL)).hasMessageContaining("another data set");
        assertThat(own).hasContent("mine");
    }

    @Test
    void readsAsAManifestWithTranslations() throws IOException {
        Manifest manifest = Manifest.readWithTranslations(write(folder, SMALL));
        assertThat(manifest.size()).isEqualTo(40);
        assertThat(manifest.split("train")).hasSize(20);
        assertThat(manifest.split("val")).hasSize(8);
        assertThat(manifest.split("test")).hasSize(12);
        for (Item item : manifest.items()) {
            assertThat(item.captions("en")).hasSize(5).doesNotHaveDuplicates();
            assertThat(ImageFile.read(manifest.media(item).orElseThrow()).getWidth())
                    .isEqualTo(64);
            for (String language : SceneOptions.LANGUAGES) {
                assertThat(item.captions(language)).hasSize(item.isIn("train") ? 0 : 5);
                assertThat(item.translations(language + ".mt")).hasSize(item.isIn("test") ? 0 : 5);
            }
        }
    }

    @Test
    void noSceneStandsTwice() {
        Set<Scene> seen = new HashSet<>();
        for (SceneItem item : SceneDataSet.items(SceneOptions.demo(1).withLanguages(List.of()))) {
            assertThat(seen.add(item.scene())).as(item.id()).isTrue();
            item.scene().turned().ifPresent(turned -> assertThat(seen).doesNotContain(turned));
        }
        assertThat(seen).hasSize(1500);
    }

    @Test
    void otherSplitSizesLeaveTheCaptionsOfAPictureAlone() {
        List<SceneItem> few = SceneDataSet.items(SMALL);
        List<SceneItem> more = SceneDataSet.items(SceneOptions.demo(3).withSplits(30, 8, 12));
        assertThat(more.subList(0, 20)).isEqualTo(few.subList(0, 20));
    }

    /// Reads the English captions back with a vocabulary of its own: every colour, size, shape and
    /// number that is said must be in the scene as the manifest's `meta` tells it.
    @Test
    void captionsAreTrueToTheScene() throws IOException {
        Map<String, String> shapes = Map.of("disc", "circle", "moon", "crescent");
        Map<String, String> sizes = Map.of("big", "large", "little", "small");
        Map<String, Integer> numbers = Map.of("a", 1, "an", 1, "two", 2, "three", 3, "four", 4);
        Set<String> hues =
                Set.of("red", "orange", "yellow", "green", "blue", "purple", "violet", "pink", "black", "white");
        int checked = 0;
        for (Item item : Manifest.read(write(folder, SMALL)).items()) {
            List<Map<?, ?>> groups = groups(item);
            for (String caption : item.captions("en")) {
                String size = "";
                String hue = "";
                int number = 0;
                for (String word : caption.replace("a picture of ", "")
                        .replaceAll("on a (light|dark) background", "")
                        .split(" ", -1)) {
                    String singular = word.replaceAll("(?<=cross)es$|(?<=[a-z])s$", "");
                    String shape = shapes.getOrDefault(singular, singular);
                    if (numbers.containsKey(word)) {
                        number = numbers.getOrDefault(word, 0);
                        size = "";
                        hue = "";
                    } else if (word.matches("large|small|big|little")) {
                        size = sizes.getOrDefault(word, word);
                    } else if (hues.contains(word)) {
                        hue = word.equals("violet") ? "purple" : word;
                    } else if (shape.matches(
                            "circle|square|triangle|star|heart|cros|cross|crescent|ring|arrow|house")) {
                        checked++;
                        assertThat(fits(groups, number, size, hue, shape.equals("cros") ? "cross" : shape))
                                .as("%s: %s", caption, groups)
                                .isTrue();
                    }
                }
            }
        }
        assertThat(checked).isGreaterThan(40 * 5);
    }

    private static List<Map<?, ?>> groups(Item item) {
        List<Map<?, ?>> groups = new ArrayList<>();
        if (item.meta().get("scene") instanceof Map<?, ?> scene) {
            for (String key : List.of("first", "second")) {
                if (scene.get(key) instanceof Map<?, ?> group) {
                    groups.add(group);
                }
            }
        }
        assertThat(groups).as(item.id()).isNotEmpty();
        return groups;
    }

    private static boolean fits(List<Map<?, ?>> groups, int number, String size, String hue, String shape) {
        return groups.stream()
                .anyMatch(group -> shape.equals(group.get("shape"))
                        && Integer.valueOf(number).equals(group.get("count"))
                        && (size.isEmpty() || size.equals(group.get("size")))
                        && (hue.isEmpty() || hue.equals(group.get("hue"))));
    }

    @Test
    void picturesShowTheColourTheyAreSaidToHave() {
        SceneOptions options = SMALL;
        for (SceneItem item : SceneDataSet.items(options)) {
            var picture = new Painter(64).paint(item.scene(), SceneItem.random(options, item.id(), "picture"));
            int rgb = item.scene().first().hue().rgb();
            int near = 0;
            for (int i = 0; i < 64 * 64; i++) {
                int pixel = picture.getRGB(i % 64, i / 64);
                int distance = Math.abs((pixel >> 16 & 255) - (rgb >> 16 & 255))
                        + Math.abs((pixel >> 8 & 255) - (rgb >> 8 & 255))
                        + Math.abs((pixel & 255) - (rgb & 255));
                near += distance < 100 ? 1 : 0;
            }
            assertThat(near)
                    .as(
                            "%s: pixels of %s",
                            item.id(), item.scene().first().hue().name().toLowerCase(Locale.ROOT))
                    .isGreaterThan(20);
        }
    }

    @Test
    void refusesOptionsThatMakeNoSense() {
        assertThatThrownBy(() -> SMALL.withNoise(Double.NaN)).hasMessageContaining("noise");
        assertThatThrownBy(() -> SMALL.withPixels(8)).hasMessageContaining("pixels");
        assertThatThrownBy(() -> SMALL.withSplits(0, 0, 0)).hasMessageContaining("train, val and test");
        assertThatThrownBy(() -> SMALL.withLanguages(List.of("de", "tlh"))).hasMessageContaining("\"tlh\"");
    }
}
