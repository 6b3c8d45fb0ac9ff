package org.cl2cm.data.scene;

import java.util.List;
import java.util.Optional;
import org.cl2cm.data.scene.Concept.Amount;
import org.cl2cm.data.scene.Concept.Ground;
import org.cl2cm.data.scene.Concept.Hue;
import org.cl2cm.data.scene.Concept.Place;
import org.cl2cm.data.scene.Concept.Relation;
import org.cl2cm.data.scene.Concept.Shape;
import org.cl2cm.data.scene.Concept.Size;
import org.cl2cm.data.scene.Description.Style;

/// Arabic. Nouns: singular / gender / plural; adjectives: masculine / feminine; numbers: with a masculine noun / with a
/// feminine one. One is said by the noun alone, two by the dual, three and four with the gender turned round; the
/// plural
/// of things takes the feminine singular of the adjective.
final class Arabic implements Grammar {
    private static final Lexicon WORDS = new Lexicon()
            .put(Shape.CIRCLE, "دائرة/f/دوائر")
            .put(Shape.SQUARE, "مربع/m/مربعات")
            .put(Shape.TRIANGLE, "مثلث/m/مثلثات")
            .put(Shape.STAR, "نجمة/f/نجوم")
            .put(Shape.HEART, "قلب/m/قلوب")
            .put(Shape.CROSS, "صليب/m/صلبان")
            .put(Shape.CRESCENT, "هلال/m/أهلة")
            .put(Shape.RING, "حلقة/f/حلقات")
            .put(Shape.ARROW, "سهم/m/أسهم")
            .put(Shape.HOUSE, "بيت/m/بيوت", "منزل/m/منازل")
            .put(Hue.RED, "أحمر/حمراء")
            .put(Hue.ORANGE, "برتقالي/برتقالية")
            .put(Hue.YELLOW, "أصفر/صفراء")
            .put(Hue.GREEN, "أخضر/خضراء")
            .put(Hue.BLUE, "أزرق/زرقاء")
            .put(Hue.PURPLE, "بنفسجي/بنفسجية", "أرجواني/أرجوانية")
            .put(Hue.PINK, "وردي/وردية")
            .put(Hue.BLACK, "أسود/سوداء")
            .put(Hue.WHITE, "أبيض/بيضاء")
            .put(Size.SMALL, "صغير/صغيرة")
            .put(Size.LARGE, "كبير/كبيرة")
            .put(Amount.ONE, "واحد/واحدة")
            .put(Amount.TWO, "اثنان/اثنتان")
            .put(Amount.THREE, "ثلاثة/ثلاث")
            .put(Amount.FOUR, "أربعة/أربع")
            .put(Place.LEFT, "على اليسار", "في الجهة اليسرى")
            .put(Place.RIGHT, "على اليمين", "في الجهة اليمنى")
            .put(Place.TOP, "في الأعلى")
            .put(Place.BOTTOM, "في الأسفل")
            .put(Place.CENTRE, "في الوسط", "في المنتصف")
            .put(Relation.LEFT_OF, "على يسار", "إلى يسار")
            .put(Relation.RIGHT_OF, "على يمين", "إلى يمين")
            .put(Relation.ABOVE, "فوق")
            .put(Relation.BELOW, "تحت", "أسفل")
            .put(Ground.LIGHT, "على خلفية فاتحة")
            .put(Ground.DARK, "على خلفية داكنة");

    private static final Lexicon WRONG = new Lexicon()
            .put(Shape.SQUARE, "ساحة")
            .put(Shape.STAR, "ممثل")
            .put(Shape.HEART, "جوهر")
            .put(Shape.CROSS, "معبر")
            .put(Shape.RING, "رنين")
            .put(Hue.ORANGE, "برتقالة")
            .put(Hue.GREEN, "غير ناضج")
            .put(Hue.BLUE, "حزين")
            .put(Hue.PINK, "قرنفل")
            .put(Place.LEFT, "غادر")
            .put(Place.RIGHT, "صحيح")
            .put(Place.TOP, "قمة")
            .put(Ground.LIGHT, "خلفية خفيفة");

    @Override
    public String language() {
        return "ar";
    }

    @Override
    public Lexicon lexicon() {
        return WORDS;
    }

    @Override
    public Optional<String> wrongSense(Concept concept) {
        return WRONG.knows(concept) ? Optional.of(WRONG.gloss(concept)) : Optional.empty();
    }

    @Override
    public String join(List<Word> words) {
        return Grammar.super.join(words).replace(" و ", " و");
    }

    @Override
    public List<Word> words(Description said) {
        int wording = said.wording();
        Phrase phrase = new Phrase();
        Phrase place = new Phrase();
        said.place().ifPresent(where -> place.add(WORDS.entry(where, wording), where));
        boolean placeFirst = said.style() == Style.LOCATED && said.place().isPresent();
        switch (said.style()) {
            case BARE -> {}
            case THERE_IS -> phrase.add("هناك");
            case PICTURE -> phrase.add("صورة فيها");
            case LOCATED -> phrase.add(placeFirst ? place : new Phrase().add("في الصورة"));
        }
        phrase.add(group(said.first(), false, wording));
        said.second().ifPresent(second -> {
            said.relation()
                    .ifPresentOrElse(
                            relation -> phrase.add(WORDS.entry(relation, wording), relation), () -> phrase.add("و"));
            phrase.add(group(second, said.relation().isPresent(), wording));
        });
        if (!placeFirst) {
            phrase.add(place);
        }
        said.ground().ifPresent(ground -> phrase.add(WORDS.entry(ground, wording), ground));
        return phrase.words();
    }

    private static Phrase group(Mention mention, boolean genitive, int wording) {
        List<String> noun = WORDS.forms(mention.shape(), wording);
        int gender = noun.get(1).equals("f") ? 1 : 0;
        Amount amount = mention.amount();
        Phrase phrase = new Phrase();
        switch (amount) {
            case ONE -> phrase.add(noun.get(0), mention.shape());
            case TWO -> phrase.add(dual(noun.get(0), genitive), mention.shape());
            case THREE, FOUR ->
                phrase.add(WORDS.forms(amount, wording).get(gender), amount).add(noun.get(2), mention.shape());
        }
        mention.hue().ifPresent(hue -> phrase.add(adjective(hue, amount, gender, genitive, wording), hue));
        mention.size().ifPresent(size -> phrase.add(adjective(size, amount, gender, genitive, wording), size));
        return phrase;
    }

    private static String adjective(Concept concept, Amount amount, int gender, boolean genitive, int wording) {
        List<String> forms = WORDS.forms(concept, wording);
        return switch (amount) {
            case ONE -> forms.get(gender);
            case TWO -> dual(forms.get(gender), genitive);
            case THREE, FOUR -> forms.get(1);
        };
    }

    /// The dual: the ending joins the stem, a final ta marbuta opens, a final hamza of the feminine becomes waw.
    private static String dual(String singular, boolean genitive) {
        String ending = genitive ? "ين" : "ان";
        String stem = singular.substring(0, singular.length() - 1);
        return switch (singular.charAt(singular.length() - 1)) {
            case 'ة' -> stem + "ت" + ending;
            case 'ء' -> stem + "و" + ending;
            default -> singular + ending;
        };
    }
}
