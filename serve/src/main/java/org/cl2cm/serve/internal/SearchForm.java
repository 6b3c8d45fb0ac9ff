package org.cl2cm.serve.internal;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.cl2cm.data.NearestName;

/// A search as `multipart/form-data`: a file `image`, and the rest as fields of the form or as JSON
/// in the part `query`. Becomes the JSON that means the same.
final class SearchForm {
    private static final String IMAGE = "image";
    private static final String QUERY = "query";
    private static final Set<String> TEXTS = Set.of("text", "like", "filter");
    private static final Set<String> NAMES = Set.of(IMAGE, QUERY, "text", "like", "filter", "hybrid", "top", "moments");

    private SearchForm() {}

    /// @throws Problem 400 when the form cannot be read, 422 when a field cannot be used
    static JsonNode query(List<Multipart.Part> parts) {
        Set<String> seen = new HashSet<>();
        for (Multipart.Part part : parts) {
            if (!NAMES.contains(part.name())) {
                throw Problem.at(
                        "/" + part.name(),
                        "unknown field; did you mean \"" + NearestName.of(part.name(), new TreeSet<>(NAMES)) + "\"?");
            }
            if (!seen.add(part.name())) {
                throw Problem.at("/" + part.name(), "is there twice");
            }
        }
        ObjectNode query = parts.stream()
                .filter(part -> part.name().equals(QUERY))
                .findFirst()
                .map(SearchForm::json)
                .orElseGet(JsonNodeFactory.instance::objectNode);
        for (Multipart.Part part : parts) {
            if (!part.name().equals(QUERY)) {
                if (query.has(part.name())) {
                    throw Problem.at("/" + part.name(), "is there twice, in \"" + QUERY + "\" and as a field");
                }
                query.set(part.name(), value(part));
            }
        }
        return query;
    }

    private static ObjectNode json(Multipart.Part part) {
        JsonNode tree = Json.read(part.content());
        if (!(tree instanceof ObjectNode object)) {
            throw Problem.at("", "part \"" + QUERY + "\" is " + Fields.kind(tree) + "; an object was expected");
        }
        return object;
    }

    private static JsonNode value(Multipart.Part part) {
        JsonNodeFactory nodes = JsonNodeFactory.instance;
        if (part.name().equals(IMAGE)) {
            return nodes.objectNode().put("base64", part.content());
        }
        String text = Json.utf8(part.content());
        if (TEXTS.contains(part.name())) {
            return nodes.textNode(text);
        }
        String plain = text.strip();
        if (plain.matches("-?\\d{1,9}")) {
            return nodes.numberNode(Integer.parseInt(plain));
        }
        return plain.equals("true") || plain.equals("false")
                ? nodes.booleanNode(plain.equals("true"))
                : nodes.textNode(text);
    }
}
