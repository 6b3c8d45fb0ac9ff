package org.cl2cm.data.scene;

import java.util.Optional;
import org.cl2cm.data.scene.Concept.Amount;
import org.cl2cm.data.scene.Concept.Ground;
import org.cl2cm.data.scene.Concept.Hue;
import org.cl2cm.data.scene.Concept.Place;
import org.cl2cm.data.scene.Concept.Relation;
import org.cl2cm.data.scene.Concept.Shape;
import org.cl2cm.data.scene.Concept.Size;

/// What is to be seen in one picture: one group of equal objects at a place, or two groups in a relation.
///
/// @param place where the only group is; empty when there are two
/// @param other the second group and where the first is, seen from it; empty when there is one
record Scene(Group first, Optional<Place> place, Optional<Other> other, Ground ground) {
    /// Equal objects: one to four.
    record Group(Shape shape, Hue hue, Size size, Amount amount) {
        /// Whether what is said is true of this group.
        boolean matches(Mention mention) {
            return mention.shape() == shape
                    && mention.amount() == amount
                    && mention.hue().map(said -> said == hue).orElse(true)
                    && mention.size().map(said -> said == size).orElse(true);
        }
    }

    /// The second group and the first one's position seen from it.
    record Other(Group group, Relation relation) {}

    Scene {
        if (place.isPresent() == other.isPresent()) {
            throw new IllegalArgumentException("a scene has either a place or a second group");
        }
    }

    /// Whether everything that is said is true of this scene.
    boolean matches(Description said) {
        if (said.ground().isPresent() && said.ground().get() != ground) {
            return false;
        }
        return fits(said) || turned().map(turned -> turned.fits(said)).orElse(false);
    }

    private boolean fits(Description said) {
        Optional<Place> where =
                place.or(() -> other.map(second -> second.relation().side()));
        return first.matches(said.first())
                && (said.place().isEmpty() || said.place().equals(where))
                && said.second()
                        .map(mention -> other.map(second -> second.group().matches(mention)
                                        && said.relation()
                                                .map(relation -> relation == second.relation())
                                                .orElse(true))
                                .orElse(false))
                        .orElse(true);
    }

    /// The same scene told from its second group; empty when there is one only.
    Optional<Scene> turned() {
        return other.map(second -> new Scene(
                second.group(),
                place,
                Optional.of(new Other(first, second.relation().inverse())),
                ground));
    }
}
