package org.cl2cm.bench.search;

import java.util.Optional;

/// Among which items is searched. Item `i` has the number `i mod 100` in the field `part`, which has
/// nothing to do with where its vector lies.
public enum SearchCase {
    /// All items, as the collection was built.
    ALL,
    /// Those that match a filter, one of ten.
    TENTH,
    /// Those that match a filter, one of a hundred.
    HUNDREDTH,
    /// After one of twenty was deleted.
    DELETED,
    /// After that, and after the rest was merged into one segment.
    COMPACTED;

    private static final int PARTS = 100;

    /// The field `part` of a row.
    static int part(int row) {
        return row % PARTS;
    }

    /// Whether a row is still there after the deletion.
    static boolean isLeft(int row) {
        return row % 20 != 3;
    }

    /// Whether a row may be found.
    boolean keeps(int row) {
        return switch (this) {
            case ALL -> true;
            case TENTH -> part(row) < PARTS / 10;
            case HUNDREDTH -> part(row) == 7;
            case DELETED, COMPACTED -> isLeft(row);
        };
    }

    /// What the search is given.
    Optional<String> filter() {
        return switch (this) {
            case TENTH -> Optional.of("part<10");
            case HUNDREDTH -> Optional.of("part=7");
            case ALL, DELETED, COMPACTED -> Optional.empty();
        };
    }

    /// For a table.
    public String title() {
        return switch (this) {
            case ALL -> "all items";
            case TENTH -> "filter keeps 10 %";
            case HUNDREDTH -> "filter keeps 1 %";
            case DELETED -> "5 % deleted";
            case COMPACTED -> "5 % deleted, compacted";
        };
    }
}
