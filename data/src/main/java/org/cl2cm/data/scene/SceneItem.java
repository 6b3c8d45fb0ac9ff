package org.cl2cm.data.scene;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.cl2cm.data.Item;
import org.cl2cm.data.scene.Scene.Group;

/// One picture's scene, with its captions and translations drawn from streams of their own: no other picture, split or
/// language changes them.
record SceneItem(
        String id,
        String split,
        Scene scene,
        Map<String, List<String>> captions,
        Map<String, List<Translation>> translations) {
    static final int CAPTIONS = 5;

    static SceneItem of(String id, String split, Scene scene, SceneOptions options) {
        Map<String, List<String>> captions = new LinkedHashMap<>();
        Map<String, List<Translation>> translations = new LinkedHashMap<>();
        List<Description> english = Describer.describe(scene, CAPTIONS, new English(), random(options, id, "en"));
        captions.put("en", english.stream().map(new English()::say).toList());
        for (String language : options.languages()) {
            Grammar grammar = Grammar.of(language);
            if (!split.equals("train")) {
                captions.put(
                        language,
                        Describer.describe(scene, CAPTIONS, grammar, random(options, id, language)).stream()
                                .map(grammar::say)
                                .toList());
            }
            if (!split.equals("test")) {
                SplittableRandom random = random(options, id, language + ".mt");
                NoisyTranslator translator = new NoisyTranslator(grammar, options.noise());
                translations.put(
                        language,
                        english.stream()
                                .map(said -> translator.translate(said, random))
                                .toList());
            }
        }
        return new SceneItem(id, split, scene, captions, translations);
    }

    /// The random numbers for one purpose of one picture.
    static SplittableRandom random(SceneOptions options, String id, String purpose) {
        long mixed = options.seed();
        for (char c : (id + "/" + purpose).toCharArray()) {
            mixed = (mixed ^ c) * 0x9E3779B97F4A7C15L;
            mixed ^= mixed >>> 29;
        }
        return new SplittableRandom(mixed);
    }

    String media() {
        return "images/" + id + ".png";
    }

    /// The manifest's item; its `meta` tells the truth about the scene and about the mistakes of the translations.
    Item item() {
        Map<String, Object> meta = new LinkedHashMap<>();
        meta.put("scene", sceneFields());
        Map<String, Object> mistakes = new LinkedHashMap<>();
        translations.forEach((language, lines) -> {
            Map<String, Object> wrong = new LinkedHashMap<>();
            IntStream.range(0, lines.size())
                    .filter(i -> !lines.get(i).mistakes().isEmpty())
                    .forEach(i -> wrong.put(
                            String.valueOf(i),
                            lines.get(i).mistakes().stream()
                                    .map(SceneItem::name)
                                    .toList()));
            if (!wrong.isEmpty()) {
                mistakes.put(language, wrong);
            }
        });
        if (!mistakes.isEmpty()) {
            meta.put("mistakes", mistakes);
        }
        return new Item(id, Optional.of(media()), Optional.of(split), captions, Map.of(), meta);
    }

    private Map<String, Object> sceneFields() {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("first", groupFields(scene.first()));
        scene.place().ifPresent(place -> fields.put("place", name(place)));
        scene.other().ifPresent(other -> {
            fields.put("relation", name(other.relation()));
            fields.put("second", groupFields(other.group()));
        });
        fields.put("ground", name(scene.ground()));
        return fields;
    }

    private static Map<String, Object> groupFields(Group group) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("count", group.amount().number());
        fields.put("size", name(group.size()));
        fields.put("hue", name(group.hue()));
        fields.put("shape", name(group.shape()));
        return fields;
    }

    private static String name(Object constant) {
        return constant.toString().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
