package org.cl2cm.data.scene;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.cl2cm.data.scene.Concept.Amount;
import org.cl2cm.data.scene.Concept.Ground;
import org.cl2cm.data.scene.Concept.Hue;
import org.cl2cm.data.scene.Concept.Place;
import org.cl2cm.data.scene.Concept.Relation;
import org.cl2cm.data.scene.Concept.Shape;
import org.cl2cm.data.scene.Concept.Size;
import org.cl2cm.data.scene.Description.Style;
import org.junit.jupiter.api.Test;

class GrammarTest {
    private static Mention mention(Amount amount, Size size, Hue hue, Shape shape) {
        return new Mention(amount, Optional.of(size), Optional.of(hue), shape);
    }

    private static Description at(Mention only, Style style, Place place) {
        return new Description(
                only, Optional.empty(), Optional.empty(), Optional.of(place), Optional.empty(), style, 0);
    }

    private static Description related(Mention first, Relation relation, Mention second, Style style) {
        return new Description(
                first, Optional.of(second), Optional.of(relation), Optional.empty(), Optional.empty(), style, 0);
    }

    private static Description listed(Mention first, Mention second, Style style) {
        return new Description(
                first, Optional.of(second), Optional.empty(), Optional.empty(), Optional.of(Ground.DARK), style, 0);
    }

    private static final Mention RED_CIRCLE = mention(Amount.ONE, Size.LARGE, Hue.RED, Shape.CIRCLE);
    private static final Mention TWO_SQUARES = mention(Amount.TWO, Size.SMALL, Hue.BLUE, Shape.SQUARE);
    private static final Mention THREE_STARS = mention(Amount.THREE, Size.SMALL, Hue.WHITE, Shape.STAR);
    private static final Mention TWO_CROSSES = mention(Amount.TWO, Size.LARGE, Hue.GREEN, Shape.CROSS);
    private static final Mention ORANGE_RING =
            new Mention(Amount.ONE, Optional.empty(), Optional.of(Hue.ORANGE), Shape.RING);
    private static final Mention A_HEART = new Mention(Amount.ONE, Optional.empty(), Optional.empty(), Shape.HEART);
    private static final Mention FOUR_HOUSES =
            new Mention(Amount.FOUR, Optional.empty(), Optional.of(Hue.BLACK), Shape.HOUSE);

    private static List<Description> samples() {
        return List.of(
                at(RED_CIRCLE, Style.BARE, Place.LEFT),
                at(RED_CIRCLE, Style.THERE_IS, Place.TOP),
                at(THREE_STARS, Style.LOCATED, Place.RIGHT),
                at(FOUR_HOUSES, Style.PICTURE, Place.CENTRE),
                related(RED_CIRCLE, Relation.ABOVE, TWO_SQUARES, Style.BARE),
                related(TWO_CROSSES, Relation.LEFT_OF, A_HEART, Style.LOCATED),
                related(ORANGE_RING, Relation.BELOW, THREE_STARS, Style.PICTURE),
                related(A_HEART, Relation.RIGHT_OF, TWO_CROSSES, Style.THERE_IS),
                listed(ORANGE_RING, TWO_SQUARES, Style.BARE),
                listed(TWO_CROSSES, ORANGE_RING, Style.THERE_IS));
    }

    private static List<String> said(String language) {
        return samples().stream().map(Grammar.of(language)::say).toList();
    }

    @Test
    void english() {
        assertThat(said("en"))
                .containsExactly(
                        "a large red circle on the left",
                        "there is a large red circle at the top",
                        "on the right there are three small white stars",
                        "a picture of four black houses in the middle",
                        "a large red circle above two small blue squares",
                        "two large green crosses are to the left of a heart",
                        "a picture of an orange ring below three small white stars",
                        "there is a heart to the right of two large green crosses",
                        "an orange ring and two small blue squares on a dark background",
                        "there are two large green crosses and an orange ring on a dark background");
    }

