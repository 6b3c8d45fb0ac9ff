package org.cl2cm.data.scene;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.cl2cm.data.scene.Concept.Amount;
import org.cl2cm.data.scene.Concept.Ground;
import org.cl2cm.data.scene.Concept.Hue;
import org.cl2cm.data.scene.Concept.Place;
import org.cl2cm.data.scene.Concept.Relation;
import org.cl2cm.data.scene.Concept.Shape;
import org.cl2cm.data.scene.Concept.Size;

/// Japanese. Nouns: noun / counter; colours with the ending that stands before a noun.
final class Japanese implements Grammar {
    private static final Lexicon WORDS = new Lexicon()
            .put(Shape.CIRCLE, "円/つ", "丸/つ")
            .put(Shape.SQUARE, "正方形/つ", "四角形/つ")
            .put(Shape.TRIANGLE, "三角形/つ")
            .put(Shape.STAR, "星/つ")
            .put(Shape.HEART, "ハート/つ")
            .put(Shape.CROSS, "十字/つ", "十字形/つ")
            .put(Shape.CRESCENT, "三日月/つ", "月/つ")
            .put(Shape.RING, "輪/つ", "リング/つ")
            .put(Shape.ARROW, "矢印/つ")
            .put(Shape.HOUSE, "家/軒")
            .put(Hue.RED, "赤い")
            .put(Hue.ORANGE, "オレンジ色の")
            .put(Hue.YELLOW, "黄色い")
            .put(Hue.GREEN, "緑色の", "緑の")
            .put(Hue.BLUE, "青い")
            .put(Hue.PURPLE, "紫色の", "紫の")
            .put(Hue.PINK, "ピンク色の", "ピンクの")
            .put(Hue.BLACK, "黒い")
            .put(Hue.WHITE, "白い")
            .put(Size.SMALL, "小さな", "小さい")
            .put(Size.LARGE, "大きな", "大きい")
            .put(Amount.ONE, "一")
            .put(Amount.TWO, "二")
            .put(Amount.THREE, "三")
            .put(Amount.FOUR, "四")
            .put(Place.LEFT, "左側", "左")
            .put(Place.RIGHT, "右側", "右")
            .put(Place.TOP, "上の方", "上部")
            .put(Place.BOTTOM, "下の方", "下部")
            .put(Place.CENTRE, "真ん中", "中央")
            .put(Relation.LEFT_OF, "左", "左側")
            .put(Relation.RIGHT_OF, "右", "右側")
            .put(Relation.ABOVE, "上", "上の方")
            .put(Relation.BELOW, "下", "下の方")
            .put(Ground.LIGHT, "明るい背景")
            .put(Ground.DARK, "暗い背景");

    private static final Lexicon WRONG = new Lexicon()
            .put(Shape.SQUARE, "広場")
            .put(Shape.STAR, "有名人")
            .put(Shape.HEART, "核心")
            .put(Shape.CROSS, "交差点")
            .put(Shape.RING, "着信音")
            .put(Hue.ORANGE, "みかん")
            .put(Hue.GREEN, "未熟な")
            .put(Hue.BLUE, "憂鬱な")
            .put(Hue.PINK, "ナデシコ")
            .put(Place.LEFT, "去った")
            .put(Place.RIGHT, "正しい")
            .put(Place.TOP, "コマ")
            .put(Ground.LIGHT, "軽い背景");

    @Override
    public String language() {
        return "ja";
    }

    @Override
    public Lexicon lexicon() {
        return WORDS;
    }

    @Override
    public Optional<String> wrongSense(Concept concept) {
        return WRONG.knows(concept) ? Optional.of(WRONG.gloss(concept)) : Optional.empty();
    }

    /// A counter of other things.
    @Override
    public Optional<String> disagreeing(Word word) {
        return switch (word.text()) {
            case "つの" -> Optional.of("匹の");
            case "軒の" -> Optional.of("つの");
            default -> Optional.empty();
        };
    }

    @Override
    public String join(List<Word> words) {
        return words.stream().map(Word::text).collect(Collectors.joining());
    }

    @Override
    public List<Word> words(Description said) {
        int wording = said.wording();
        Phrase phrase = new Phrase();
        said.ground().ifPresent(ground -> phrase.add(WORDS.entry(ground, wording), ground));
        Phrase objects = group(said.first(), wording);
        Phrase where = new Phrase();
        said.place().ifPresent(place -> where.add(WORDS.entry(place, wording), place));
        if (said.second().isPresent()) {
            Phrase second = group(said.second().get(), wording);
            if (said.relation().isPresent()) {
                Relation relation = said.relation().get();
                where.add(second).add("の").add(WORDS.entry(relation, wording), relation);
            } else {
                objects.add("と").add(second);
            }
        }
        return sentence(said, phrase, objects, !where.words().isEmpty(), where);
    }

    private static List<Word> sentence(Description said, Phrase phrase, Phrase objects, boolean located, Phrase where) {
        boolean ground = said.ground().isPresent();
        switch (said.style()) {
            case BARE -> {
                if (ground) {
                    phrase.add(located ? "で" : "の");
                }
                phrase.add(where);
                if (located) {
                    phrase.add("にある");
                }
                phrase.add(objects);
            }
            case THERE_IS -> {
                if (located) {
                    phrase.add(ground ? "で" : "").add(where).add("に");
                } else {
                    phrase.add(ground ? "に" : "絵の中に");
                }
                phrase.add(objects).add("がある");
            }
            case PICTURE -> {
                if (located) {
                    phrase.add(ground ? "で" : "")
                            .add(where)
                            .add("に")
                            .add(objects)
                            .add("がある絵");
                } else {
                    phrase.add(ground ? "に" : "").add(objects).add(ground ? "がある絵" : "の絵");
                }
            }
            case LOCATED ->
                phrase.add(ground ? "で" : "").add(objects).add("が").add(where).add("にある");
        }
        return phrase.words().stream().filter(word -> !word.text().isEmpty()).toList();
    }

    private static Phrase group(Mention mention, int wording) {
        List<String> noun = WORDS.forms(mention.shape(), wording);
        Phrase phrase = new Phrase();
        if (mention.amount().plural()) {
            phrase.add(WORDS.entry(mention.amount(), wording), mention.amount()).add(noun.get(1) + "の");
        }
        mention.size().ifPresent(size -> phrase.add(WORDS.entry(size, wording), size));
        mention.hue().ifPresent(hue -> phrase.add(WORDS.entry(hue, wording), hue));
        return phrase.add(noun.get(0), mention.shape());
    }
}
