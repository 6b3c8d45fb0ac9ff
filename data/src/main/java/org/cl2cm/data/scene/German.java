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

/// German. Nouns: singular / gender / plural / dative singular / dative plural; adjectives: stem, which takes an ending
/// unless it ends in "a".
final class German implements Grammar {
    private enum Case {
        NOMINATIVE,
        ACCUSATIVE,
        DATIVE
    }

    private static final Lexicon WORDS = new Lexicon()
            .put(Shape.CIRCLE, "Kreis/m/Kreise/Kreis/Kreisen", "Scheibe/f/Scheiben/Scheibe/Scheiben")
            .put(Shape.SQUARE, "Quadrat/n/Quadrate/Quadrat/Quadraten")
            .put(Shape.TRIANGLE, "Dreieck/n/Dreiecke/Dreieck/Dreiecken")
            .put(Shape.STAR, "Stern/m/Sterne/Stern/Sternen")
            .put(Shape.HEART, "Herz/n/Herzen/Herzen/Herzen")
            .put(Shape.CROSS, "Kreuz/n/Kreuze/Kreuz/Kreuzen")
            .put(
                    Shape.CRESCENT,
                    "Mondsichel/f/Mondsicheln/Mondsichel/Mondsicheln",
                    "Halbmond/m/Halbmonde/Halbmond/Halbmonden")
            .put(Shape.RING, "Ring/m/Ringe/Ring/Ringen")
            .put(Shape.ARROW, "Pfeil/m/Pfeile/Pfeil/Pfeilen")
            .put(Shape.HOUSE, "Haus/n/Häuser/Haus/Häusern")
            .put(Hue.RED, "rot")
            .put(Hue.ORANGE, "orangefarben")
            .put(Hue.YELLOW, "gelb")
            .put(Hue.GREEN, "grün")
            .put(Hue.BLUE, "blau")
            .put(Hue.PURPLE, "lila", "violett")
            .put(Hue.PINK, "rosa", "rosafarben")
            .put(Hue.BLACK, "schwarz")
            .put(Hue.WHITE, "weiß")
            .put(Size.SMALL, "klein")
            .put(Size.LARGE, "groß")
            .put(Amount.ONE, "ein")
            .put(Amount.TWO, "zwei")
            .put(Amount.THREE, "drei")
            .put(Amount.FOUR, "vier")
            .put(Place.LEFT, "links", "auf der linken Seite")
            .put(Place.RIGHT, "rechts", "auf der rechten Seite")
            .put(Place.TOP, "oben")
            .put(Place.BOTTOM, "unten")
            .put(Place.CENTRE, "in der Mitte")
            .put(Relation.LEFT_OF, "links von")
            .put(Relation.RIGHT_OF, "rechts von")
            .put(Relation.ABOVE, "über", "oberhalb von")
            .put(Relation.BELOW, "unter", "unterhalb von")
            .put(Ground.LIGHT, "vor hellem Hintergrund", "auf hellem Grund")
            .put(Ground.DARK, "vor dunklem Hintergrund", "auf dunklem Grund");

    private static final Lexicon WRONG = new Lexicon()
            .put(Shape.SQUARE, "Platz")
            .put(Shape.STAR, "Prominenter")
            .put(Shape.HEART, "Kern")
            .put(Shape.CROSS, "Überquerung")
            .put(Shape.RING, "Klingelton")
            .put(Hue.ORANGE, "Apfelsine")
            .put(Hue.GREEN, "unreif")
            .put(Hue.BLUE, "traurig")
            .put(Hue.PINK, "Nelke")
            .put(Place.LEFT, "verlassen")
            .put(Place.RIGHT, "richtig")
            .put(Place.TOP, "Kreisel")
            .put(Ground.LIGHT, "leichter Hintergrund");

    @Override
    public String language() {
        return "de";
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
    public List<Word> words(Description said) {
        int wording = said.wording();
        Phrase phrase = new Phrase();
        Phrase place = new Phrase();
        said.place().ifPresent(where -> place.add(WORDS.entry(where, wording), where));
        boolean placeFirst = said.style() == Style.LOCATED && said.place().isPresent();
        String is = said.first().amount().plural() ? "sind" : "ist";
        Case role = Case.NOMINATIVE;
        switch (said.style()) {
            case BARE -> {}
            case THERE_IS -> {
                phrase.add("es gibt");
                role = Case.ACCUSATIVE;
            }
            case PICTURE -> {
                phrase.add("ein Bild mit");
                role = Case.DATIVE;
            }
            case LOCATED -> {
                if (placeFirst) {
                    phrase.add(place).add(is);
                }
            }
        }
        phrase.add(group(said.first(), role, wording));
        if (said.style() == Style.LOCATED && !placeFirst) {
            phrase.add(is);
        }
        if (said.second().isPresent()) {
            if (said.relation().isPresent()) {
                Relation relation = said.relation().get();
                phrase.add(WORDS.entry(relation, wording), relation);
                role = Case.DATIVE;
            } else {
                phrase.add("und");
            }
            phrase.add(group(said.second().get(), role, wording));
        }
        if (!placeFirst) {
            phrase.add(place);
        }
        said.ground().ifPresent(ground -> phrase.add(WORDS.entry(ground, wording), ground));
        return phrase.words();
    }

    private static Phrase group(Mention mention, Case role, int wording) {
        List<String> noun = WORDS.forms(mention.shape(), wording);
        String gender = noun.get(1);
        boolean plural = mention.amount().plural();
        String number = plural ? WORDS.entry(mention.amount(), wording) : "ein" + articleEnding(gender, role);
        String ending = plural ? role == Case.DATIVE ? "en" : "e" : adjectiveEnding(gender, role);
        Phrase phrase = new Phrase().add(number, mention.amount());
        mention.size().ifPresent(size -> phrase.add(adjective(WORDS.entry(size, wording), ending), size));
        mention.hue().ifPresent(hue -> phrase.add(adjective(WORDS.entry(hue, wording), ending), hue));
        int form = role == Case.DATIVE ? plural ? 4 : 3 : plural ? 2 : 0;
        return phrase.add(noun.get(form), mention.shape());
    }

    private static String articleEnding(String gender, Case role) {
        return switch (role) {
            case NOMINATIVE -> gender.equals("f") ? "e" : "";
            case ACCUSATIVE -> gender.equals("f") ? "e" : gender.equals("m") ? "en" : "";
            case DATIVE -> gender.equals("f") ? "er" : "em";
        };
    }

    /// The mixed declension, after "ein".
    private static String adjectiveEnding(String gender, Case role) {
        if (role == Case.DATIVE || (role == Case.ACCUSATIVE && gender.equals("m"))) {
            return "en";
        }
        return gender.equals("m") ? "er" : gender.equals("n") ? "es" : "e";
    }

    private static String adjective(String stem, String ending) {
        return stem.endsWith("a") ? stem : stem + ending;
    }
}
