package org.cl2cm.opensearch;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.cl2cm.search.Filter;
import org.cl2cm.search.SearchWords;

/// A filter in the cluster's language.
final class FilterClauses {
    private static final Map<String, Object> ALL = Map.of("match_all", Map.of());
    private static final Map<String, Object> NONE = Map.of("match_none", Map.of());

    private FilterClauses() {}

    static Map<String, Object> of(Filter filter) {
        return switch (filter) {
            case Filter.And and ->
                all(and.parts().stream().map(FilterClauses::of).toList());
            case Filter.Or or ->
                bool(Map.of("should", or.parts().stream().map(FilterClauses::of).toList(), "minimum_should_match", 1));
            case Filter.Not not -> bool(Map.of("filter", List.of(ALL), "must_not", List.of(of(not.part()))));
            case Filter.Exists exists -> Map.of("term", Map.of(IndexSchema.HAS, exists.field()));
            case Filter.Keyword keyword ->
                Map.of("terms", Map.of(field(keyword.field()), List.copyOf(keyword.values())));
            case Filter.NumberRange range ->
                range.least() > range.most() ? NONE : range(range.field(), finite(range.least()), finite(range.most()));
            case Filter.DateRange range ->
                range.first() > range.last() ? NONE : range(range.field(), range.first(), range.last());
            case Filter.Words words ->
                all(SearchWords.plain(words.text()).stream()
                        .map(word -> Map.<String, Object>of("term", Map.of(field(words.field()), word)))
                        .toList());
        };
    }

    /// The index field of a declared field.
    private static String field(String name) {
        return IndexSchema.META + "." + ClusterNames.field(name);
    }

    private static Map<String, Object> range(String name, Number least, Number most) {
        Map<String, Object> ends = new LinkedHashMap<>();
        ends.put("gte", least);
        ends.put("lte", most);
        return Map.of("range", Map.of(field(name), ends));
    }

    /// The cluster knows no infinite numbers: the largest there are stand for them, see [ItemLines].
    static double finite(double number) {
        return Math.clamp(number, -Double.MAX_VALUE, Double.MAX_VALUE);
    }

    private static Map<String, Object> all(List<Map<String, Object>> parts) {
        return parts.isEmpty() ? ALL : bool(Map.of("filter", parts));
    }

    private static Map<String, Object> bool(Map<String, Object> clauses) {
        return Map.of("bool", clauses);
    }
}
