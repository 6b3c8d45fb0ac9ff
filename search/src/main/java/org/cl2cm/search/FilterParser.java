package org.cl2cm.search;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// Reads the grammar of [Filter#parse] by recursive descent.
final class FilterParser {
    private static final Set<String> WORDS = Set.of("AND", "OR", "NOT", "IN", "EXISTS");
    private static final List<String> OPERATORS = List.of("!=", "<=", ">=", "=", "<", ">", "~");
    private static final int MOST_LETTERS = 10_000;
    private static final int DEEPEST = 100;
    /// Below what Lucene takes in one query.
    private static final int MOST_COMPARISONS = 500;

    private final String text;
    private final Map<String, FieldType> fields;
    private int at;
    private int depth;
    private int comparisons;

    /// @param quoted a text in quotes is never one of the grammar's words
    private record Token(String text, int at, boolean quoted) {}

    FilterParser(String text, Map<String, FieldType> fields) {
        this.text = text;
        this.fields = fields;
    }

    Filter parse() {
        if (text.length() > MOST_LETTERS) {
            throw new FilterException(
                    text.substring(0, 40) + "...", 0, text.length() + " letters, more than " + MOST_LETTERS);
        }
        Filter filter = or();
        skipSpace();
        if (at < text.length()) {
            throw error(at, "AND, OR or the end was expected");
        }
        return filter;
    }

    private Filter or() {
        List<Filter> parts = new ArrayList<>(List.of(and()));
        while (word("OR")) {
            parts.add(and());
        }
        return parts.size() == 1 ? parts.getFirst() : new Filter.Or(parts);
    }

    private Filter and() {
        List<Filter> parts = new ArrayList<>(List.of(not()));
        while (word("AND")) {
            parts.add(not());
        }
        return parts.size() == 1 ? parts.getFirst() : new Filter.And(parts);
    }

    private Filter not() {
        if (++depth > DEEPEST) {
            throw error(at, "more than " + DEEPEST + " brackets or NOT inside each other");
        }
        try {
            if (word("NOT")) {
                return new Filter.Not(not());
            }
            if (symbol("(")) {
                Filter inner = or();
                expect(")");
                return inner;
            }
            return comparison();
        } finally {
            depth--;
        }
    }

    private Filter comparison() {
        Token field = token("a field");
        if (!field.quoted() && WORDS.contains(field.text().toUpperCase(Locale.ROOT))) {
            throw error(field.at(), "a field was expected; put quotes around a field of this name");
        }
        FieldType type = fields.get(field.text());
        if (type == null) {
            throw error(
                    field.at(),
                    "the collection has no field \"" + field.text() + "\""
                            + (fields.isEmpty() ? "; it declares none" : "; it has " + new TreeSet<>(fields.keySet())));
        }
        if (word("EXISTS")) {
            count(field.at());
            return new Filter.Exists(field.text());
        }
        int operatorAt = skipSpace();
        if (word("IN")) {
            return in(field.text(), type, operatorAt);
        }
        for (String operator : OPERATORS) {
            if (symbol(operator)) {
                Token value = token("a value");
                return compare(field.text(), type, operator, operatorAt, value);
            }
        }
        throw error(at, "after a field, one of " + OPERATORS + ", IN or EXISTS was expected");
    }

    private Filter in(String field, FieldType type, int operatorAt) {
        expect("(");
        List<Token> values = new ArrayList<>(List.of(token("a value")));
        while (symbol(",")) {
            values.add(token("a value"));
        }
        expect(")");
        if (type == FieldType.KEYWORD) {
            count(operatorAt);
            Set<String> keywords = new LinkedHashSet<>();
            values.forEach(value -> keywords.add(value.text()));
            return new Filter.Keyword(field, keywords);
        }
        return new Filter.Or(values.stream()
                .map(value -> compare(field, type, "=", operatorAt, value))
                .toList());
    }

    private Filter compare(String field, FieldType type, String operator, int operatorAt, Token value) {
        if (operator.equals("!=")) {
            return new Filter.Not(compare(field, type, "=", operatorAt, value));
        }
        count(value.at());
        return switch (type) {
            case KEYWORD -> {
                allow(field, type, operator, operatorAt, "=, != and IN", "=");
                yield new Filter.Keyword(field, Set.of(value.text()));
            }
            case TEXT -> {
                allow(field, type, operator, operatorAt, "~ and EXISTS", "~");
                yield new Filter.Words(field, value.text());
            }
            case NUMBER -> {
                allow(field, type, operator, operatorAt, "all but ~", "=", "<", "<=", ">", ">=");
                yield number(field, operator, value);
            }
            case DATE -> {
                allow(field, type, operator, operatorAt, "all but ~", "=", "<", "<=", ">", ">=");
                yield date(field, operator, value);
            }
        };
    }

