package org.cl2cm.data.scene;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.cl2cm.data.scene.Concept.Place;
import org.cl2cm.data.scene.Description.Style;
import org.cl2cm.data.scene.Scene.Group;

/// Says what a person may say of a scene: true, and seldom everything.
final class Describer {
    private static final double OMIT_HUE = 0.1;
    private static final double OMIT_SIZE = 0.35;
    private static final double OMIT_PLACE = 0.25;
    private static final double OMIT_GROUND = 0.55;
    private static final double ONE_OF_TWO = 0.15;
    private static final double LISTED = 0.15;
    private static final int WORDINGS = 6;
    private static final int ATTEMPTS = 20;

    private Describer() {}

    /// Descriptions of one scene that differ when said in a language, where possible; the first leaves nothing out.
    static List<Description> describe(Scene scene, int count, Grammar grammar, RandomGenerator random) {
        Map<String, Description> said = new LinkedHashMap<>();
        Description full = one(scene, random, false);
        said.put(grammar.say(full), full);
        for (int attempt = 0; said.size() < count && attempt < ATTEMPTS * count; attempt++) {
            Description partial = one(scene, random, true);
            said.putIfAbsent(grammar.say(partial), partial);
        }
        List<Description> all = new ArrayList<>(said.values());
        while (all.size() < count) {
            all.add(full);
        }
        return all;
    }

    private static Description one(Scene scene, RandomGenerator random, boolean partial) {
        Scene told = random.nextBoolean() ? scene.turned().orElse(scene) : scene;
        Mention first = mention(told.first(), random, partial);
        Optional<Concept.Ground> ground =
                partial && chance(random, OMIT_GROUND) ? Optional.empty() : Optional.of(told.ground());
        Optional<Mention> second = told.other().map(other -> mention(other.group(), random, partial));
        Optional<Concept.Relation> relation = told.other().map(Scene.Other::relation);
        Optional<Place> place =
                told.place().or(() -> told.other().map(other -> other.relation().side()));
        if (second.isPresent() && partial && chance(random, ONE_OF_TWO)) {
            second = Optional.empty();
            relation = Optional.empty();
        }
        if (second.isPresent()) {
            place = Optional.empty();
            relation = partial && chance(random, LISTED) ? Optional.empty() : relation;
        } else if (partial && chance(random, OMIT_PLACE)) {
            place = Optional.empty();
        }
        boolean located = place.isPresent() || relation.isPresent();
        List<Style> styles = located
                ? List.of(Style.BARE, Style.BARE, Style.THERE_IS, Style.PICTURE, Style.LOCATED)
                : List.of(Style.BARE, Style.BARE, Style.THERE_IS, Style.PICTURE);
        Style style = styles.get(random.nextInt(styles.size()));
        return new Description(first, second, relation, place, ground, style, random.nextInt(WORDINGS));
    }

    private static Mention mention(Group group, RandomGenerator random, boolean partial) {
        boolean hue = !(partial && chance(random, OMIT_HUE));
        boolean size = !(partial && chance(random, OMIT_SIZE));
        return new Mention(
                group.amount(),
                size ? Optional.of(group.size()) : Optional.empty(),
                hue ? Optional.of(group.hue()) : Optional.empty(),
                group.shape());
    }

    private static boolean chance(RandomGenerator random, double probability) {
        return random.nextDouble() < probability;
    }
}
