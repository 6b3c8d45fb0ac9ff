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
import org.cl2cm.data.scene.Description.Style;

/// Chinese, simplified. Nouns: noun / measure word.
final class Chinese implements Grammar {
    private static final Lexicon WORDS = new Lexicon()
            .put(Shape.CIRCLE, "圆形/个", "圆/个")
            .put(Shape.SQUARE, "正方形/个", "方块/个")
            .put(Shape.TRIANGLE, "三角形/个")
            .put(Shape.STAR, "星星/颗", "五角星/颗")
            .put(Shape.HEART, "心形/个", "爱心/颗")
            .put(Shape.CROSS, "十字/个", "十字形/个")
            .put(Shape.CRESCENT, "月牙/个", "月亮/个")
            .put(Shape.RING, "圆环/个")
            .put(Shape.ARROW, "箭头/个")
            .put(Shape.HOUSE, "房子/座", "小屋/座")
            .put(Hue.RED, "红色")
            .put(Hue.ORANGE, "橙色", "橘色")
            .put(Hue.YELLOW, "黄色")
            .put(Hue.GREEN, "绿色")
            .put(Hue.BLUE, "蓝色")
            .put(Hue.PURPLE, "紫色")
            .put(Hue.PINK, "粉色", "粉红色")
            .put(Hue.BLACK, "黑色")
            .put(Hue.WHITE, "白色")
            .put(Size.SMALL, "小")
            .put(Size.LARGE, "大")
            .put(Amount.ONE, "一")
            .put(Amount.TWO, "两")
            .put(Amount.THREE, "三")
            .put(Amount.FOUR, "四")
            .put(Place.LEFT, "左边", "左侧")
            .put(Place.RIGHT, "右边", "右侧")
            .put(Place.TOP, "上方", "上面")
            .put(Place.BOTTOM, "下方", "下面")
            .put(Place.CENTRE, "中间", "中央")
            .put(Relation.LEFT_OF, "左边", "左侧")
            .put(Relation.RIGHT_OF, "右边", "右侧")
            .put(Relation.ABOVE, "上方", "上面")
            .put(Relation.BELOW, "下方", "下面")
            .put(Ground.LIGHT, "浅色背景")
            .put(Ground.DARK, "深色背景");

    private static final Lexicon WRONG = new Lexicon()
            .put(Shape.SQUARE, "广场")
            .put(Shape.STAR, "明星")
            .put(Shape.HEART, "核心")
            .put(Shape.CROSS, "交叉口")
            .put(Shape.RING, "铃声")
            .put(Hue.ORANGE, "橙子")
            .put(Hue.GREEN, "未成熟")
            .put(Hue.BLUE, "忧郁")
            .put(Hue.PINK, "石竹")
            .put(Place.LEFT, "离开")
            .put(Place.RIGHT, "正确")
            .put(Place.TOP, "陀螺")
            .put(Ground.LIGHT, "轻的背景");

    @Override
    public String language() {
        return "zh";
    }

    @Override
    public Lexicon lexicon() {
        return WORDS;
    }

    @Override
    public Optional<String> wrongSense(Concept concept) {
        return WRONG.knows(concept) ? Optional.of(WRONG.gloss(concept)) : Optional.empty();
    }

    /// A measure word of other things.
    @Override
    public Optional<String> disagreeing(Word word) {
        return switch (word.text()) {
            case "个" -> Optional.of("只");
            case "颗", "座" -> Optional.of("个");
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
        Phrase objects = group(said.first(), wording);
        Phrase place = new Phrase();
        said.place().ifPresent(where -> place.add(WORDS.entry(where, wording), where));
        boolean placed = said.place().isPresent();
        said.ground().ifPresent(ground -> phrase.add(WORDS.entry(ground, wording), ground));
        boolean ground = said.ground().isPresent();
        if (said.second().isPresent()) {
            Phrase second = group(said.second().get(), wording);
            if (said.relation().isEmpty()) {
                objects.add("和").add(second);
            } else {
                return related(said, said.relation().get(), objects, second, phrase);
            }
        }
        switch (said.style()) {
            case BARE -> {
                if (ground) {
                    phrase.add(placed ? "上，" : "上的");
                }
                phrase.add(place);
                if (placed) {
                    phrase.add("的");
                }
            }
            case THERE_IS, LOCATED -> {
                if (placed) {
                    phrase.add(ground ? "的" : "图的").add(place);
                } else {
                    phrase.add(ground ? "上" : "图中");
                }
                phrase.add(said.style() == Style.LOCATED ? "是" : "有");
            }
            case PICTURE -> {
                if (placed) {
                    phrase.add(ground ? "的图片，" : "一张图片，").add(place).add("有");
                } else {
                    phrase.add(ground ? "的图片里有" : "图片里有");
                }
            }
        }
        return phrase.add(objects).words();
    }

    private static List<Word> related(Description said, Relation relation, Phrase first, Phrase second, Phrase phrase) {
        boolean ground = said.ground().isPresent();
        String word = WORDS.entry(relation, said.wording());
        switch (said.style()) {
            case BARE -> {
                if (ground) {
                    phrase.add("上，");
                }
                phrase.add(second).add(word, relation).add("的").add(first);
            }
            case THERE_IS ->
                phrase.add(ground ? "上，" : "图中")
                        .add(second)
                        .add("的")
                        .add(word, relation)
                        .add("有")
                        .add(first);
            case PICTURE ->
                phrase.add(ground ? "的图片，" : "一张图片，")
                        .add(second)
                        .add(word, relation)
                        .add("有")
                        .add(first);
            case LOCATED -> {
                if (ground) {
                    phrase.add("上，");
                }
                phrase.add(first).add("在").add(second).add("的").add(word, relation);
            }
        }
        return phrase.words();
    }

    private static Phrase group(Mention mention, int wording) {
        List<String> noun = WORDS.forms(mention.shape(), wording);
        Phrase phrase = new Phrase()
                .add(WORDS.entry(mention.amount(), wording), mention.amount())
                .add(noun.get(1));
        mention.hue()
                .ifPresent(hue -> phrase.add(WORDS.entry(hue, wording), hue).add("的"));
        mention.size().ifPresent(size -> phrase.add(WORDS.entry(size, wording), size));
        return phrase.add(noun.get(0), mention.shape());
    }
}
