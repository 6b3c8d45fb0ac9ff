package org.cl2cm.search;

/// A part of a query that cannot be used.
public final class QueryPartException extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    private final int part;

    /// @param part which one, from 0
    public QueryPartException(int part, String reason) {
        super(reason);
        this.part = part;
    }

    /// Which part it is, from 0.
    public int part() {
        return part;
    }
}
