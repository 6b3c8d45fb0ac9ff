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

/// Spanish. Nouns: singular / gender / plural; adjectives: masculine / feminine / masculine plural / feminine plural.
final class Spanish implements Grammar {
    private static final Lexicon WORDS = new Lexicon()
            .put(Shape.CIRCLE, "círculo/m/círculos")
            .put(Shape.SQUARE, "cuadrado/m/cuadrados")
            .put(Shape.TRIANGLE, "triángulo/m/triángulos")
            .put(Shape.STAR, "estrella/f/estrellas")
            .put(Shape.HEART, "corazón/m/corazones")
            .put(Shape.CROSS, "cruz/f/cruces")
            .put(Shape.CRESCENT, "media luna/f/medias lunas", "luna/f/lunas")
            .put(Shape.RING, "anillo/m/anillos", "aro/m/aros")
            .put(Shape.ARROW, "flecha/f/flechas")
            .put(Shape.HOUSE, "casa/f/casas")
            .put(Hue.RED, "rojo/roja/rojos/rojas")
            .put(Hue.ORANGE, "naranja/naranja/naranjas/naranjas")
            .put(Hue.YELLOW, "amarillo/amarilla/amarillos/amarillas")
            .put(Hue.GREEN, "verde/verde/verdes/verdes")
            .put(Hue.BLUE, "azul/azul/azules/azules")
            .put(Hue.PURPLE, "morado/morada/morados/moradas", "violeta/violeta/violetas/violetas")
            .put(Hue.PINK, "rosa/rosa/rosas/rosas")
            .put(Hue.BLACK, "negro/negra/negros/negras")
            .put(Hue.WHITE, "blanco/blanca/blancos/blancas")
            .put(Size.SMALL, "pequeño/pequeña/pequeños/pequeñas")
            .put(Size.LARGE, "grande/grande/grandes/grandes")
            .put(Amount.ONE, "un/una")
            .put(Amount.TWO, "dos/dos")
            .put(Amount.THREE, "tres/tres")
            .put(Amount.FOUR, "cuatro/cuatro")
            .put(Place.LEFT, "a la izquierda", "en el lado izquierdo")
            .put(Place.RIGHT, "a la derecha", "en el lado derecho")
            .put(Place.TOP, "arriba", "en la parte superior")
            .put(Place.BOTTOM, "abajo", "en la parte inferior")
            .put(Place.CENTRE, "en el centro")
            .put(Relation.LEFT_OF, "a la izquierda de")
            .put(Relation.RIGHT_OF, "a la derecha de")
            .put(Relation.ABOVE, "encima de", "arriba de")
            .put(Relation.BELOW, "debajo de")
            .put(Ground.LIGHT, "sobre un fondo claro", "sobre fondo claro")
            .put(Ground.DARK, "sobre un fondo oscuro", "sobre fondo oscuro");

    private static final Lexicon WRONG = new Lexicon()
            .put(Shape.SQUARE, "plaza")
            .put(Shape.STAR, "celebridad")
            .put(Shape.HEART, "núcleo")
            .put(Shape.CROSS, "cruce")
            .put(Shape.RING, "timbre")
            .put(Hue.ORANGE, "mandarina")
            .put(Hue.GREEN, "inmaduro")
            .put(Hue.BLUE, "triste")
            .put(Hue.PINK, "clavel")
            .put(Place.LEFT, "abandonado")
            .put(Place.RIGHT, "correcto")
            .put(Place.TOP, "peonza")
            .put(Ground.LIGHT, "fondo ligero");

    @Override
    public String language() {
        return "es";
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
            case THERE_IS -> phrase.add("hay");
            case PICTURE -> phrase.add("una imagen con");
            case LOCATED -> {
                if (placeFirst) {
                    phrase.add(place).add("hay");
                }
            }
        }
        phrase.add(group(said.first(), wording));
        if (said.style() == Style.LOCATED && !placeFirst) {
            phrase.add(said.first().amount().plural() ? "están" : "está");
        }
        said.second().ifPresent(second -> {
            said.relation()
                    .ifPresentOrElse(
                            relation -> phrase.add(WORDS.entry(relation, wording), relation), () -> phrase.add("y"));
            phrase.add(group(second, wording));
        });
        if (!placeFirst) {
            phrase.add(place);
        }
        said.ground().ifPresent(ground -> phrase.add(WORDS.entry(ground, wording), ground));
        return phrase.words();
    }

    private static Phrase group(Mention mention, int wording) {
        List<String> noun = WORDS.forms(mention.shape(), wording);
        int feminine = noun.get(1).equals("f") ? 1 : 0;
        boolean plural = mention.amount().plural();
        int form = feminine + (plural ? 2 : 0);
        Phrase phrase = new Phrase()
                .add(WORDS.forms(mention.amount(), wording).get(feminine), mention.amount())
                .add(noun.get(plural ? 2 : 0), mention.shape());
        mention.hue().ifPresent(hue -> phrase.add(WORDS.forms(hue, wording).get(form), hue));
        mention.size().ifPresent(size -> phrase.add(WORDS.forms(size, wording).get(form), size));
        return phrase;
    }
}