    @Test
    void germanDeclinesByGenderNumberAndCase() {
        assertThat(said("de"))
                .containsExactly(
                        "ein großer roter Kreis links",
                        "es gibt einen großen roten Kreis oben",
                        "rechts sind drei kleine weiße Sterne",
                        "ein Bild mit vier schwarzen Häusern in der Mitte",
                        "ein großer roter Kreis über zwei kleinen blauen Quadraten",
                        "zwei große grüne Kreuze sind links von einem Herzen",
                        "ein Bild mit einem orangefarbenen Ring unter drei kleinen weißen Sternen",
                        "es gibt ein Herz rechts von zwei großen grünen Kreuzen",
                        "ein orangefarbener Ring und zwei kleine blaue Quadrate vor dunklem Hintergrund",
                        "es gibt zwei große grüne Kreuze und einen orangefarbenen Ring vor dunklem Hintergrund");
    }

    @Test
    void spanishAgreesInGenderAndNumber() {
        assertThat(said("es"))
                .containsExactly(
                        "un círculo rojo grande a la izquierda",
                        "hay un círculo rojo grande arriba",
                        "a la derecha hay tres estrellas blancas pequeñas",
                        "una imagen con cuatro casas negras en el centro",
                        "un círculo rojo grande encima de dos cuadrados azules pequeños",
                        "dos cruces verdes grandes están a la izquierda de un corazón",
                        "una imagen con un anillo naranja debajo de tres estrellas blancas pequeñas",
                        "hay un corazón a la derecha de dos cruces verdes grandes",
                        "un anillo naranja y dos cuadrados azules pequeños sobre un fondo oscuro",
                        "hay dos cruces verdes grandes y un anillo naranja sobre un fondo oscuro");
    }

    @Test
    void frenchAgreesAndElides() {
        assertThat(said("fr"))
                .containsExactly(
                        "un grand cercle rouge à gauche",
                        "il y a un grand cercle rouge en haut",
                        "à droite il y a trois petites étoiles blanches",
                        "une image avec quatre maisons noires au milieu",
                        "un grand cercle rouge au-dessus de deux petits carrés bleus",
                        "deux grandes croix vertes sont à gauche d'un cœur",
                        "une image avec un anneau orange en dessous de trois petites étoiles blanches",
                        "il y a un cœur à droite de deux grandes croix vertes",
                        "un anneau orange et deux petits carrés bleus sur un fond sombre",
                        "il y a deux grandes croix vertes et un anneau orange sur un fond sombre");
    }

    @Test
    void chineseTakesMeasureWords() {
        assertThat(said("zh"))
                .containsExactly(
                        "左边的一个红色的大圆形",
                        "图的上方有一个红色的大圆形",
                        "图的右边是三颗白色的小星星",
                        "一张图片，中间有四座黑色的房子",
                        "两个蓝色的小正方形上方的一个红色的大圆形",
                        "两个绿色的大十字在一个心形的左边",
                        "一张图片，三颗白色的小星星下方有一个橙色的圆环",
                        "图中两个绿色的大十字的右边有一个心形",
                        "深色背景上的一个橙色的圆环和两个蓝色的小正方形",
                        "深色背景上有两个绿色的大十字和一个橙色的圆环");
    }

    @Test
    void japaneseTakesCounters() {
        assertThat(said("ja"))
                .containsExactly(
                        "左側にある大きな赤い円",
                        "上の方に大きな赤い円がある",
                        "三つの小さな白い星が右側にある",
                        "真ん中に四軒の黒い家がある絵",
                        "二つの小さな青い正方形の上にある大きな赤い円",
                        "二つの大きな緑色の十字がハートの左にある",
                        "三つの小さな白い星の下にオレンジ色の輪がある絵",
                        "二つの大きな緑色の十字の右にハートがある",
                        "暗い背景のオレンジ色の輪と二つの小さな青い正方形",
                        "暗い背景に二つの大きな緑色の十字とオレンジ色の輪がある");
    }

