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

/// English. Nouns: singular / plural; places, relations and backgrounds: short form / in a sentence.
final class English implements Grammar {
    private static final Lexicon WORDS = new Lexicon()
            .put(Shape.CIRCLE, "circle/circles", "disc/discs")
            .put(Shape.SQUARE, "square/squares")
            .put(Shape.TRIANGLE, "triangle/triangles")
            .put(Shape.STAR, "star/stars")
            .put(Shape.HEART, "heart/hearts")
            .put(Shape.CROSS, "cross/crosses")
            .put(Shape.CRESCENT, "crescent/crescents", "moon/moons")
            .put(Shape.RING, "ring/rings")
            .put(Shape.ARROW, "arrow/arrows")
            .put(Shape.HOUSE, "house/houses")
            .put(Hue.RED, "red")
            .put(Hue.ORANGE, "orange")
            .put(Hue.YELLOW, "yellow")
            .put(Hue.GREEN, "green")
            .put(Hue.BLUE, "blue")
            .put(Hue.PURPLE, "purple", "violet")
            .put(Hue.PINK, "pink")
            .put(Hue.BLACK, "black")
            .put(Hue.WHITE, "white")
            .put(Size.SMALL, "small", "little")
            .put(Size.LARGE, "large", "big")
            .put(Amount.ONE, "a")
            .put(Amount.TWO, "two")
            .put(Amount.THREE, "three")
            .put(Amount.FOUR, "four")
            .put(Place.LEFT, "left/on the left", "left/on the left side")
            .put(Place.RIGHT, "right/on the right", "right/on the right side")
            .put(Place.TOP, "top/at the top")
            .put(Place.BOTTOM, "bottom/at the bottom")
            .put(Place.CENTRE, "middle/in the middle", "centre/in the centre")
            .put(Relation.LEFT_OF, "left of/to the left of")
            .put(Relation.RIGHT_OF, "right of/to the right of")
            .put(Relation.ABOVE, "above/above")
            .put(Relation.BELOW, "below/below", "under/under")
            .put(Ground.LIGHT, "light background/on a light background")
            .put(Ground.DARK, "dark background/on a dark background");

    @Override
    public String language() {
        return "en";
    }

    @Override
    public Lexicon lexicon() {
        return WORDS;
    }

    @Override
    public Optional<String> wrongSense(Concept concept) {
        return Optional.empty();
    }

    @Override
    public List<Word> words(Description said) {
        int wording = said.wording();
        Phrase phrase = new Phrase();
        Phrase place = new Phrase();
        said.place().ifPresent(where -> place.add(WORDS.forms(where, wording).get(1), where));
        boolean placeFirst = said.style() == Style.LOCATED && said.place().isPresent();
        String thereIs = said.first().amount().plural() ? "there are" : "there is";
        switch (said.style()) {
            case BARE -> {}
            case THERE_IS -> phrase.add(thereIs);
            case PICTURE -> phrase.add("a picture of");
            case LOCATED -> {
                if (placeFirst) {
                    phrase.add(place).add(thereIs);
                }
            }
        }
        phrase.add(group(said.first(), wording));
        if (said.style() == Style.LOCATED && !placeFirst) {
            phrase.add(said.first().amount().plural() ? "are" : "is");
        }
        said.second().ifPresent(second -> {
            said.relation()
                    .ifPresentOrElse(
                            relation ->
                                    phrase.add(WORDS.forms(relation, wording).get(1), relation),
                            () -> phrase.add("and"));
            phrase.add(group(second, wording));
        });
        if (!placeFirst) {
            phrase.add(place);
        }
        said.ground()
                .ifPresent(ground -> phrase.add(WORDS.forms(ground, wording).get(1), ground));
        return phrase.words();
    }

    private static Phrase group(Mention mention, int wording) {
        Phrase described = new Phrase();
        mention.size().ifPresent(size -> described.add(WORDS.entry(size, wording), size));
        mention.hue().ifPresent(hue -> described.add(WORDS.entry(hue, wording), hue));
        List<String> noun = WORDS.forms(mention.shape(), wording);
        boolean plural = mention.amount().plural();
        described.add(noun.get(plural ? 1 : 0), mention.shape());
        String number = WORDS.entry(mention.amount(), wording);
        boolean vowel = "aeiou".indexOf(described.words().get(0).text().charAt(0)) >= 0;
        return new Phrase()
                .add(!plural && vowel ? "an" : number, mention.amount())
                .add(described);
    }
}
