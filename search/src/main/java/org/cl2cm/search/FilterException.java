package org.cl2cm.search;

/// A filter that cannot be used.
public final class FilterException extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    private final int position;

    /// @param position of the letter where it went wrong, from 0; at most the filter's length
    public FilterException(String filter, int position, String reason) {
        super("filter, letter " + (position + 1) + ": " + reason + "\n  " + filter + "\n  " + " ".repeat(position)
                + "^");
        this.position = position;
    }

    /// Where it went wrong, from 0.
    public int position() {
        return position;
    }
}
