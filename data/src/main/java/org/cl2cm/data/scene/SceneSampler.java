package org.cl2cm.data.scene;

import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.cl2cm.data.scene.Concept.Amount;
import org.cl2cm.data.scene.Concept.Ground;
import org.cl2cm.data.scene.Concept.Hue;
import org.cl2cm.data.scene.Concept.Place;
import org.cl2cm.data.scene.Concept.Relation;
import org.cl2cm.data.scene.Concept.Shape;
import org.cl2cm.data.scene.Concept.Size;
import org.cl2cm.data.scene.Scene.Group;
import org.cl2cm.data.scene.Scene.Other;

/// Draws scenes, none twice as long as new ones are found.
final class SceneSampler {
    private static final int ATTEMPTS = 200;
    private static final double TWO_GROUPS = 0.5;

    private final Set<Scene> drawn = new HashSet<>();

    Scene next(RandomGenerator random) {
        Scene scene = draw(random);
        for (int attempt = 0; isKnown(scene) && attempt < ATTEMPTS; attempt++) {
            scene = draw(random);
        }
        drawn.add(scene);
        return scene;
    }

    private boolean isKnown(Scene scene) {
        return drawn.contains(scene) || scene.turned().map(drawn::contains).orElse(false);
    }

    private static Scene draw(RandomGenerator random) {
        Ground ground = any(Ground.values(), random);
        if (random.nextDouble() >= TWO_GROUPS) {
            Group only = new Group(
                    any(Shape.values(), random),
                    hue(ground, random),
                    any(Size.values(), random),
                    any(Amount.values(), random));
            return new Scene(only, Optional.of(any(Place.values(), random)), Optional.empty(), ground);
        }
        Group first = oneOrTwo(ground, random);
        Group second = oneOrTwo(ground, random);
        while (second.shape() == first.shape() && second.hue() == first.hue()) {
            second = oneOrTwo(ground, random);
        }
        Other other = new Other(second, any(Relation.values(), random));
        return new Scene(first, Optional.empty(), Optional.of(other), ground);
    }

    private static Group oneOrTwo(Ground ground, RandomGenerator random) {
        return new Group(
                any(Shape.values(), random),
                hue(ground, random),
                any(Size.values(), random),
                random.nextInt(4) == 0 ? Amount.TWO : Amount.ONE);
    }

    /// A colour that can be seen: nothing white on light or black on dark.
    private static Hue hue(Ground ground, RandomGenerator random) {
        Hue hidden = ground == Ground.LIGHT ? Hue.WHITE : Hue.BLACK;
        Hue hue = any(Hue.values(), random);
        while (hue == hidden) {
            hue = any(Hue.values(), random);
        }
        return hue;
    }

    private static <T> T any(T[] values, RandomGenerator random) {
        return values[random.nextInt(values.length)];
    }
}
