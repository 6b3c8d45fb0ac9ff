package org.cl2cm.search;

/// What the values of a declared field are. Stored fields are text, one value a line; a declared
/// field is also searched by [Filter].
public enum FieldType {
    /// A word or a phrase that is compared as a whole, letter by letter.
    KEYWORD,
    /// A number as `Double.parseDouble` reads it; NaN is none.
    NUMBER,
    /// A date of ISO 8601, as exact as it is known: see [DateSpan].
    DATE,
    /// Words in any order; case does not matter.
    TEXT
}
