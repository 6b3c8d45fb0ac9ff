package org.cl2cm.search;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// A filter applied in the plainest way, to compare engines with.
final class Matching {
    private Matching() {}

    static boolean matches(Filter filter, Map<String, String> fields) {
        return switch (filter) {
            case Filter.And and -> and.parts().stream().allMatch(part -> matches(part, fields));
            case Filter.Or or -> or.parts().stream().anyMatch(part -> matches(part, fields));
            case Filter.Not not -> !matches(not.part(), fields);
            case Filter.Exists exists -> !values(fields, exists.field()).isEmpty();
            case Filter.Keyword keyword ->
                values(fields, keyword.field()).stream().anyMatch(keyword.values()::contains);
            case Filter.NumberRange range ->
                values(fields, range.field()).stream()
                        .mapToDouble(Double::parseDouble)
                        .anyMatch(value -> value >= range.least() && value <= range.most());
            case Filter.DateRange range ->
                values(fields, range.field()).stream()
                        .mapToLong(value -> DateSpan.parse(value).first())
                        .anyMatch(value -> value >= range.first() && value <= range.last());
            case Filter.Words words ->
                words(fields.getOrDefault(words.field(), "")).containsAll(words(words.text()));
        };
    }

    private static List<String> values(Map<String, String> fields, String field) {
        return fields.getOrDefault(field, "")
                .lines()
                .filter(value -> !value.isBlank())
                .toList();
    }

    private static List<String> words(String text) {
        return Arrays.stream(text.toLowerCase(Locale.ROOT).split("\\W+"))
                .filter(word -> !word.isEmpty())
                .toList();
    }
}