    /// Each is at most two clauses in Lucene, with what NOT adds.
    private void count(int position) {
        if (++comparisons > MOST_COMPARISONS) {
            throw error(position, "more than " + MOST_COMPARISONS + " comparisons");
        }
    }

    private void allow(String field, FieldType type, String operator, int operatorAt, String known, String... allowed) {
        if (!List.of(allowed).contains(operator)) {
            throw error(
                    operatorAt,
                    "\"" + operator + "\" does not suit \"" + field + "\", a "
                            + type.name().toLowerCase(Locale.ROOT) + "; " + known + " do");
        }
    }

    private Filter number(String field, String operator, Token value) {
        double number;
        try {
            number = Double.parseDouble(value.text());
        } catch (NumberFormatException e) {
            throw error(value.at(), "\"" + value.text() + "\" is no number");
        }
        if (Double.isNaN(number)) {
            throw error(value.at(), "NaN is no number");
        }
        // Zero has two signs, and they are equal.
        double low = number == 0 ? -0.0 : number;
        double high = number == 0 ? 0.0 : number;
        return switch (operator) {
            case "<" -> new Filter.NumberRange(field, Double.NEGATIVE_INFINITY, Math.nextDown(low));
            case "<=" -> new Filter.NumberRange(field, Double.NEGATIVE_INFINITY, high);
            case ">" -> new Filter.NumberRange(field, Math.nextUp(high), Double.POSITIVE_INFINITY);
            case ">=" -> new Filter.NumberRange(field, low, Double.POSITIVE_INFINITY);
            default -> new Filter.NumberRange(field, low, high);
        };
    }

    private Filter date(String field, String operator, Token value) {
        DateSpan span;
        try {
            span = DateSpan.parse(value.text());
        } catch (IllegalArgumentException e) {
            throw error(value.at(), String.valueOf(e.getMessage()));
        }
        return switch (operator) {
            case "<" -> new Filter.DateRange(field, Long.MIN_VALUE, span.first() - 1);
            case "<=" -> new Filter.DateRange(field, Long.MIN_VALUE, span.last());
            case ">" -> new Filter.DateRange(field, span.last() + 1, Long.MAX_VALUE);
            case ">=" -> new Filter.DateRange(field, span.first(), Long.MAX_VALUE);
            default -> new Filter.DateRange(field, span.first(), span.last());
        };
    }

    // ---- letters

    private int skipSpace() {
        while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
            at++;
        }
        return at;
    }

    private boolean symbol(String symbol) {
        skipSpace();
        if (text.startsWith(symbol, at)) {
            at += symbol.length();
            return true;
        }
        return false;
    }

    private void expect(String symbol) {
        if (!symbol(symbol)) {
            throw error(at, "\"" + symbol + "\" was expected");
        }
    }

    /// Takes one of the grammar's words when it comes next.
    private boolean word(String word) {
        skipSpace();
        int end = at + word.length();
        boolean next = text.regionMatches(true, at, word, 0, word.length())
                && (end == text.length() || !plain(text.charAt(end)));
        if (next) {
            at = end;
        }
        return next;
    }

    private static boolean plain(char c) {
        return !Character.isWhitespace(c) && "()=!<>~,\"'".indexOf(c) < 0;
    }

    private Token token(String expected) {
        int start = skipSpace();
        if (at < text.length() && (text.charAt(at) == '"' || text.charAt(at) == '\'')) {
            return new Token(quoted(), start, true);
        }
        while (at < text.length() && plain(text.charAt(at))) {
            at++;
        }
        if (at == start) {
            throw error(start, expected + " was expected");
        }
        return new Token(text.substring(start, at), start, false);
    }

    private String quoted() {
        int start = at;
        char quote = text.charAt(at++);
        StringBuilder inside = new StringBuilder();
        while (at < text.length()) {
            char c = text.charAt(at++);
            if (c == quote) {
                return inside.toString();
            }
            if (c == '\\' && at < text.length() && "\\\"'".indexOf(text.charAt(at)) >= 0) {
                c = text.charAt(at++);
            }
            inside.append(c);
        }
        throw error(start, "the quote is not closed");
    }

    private FilterException error(int position, String reason) {
        return new FilterException(text, position, reason);
    }
}
