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

/// French. Nouns: singular / gender / plural; adjectives: masculine / feminine / masculine plural / feminine plural.
/// Size stands before the noun, colour after it.
final class French implements Grammar {
    private static final Lexicon WORDS = new Lexicon()
            .put(Shape.CIRCLE, "cercle/m/cercles", "disque/m/disques")
            .put(Shape.SQUARE, "carré/m/carrés")
            .put(Shape.TRIANGLE, "triangle/m/triangles")
            .put(Shape.STAR, "étoile/f/étoiles")
            .put(Shape.HEART, "cœur/m/cœurs")
            .put(Shape.CROSS, "croix/f/croix")
            .put(Shape.CRESCENT, "croissant de lune/m/croissants de lune", "lune/f/lunes")
            .put(Shape.RING, "anneau/m/anneaux")
            .put(Shape.ARROW, "flèche/f/flèches")
            .put(Shape.HOUSE, "maison/f/maisons")
            .put(Hue.RED, "rouge/rouge/rouges/rouges")
            .put(Hue.ORANGE, "orange/orange/orange/orange")
            .put(Hue.YELLOW, "jaune/jaune/jaunes/jaunes")
            .put(Hue.GREEN, "vert/verte/verts/vertes")
            .put(Hue.BLUE, "bleu/bleue/bleus/bleues")
            .put(Hue.PURPLE, "violet/violette/violets/violettes")
            .put(Hue.PINK, "rose/rose/roses/roses")
            .put(Hue.BLACK, "noir/noire/noirs/noires")
            .put(Hue.WHITE, "blanc/blanche/blancs/blanches")
            .put(Size.SMALL, "petit/petite/petits/petites")
            .put(Size.LARGE, "grand/grande/grands/grandes")
            .put(Amount.ONE, "un/une")
            .put(Amount.TWO, "deux/deux")
            .put(Amount.THREE, "trois/trois")
            .put(Amount.FOUR, "quatre/quatre")
            .put(Place.LEFT, "à gauche", "sur la gauche")
            .put(Place.RIGHT, "à droite", "sur la droite")
            .put(Place.TOP, "en haut")
            .put(Place.BOTTOM, "en bas")
            .put(Place.CENTRE, "au milieu", "au centre")
            .put(Relation.LEFT_OF, "à gauche de")
            .put(Relation.RIGHT_OF, "à droite de")
            .put(Relation.ABOVE, "au-dessus de")
            .put(Relation.BELOW, "en dessous de", "au-dessous de")
            .put(Ground.LIGHT, "sur un fond clair", "sur fond clair")
            .put(Ground.DARK, "sur un fond sombre", "sur fond foncé");

    private static final Lexicon WRONG = new Lexicon()
            .put(Shape.SQUARE, "place")
            .put(Shape.STAR, "vedette")
            .put(Shape.HEART, "noyau")
            .put(Shape.CROSS, "croisement")
            .put(Shape.RING, "sonnerie")
            .put(Hue.ORANGE, "mandarine")
            .put(Hue.GREEN, "immature")
            .put(Hue.BLUE, "triste")
            .put(Hue.PINK, "œillet")
            .put(Place.LEFT, "quitté")
            .put(Place.RIGHT, "correct")
            .put(Place.TOP, "toupie")
            .put(Ground.LIGHT, "fond léger");

    @Override
    public String language() {
        return "fr";
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
        switch (said.style()) {
            case BARE -> {}
            case THERE_IS -> phrase.add("il y a");
            case PICTURE -> phrase.add("une image avec");
            case LOCATED -> {
                if (placeFirst) {
                    phrase.add(place).add("il y a");
                }
            }
        }
        phrase.add(group(said.first(), wording));
        if (said.style() == Style.LOCATED && !placeFirst) {
            phrase.add(said.first().amount().plural() ? "sont" : "est");
        }
        said.second().ifPresent(second -> {
            said.relation()
                    .ifPresentOrElse(
                            relation -> phrase.add(WORDS.entry(relation, wording), relation), () -> phrase.add("et"));
            phrase.add(group(second, wording));
        });
        if (!placeFirst) {
            phrase.add(place);
        }
        said.ground().ifPresent(ground -> phrase.add(WORDS.entry(ground, wording), ground));
        return phrase.words();
    }

    @Override
    public String join(List<Word> words) {
        return Grammar.super.join(words).replace(" de un", " d'un");
    }

    private static Phrase group(Mention mention, int wording) {
        List<String> noun = WORDS.forms(mention.shape(), wording);
        int feminine = noun.get(1).equals("f") ? 1 : 0;
        boolean plural = mention.amount().plural();
        int form = feminine + (plural ? 2 : 0);
        Phrase phrase = new Phrase().add(WORDS.forms(mention.amount(), wording).get(feminine), mention.amount());
        mention.size().ifPresent(size -> phrase.add(WORDS.forms(size, wording).get(form), size));
        phrase.add(noun.get(plural ? 2 : 0), mention.shape());
        mention.hue().ifPresent(hue -> phrase.add(WORDS.forms(hue, wording).get(form), hue));
        return phrase;
    }
}
