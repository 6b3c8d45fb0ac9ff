package org.cl2cm.serve.internal;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.cl2cm.search.CollectionInfo;
import org.cl2cm.search.Filter;
import org.cl2cm.search.FilterException;
import org.cl2cm.search.QueryPart;

/// What the body of a search asks for.
///
/// @param parts what is wanted, then what is not, with weights below zero
/// @param pointers where each part stands in the body
/// @param moments of one video among the hits at most; 0 for any number
/// @param rerank how many of the best hits are sorted anew, where the client said it
/// @param language that the words are in, where the client said it
/// @param minScore probability of the hits that are kept, where the client said it
record SearchRequest(
        List<QueryPart> parts,
        List<String> pointers,
        Optional<Filter> filter,
        boolean hybrid,
        int top,
        int moments,
        Optional<Integer> rerank,
        Optional<String> language,
        Optional<Double> minScore) {
    static final int LONGEST_TEXT = 10_000;
    private static final int LONGEST_FILTER = 10_000;
    private static final int LONGEST_ID = 4096;
    private static final int LONGEST_LANGUAGE = 35;
    private static final int MOST_PARTS = 16;
    private static final double MOST_WEIGHT = 1000;
    private static final double AWAY = 0.5;
    private static final int USUAL_TOP = 10;

    private static final Set<String> KINDS = Set.of("text", "image", "like", "vector");
    private static final Set<String> PART = Set.of("text", "image", "like", "vector", "weight");
    private static final Set<String> QUERY = Set.of(
            "text",
            "image",
            "like",
            "vector",
            "parts",
            "without",
            "filter",
            "hybrid",
            "top",
            "moments",
            "rerank",
            "language",
            "min_score");

    /// @param info of the collection that is asked
    /// @param mostResults that may be asked for
    /// @throws Problem 422 naming the field that cannot be used
    static SearchRequest of(JsonNode body, CollectionInfo info, int mostResults) {
        Fields query = Fields.of(body, "", QUERY);
        List<QueryPart> parts = new ArrayList<>();
        List<String> pointers = new ArrayList<>();
        if (query.has("parts")) {
            if (KINDS.stream().anyMatch(query::has)) {
                throw Problem.at("", "with \"parts\", put everything that is wanted there");
            }
            add(query, "parts", 1, 1, info, parts, pointers);
        } else {
            add(query, 1, info, parts, pointers);
        }
        boolean hybrid = query.flag("hybrid");
        if (hybrid && parts.stream().noneMatch(QueryPart.Text.class::isInstance)) {
            throw Problem.at("/hybrid", "needs a text, whose words are looked for in the captions");
        }
        if (query.has("without")) {
            add(query, "without", -1, AWAY, info, parts, pointers);
        }
        SearchRequest request = new SearchRequest(
                parts,
                pointers,
                filter(query, info),
                hybrid,
                query.integer("top", USUAL_TOP, 1, mostResults),
                query.integer("moments", 1, 0, mostResults),
                query.has("rerank") ? Optional.of(query.integer("rerank", 1, 1, mostResults)) : Optional.empty(),
                query.text("language", LONGEST_LANGUAGE),
                query.has("min_score") ? Optional.of(query.number("min_score", 0, 1)) : Optional.empty());
        for (String field : List.of("language", "min_score", "rerank")) {
            if (query.has(field) && request.words().isEmpty()) {
                throw Problem.at("/" + field, "is for a query of words alone");
            }
        }
        return request;
    }

    /// The words, when nothing else is asked: scores of pictures and mixtures are not worth the same.
    Optional<String> words() {
        return parts.size() == 1 && parts.getFirst() instanceof QueryPart.Text text
                ? Optional.of(text.text())
                : Optional.empty();
    }

    private static void add(
            Fields query,
            String name,
            int sign,
            double usual,
            CollectionInfo info,
            List<QueryPart> parts,
            List<String> pointers) {
        List<JsonNode> entries = query.list(name, 1, MOST_PARTS).orElseThrow();
        for (int i = 0; i < entries.size(); i++) {
            Fields part = Fields.of(entries.get(i), query.at(name) + "/" + i, PART);
            add(part, sign * part.weight("weight", usual, MOST_WEIGHT), info, parts, pointers);
        }
    }

    private static void add(
            Fields from, double weight, CollectionInfo info, List<QueryPart> parts, List<String> pointers) {
        List<String> given = KINDS.stream().filter(from::has).sorted().toList();
        if (given.size() != 1) {
            throw Problem.at(
                    from.pointer(),
                    (given.isEmpty() ? "nothing to search for" : "has " + String.join(" and ", given))
                            + "; exactly one of text, image, like and vector was expected"
                            + (from.pointer().isEmpty() ? ", or parts" : ""));
        }
        String kind = given.getFirst();
        String pointer = from.at(kind);
        parts.add(
                switch (kind) {
                    case "text" -> {
                        String text = from.text(kind, LONGEST_TEXT).orElseThrow();
                        if (text.isBlank()) {
                            throw Problem.at(pointer, "is empty");
                        }
                        yield new QueryPart.Text(text, weight);
                    }
                    case "image" -> new QueryPart.Picture(from.picture(kind).orElseThrow(), pointer, weight);
                    case "like" ->
                        new QueryPart.Like(from.text(kind, LONGEST_ID).orElseThrow(), weight);
                    default ->
                        new QueryPart.Vector(from.vector(kind, info.dimension()).orElseThrow(), weight);
                });
        pointers.add(pointer);
    }

    private static Optional<Filter> filter(Fields query, CollectionInfo info) {
        return query.text("filter", LONGEST_FILTER).map(text -> {
            try {
                return Filter.parse(text, info.fields());
            } catch (FilterException e) {
                String reason =
                        String.valueOf(e.getMessage()).lines().findFirst().orElse("");
                throw Problem.inFilter("/filter", e.position(), reason);
            }
        });
    }
}