    @Test
    void arabicHasDualsAndTurnsTheGenderOfNumbers() {
        assertThat(said("ar"))
                .containsExactly(
                        "دائرة حمراء كبيرة على اليسار",
                        "هناك دائرة حمراء كبيرة في الأعلى",
                        "على اليمين ثلاث نجوم بيضاء صغيرة",
                        "صورة فيها أربعة بيوت سوداء في الوسط",
                        "دائرة حمراء كبيرة فوق مربعين أزرقين صغيرين",
                        "في الصورة صليبان أخضران كبيران على يسار قلب",
                        "صورة فيها حلقة برتقالية تحت ثلاث نجوم بيضاء صغيرة",
                        "هناك قلب على يمين صليبين أخضرين كبيرين",
                        "حلقة برتقالية ومربعان أزرقان صغيران على خلفية داكنة",
                        "هناك صليبان أخضران كبيران وحلقة برتقالية على خلفية داكنة");
        Mention redCircles = mention(Amount.TWO, Size.LARGE, Hue.RED, Shape.CIRCLE);
        assertThat(Grammar.of("ar").say(at(redCircles, Style.BARE, Place.TOP)))
                .isEqualTo("دائرتان حمراوان كبيرتان في الأعلى");
        assertThat(Grammar.of("ar").say(related(A_HEART, Relation.ABOVE, redCircles, Style.BARE)))
                .isEqualTo("قلب فوق دائرتين حمراوين كبيرتين");
    }

    @Test
    void everyLanguageHasEveryWord() {
        List<Concept> concepts = new ArrayList<>();
        concepts.addAll(List.of(Shape.values()));
        concepts.addAll(List.of(Hue.values()));
        concepts.addAll(List.of(Size.values()));
        concepts.addAll(List.of(Place.values()));
        concepts.addAll(List.of(Relation.values()));
        concepts.addAll(List.of(Ground.values()));
        concepts.addAll(List.of(Amount.values()));
        assertThat(concepts).hasSize(10 + 9 + 2 + 5 + 4 + 2 + 4);
        for (Grammar grammar : Grammar.all()) {
            for (Concept concept : concepts) {
                assertThat(grammar.lexicon().gloss(concept))
                        .as("%s in %s", concept, grammar.language())
                        .isNotBlank();
            }
        }
    }

    /// What is said of a scene must be said by the words of the sentence, no more and no less.
    @Test
    void sentencesSayWhatTheDescriptionMeans() {
        SplittableRandom random = new SplittableRandom(11);
        SceneSampler sampler = new SceneSampler();
        for (int i = 0; i < 2000; i++) {
            Scene scene = sampler.next(random);
            for (Description said : Describer.describe(scene, 3, new English(), random)) {
                assertThat(scene.matches(said)).as("%s of %s", said, scene).isTrue();
                List<Concept> meant = new ArrayList<>(content(said.first()));
                said.second().ifPresent(second -> meant.addAll(content(second)));
                said.place().ifPresent(meant::add);
                said.relation().ifPresent(meant::add);
                said.ground().ifPresent(meant::add);
                for (Grammar grammar : Grammar.all()) {
                    assertThat(grammar.words(said).stream()
                                    .flatMap(word -> word.meaning().stream())
                                    .filter(meaning -> !(meaning instanceof Amount))
                                    .toList())
                            .as("%s: %s", grammar.language(), grammar.say(said))
                            .containsExactlyInAnyOrderElementsOf(meant);
                    assertThat(grammar.say(said))
                            .doesNotContain("  ")
                            .isEqualTo(grammar.say(said).strip());
                }
            }
        }
    }

    private static List<Concept> content(Mention mention) {
        List<Concept> content = new ArrayList<>();
        mention.size().ifPresent(content::add);
        mention.hue().ifPresent(content::add);
        content.add(mention.shape());
        return content;
    }

    @Test
    void namesTheLanguagesThereAre() {
        assertThatThrownBy(() -> Grammar.of("xx"))
                .hasMessageContaining("\"xx\"")
                .hasMessageContaining("en, de, es, fr, zh, ja, ar");
    }
}
