package org.cl2cm.data.scene;

/// What a word of a caption can mean; every language has words for all of them.
sealed interface Concept {
    enum Shape implements Concept {
        CIRCLE,
        SQUARE,
        TRIANGLE,
        STAR,
        HEART,
        CROSS,
        CRESCENT,
        RING,
        ARROW,
        HOUSE
    }

    enum Hue implements Concept {
        RED(0xD62828),
        ORANGE(0xF58A1F),
        YELLOW(0xF2D21B),
        GREEN(0x2FA34A),
        BLUE(0x2457D6),
        PURPLE(0x7B2FB5),
        PINK(0xF48FC0),
        BLACK(0x151515),
        WHITE(0xFAFAFA);

        private final int rgb;

        Hue(int rgb) {
            this.rgb = rgb;
        }

        int rgb() {
            return rgb;
        }
    }

    enum Size implements Concept {
        SMALL,
        LARGE
    }

    /// Where the only objects of a picture are, or those of one side.
    enum Place implements Concept {
        LEFT,
        RIGHT,
        TOP,
        BOTTOM,
        CENTRE
    }

    /// Where the first objects are, seen from the second.
    enum Relation implements Concept {
        LEFT_OF,
        RIGHT_OF,
        ABOVE,
        BELOW;

        Relation inverse() {
            return switch (this) {
                case LEFT_OF -> RIGHT_OF;
                case RIGHT_OF -> LEFT_OF;
                case ABOVE -> BELOW;
                case BELOW -> ABOVE;
            };
        }

        /// The side of the picture on which the first objects are.
        Place side() {
            return switch (this) {
                case LEFT_OF -> Place.LEFT;
                case RIGHT_OF -> Place.RIGHT;
                case ABOVE -> Place.TOP;
                case BELOW -> Place.BOTTOM;
            };
        }
    }

    /// The background.
    enum Ground implements Concept {
        LIGHT,
        DARK
    }

    enum Amount implements Concept {
        ONE(1),
        TWO(2),
        THREE(3),
        FOUR(4);

        private final int number;

        Amount(int number) {
            this.number = number;
        }

        int number() {
            return number;
        }

        boolean plural() {
            return this != ONE;
        }
    }
}
