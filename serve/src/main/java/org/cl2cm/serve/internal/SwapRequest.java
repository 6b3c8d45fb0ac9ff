package org.cl2cm.serve.internal;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.cl2cm.serve.AllowedModel;

/// What the body of a swap asks for.
///
/// @param model name of the model that the next generation is made with; empty to return to the
///     previous generation
/// @param queries that both generations are asked first, possibly none
/// @param top results of each query that are compared
/// @param minOverlap least share of the results that must be the same
/// @param maxLoss by how much the recall may fall
/// @param allowMissing whether items that cannot be encoded any more are left out
/// @param dryRun whether nothing is put in place
record SwapRequest(
        Optional<String> model,
        List<Asked> queries,
        int top,
        Optional<Double> minOverlap,
        Optional<Double> maxLoss,
        boolean allowMissing,
        boolean dryRun) {
    private static final String PREVIOUS = "previous";
    private static final int MOST_QUERIES = 1000;
    private static final int MOST_RELEVANT = 1000;
    private static final int LONGEST_ID = 4096;
    private static final int LONGEST_NAME = 200;
    private static final int USUAL_TOP = 10;
    private static final Set<String> KNOWN =
            Set.of("to", "model", "queries", "top", "min_overlap", "max_loss", "allow_missing", "dry_run");
    private static final Set<String> QUERY = Set.of("text", "relevant");

    /// A query that people asked.
    ///
    /// @param relevant ids of the right answers, empty where nobody knows them
    record Asked(String text, Set<String> relevant) {}

    SwapRequest {
        queries = List.copyOf(queries);
    }

    /// @param allowed models that the server may give to a collection, by name
    /// @param mostResults that may be asked for
    /// @throws Problem 422 naming the field that cannot be used
    static SwapRequest of(JsonNode body, Map<String, AllowedModel> allowed, int mostResults) {
        Fields fields = Fields.of(body, "", KNOWN);
        if (fields.has("to") == fields.has("model")) {
            throw Problem.at("", "exactly one of model and to was expected");
        }
        return fields.has("to") ? back(fields) : next(fields, allowed, mostResults);
    }

    private static SwapRequest back(Fields fields) {
        if (!fields.text("to", LONGEST_NAME).orElseThrow().equals(PREVIOUS)) {
            throw Problem.at("/to", "only \"" + PREVIOUS + "\" is known");
        }
        for (String name : new TreeSet<>(KNOWN)) {
            if (!name.equals("to") && fields.has(name)) {
                throw Problem.at(fields.at(name), "is for another model; the previous generation comes back as it is");
            }
        }
        return new SwapRequest(
                Optional.empty(), List.of(), USUAL_TOP, Optional.empty(), Optional.empty(), false, false);
    }

    private static SwapRequest next(Fields fields, Map<String, AllowedModel> allowed, int mostResults) {
        String model = fields.text("model", LONGEST_NAME).orElseThrow();
        if (!allowed.containsKey(model)) {
            throw Problem.at(
                    "/model",
                    allowed.isEmpty()
                            ? "the server was started without models that may be used here; see serve --allow-model"
                            : "is none that may be used here; there are: " + String.join(", ", allowed.keySet()));
        }
        List<Asked> queries = queries(fields);
        Optional<Double> minOverlap = fields.share("min_overlap");
        Optional<Double> maxLoss = fields.share("max_loss");
        if (queries.isEmpty() && minOverlap.isPresent()) {
            throw Problem.at("/min_overlap", "needs \"queries\"");
        }
        if (maxLoss.isPresent()
                && queries.stream().allMatch(query -> query.relevant().isEmpty())) {
            throw Problem.at("/max_loss", "needs \"queries\" that say which answers are \"relevant\"");
        }
        return new SwapRequest(
                Optional.of(model),
                queries,
                fields.integer("top", Math.min(USUAL_TOP, mostResults), 1, mostResults),
                minOverlap,
                maxLoss,
                fields.flag("allow_missing"),
                fields.flag("dry_run"));
    }

    private static List<Asked> queries(Fields fields) {
        List<Asked> queries = new ArrayList<>();
        List<JsonNode> entries = fields.list("queries", 1, MOST_QUERIES).orElse(List.of());
        for (int i = 0; i < entries.size(); i++) {
            Fields query = Fields.of(entries.get(i), "/queries/" + i, QUERY);
            String text = query.text("text", SearchRequest.LONGEST_TEXT)
                    .orElseThrow(() -> Problem.at(query.pointer(), "needs the field \"text\""));
            if (text.isBlank()) {
                throw Problem.at(query.at("text"), "is empty");
            }
            Set<String> relevant = new LinkedHashSet<>();
            for (JsonNode id : query.list("relevant", 1, MOST_RELEVANT).orElse(List.of())) {
                relevant.add(Fields.text(id, query.at("relevant"), LONGEST_ID));
            }
            queries.add(new Asked(text, relevant));
        }
        return queries;
    }

    /// How a client named what is to be live.
    String target() {
        return model.orElse(PREVIOUS);
    }
}
