package org.cl2cm.search;

/// A part of a query.
public sealed interface QueryPart {
    /// How much it counts beside the other parts; below zero for what is not wanted.
    double weight();

    /// Words in any language.
    record Text(String text, double weight) implements QueryPart {}

    /// A picture, which need not be in the collection.
    ///
    /// @param content of the file
    /// @param name what errors call it
    record Picture(byte[] content, String name, double weight) implements QueryPart {}

    /// An item of the collection.
    record Like(String id, double weight) implements QueryPart {}

    /// A ready vector of the collection's model.
    record Vector(float[] vector, double weight) implements QueryPart {}
}
