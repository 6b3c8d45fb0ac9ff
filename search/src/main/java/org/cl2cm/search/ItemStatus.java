package org.cl2cm.search;

/// What became of one item of a batch.
///
/// @param reason why it was refused, empty otherwise
public record ItemStatus(String id, Outcome outcome, String reason) {
    public enum Outcome {
        /// Added, or put in the place of the item with the same id.
        STORED,
        /// Not usable; the collection holds what it held before.
        REFUSED,
        /// Removed.
        DELETED,
        /// Not there to be removed.
        MISSING
    }

    public ItemStatus(String id, Outcome outcome) {
        this(id, outcome, "");
    }

    public boolean isRefused() {
        return outcome == Outcome.REFUSED;
    }
}
