package org.cl2cm.search;

import java.util.List;
import java.util.Map;
import java.util.Set;

/// Which items of a collection may be found, by their declared fields. It is applied before the
/// vectors are compared, so a search with a filter finds as many results as match it, up to those
/// asked for.
///
/// A field with several values matches when one of them does. Immutable.
public sealed interface Filter {
    /// All of `parts`, at least one.
    record And(List<Filter> parts) implements Filter {
        public And {
            parts = List.copyOf(parts);
        }
    }

    /// Any of `parts`, at least one.
    record Or(List<Filter> parts) implements Filter {
        public Or {
            parts = List.copyOf(parts);
        }
    }

    /// Everything else, items without the field included.
    record Not(Filter part) implements Filter {}

    /// The item has the field.
    record Exists(String field) implements Filter {}

    /// A keyword is one of `values`.
    record Keyword(String field, Set<String> values) implements Filter {
        public Keyword {
            values = Set.copyOf(values);
        }
    }

    /// A number lies between `least` and `most`, both included; infinite ends are open.
    record NumberRange(String field, double least, double most) implements Filter {}

    /// A date begins between `first` and `last`, milliseconds since 1970, both included.
    record DateRange(String field, long first, long last) implements Filter {}

    /// Every word of `text` is in the field.
    record Words(String field, String text) implements Filter {}

    /// Reads a filter, e.g. `lang=de AND (year>=2020 OR NOT place EXISTS)`.
    ///
    /// ```text
    /// filter     = and { "OR" and }
    /// and        = not { "AND" not }
    /// not        = "NOT" not | "(" filter ")" | comparison
    /// comparison = field ( "=" | "!=" | "<" | "<=" | ">" | ">=" | "~" ) value
    ///            | field "IN" "(" value { "," value } ")"
    ///            | field "EXISTS"
    /// field      = letters, digits, "_", "-", "." or a text in quotes
    /// value      = anything up to a space, bracket, comma or operator, or a text in quotes
    /// ```
    ///
    /// Quotes are `"` or `'`; inside, a backslash stands before a quote or a backslash. AND, OR, NOT,
    /// IN and EXISTS may be written in small letters. Keywords know `=`, `!=` and IN; numbers and
    /// dates all but `~`; text only `~`. `date=2024` is any time in that year, `date>2024` any time
    /// after it.
    ///
    /// @param fields those that the collection declares
    /// @throws FilterException when `text` is no filter or does not suit the fields, naming the place
    static Filter parse(String text, Map<String, FieldType> fields) {
        return new FilterParser(text, fields).parse();
    }
}
