package org.cl2cm.data.scene;

import java.util.Optional;
import org.cl2cm.data.scene.Concept.Ground;
import org.cl2cm.data.scene.Concept.Place;
import org.cl2cm.data.scene.Concept.Relation;

/// What a caption says, before it is said in a language.
///
/// @param relation where the first group is, seen from the second; empty when they are only listed
/// @param place where the first group is in the picture; only when there is no second
/// @param wording which of several words for the same thing a language takes; 0 is the commonest
record Description(
        Mention first,
        Optional<Mention> second,
        Optional<Relation> relation,
        Optional<Place> place,
        Optional<Ground> ground,
        Style style,
        int wording) {

    /// The build of the sentence.
    enum Style {
        /// a red circle on the left
        BARE,
        /// there is a red circle on the left
        THERE_IS,
        /// a picture of a red circle on the left
        PICTURE,
        /// on the left there is a red circle; a red circle is to the left of a star
        LOCATED
    }

    Description {
        if (relation.isPresent() && second.isEmpty()) {
            throw new IllegalArgumentException("a relation needs a second group");
        }
        if (place.isPresent() && second.isPresent()) {
            throw new IllegalArgumentException("a place is said of one group only");
        }
        if (style == Style.LOCATED && place.isEmpty() && relation.isEmpty()) {
            throw new IllegalArgumentException("LOCATED needs a place or a relation");
        }
        if (wording < 0) {
            throw new IllegalArgumentException("wording is negative: " + wording);
        }
    }

    /// The same with the commonest words.
    Description commonest() {
        return new Description(first, second, relation, place, ground, style, 0);
    }
}
