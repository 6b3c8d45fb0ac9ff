package org.cl2cm.serve.internal;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.cl2cm.search.VectorItem;

/// An item that a client wants to store, as far as it could be read.
///
/// @param id empty when it has none
/// @param pointer where it stands in the body
/// @param vector empty as long as the picture is not encoded
/// @param picture to be encoded, where there is one
/// @param refusal why it cannot be stored
record NewItem(
        String id,
        String pointer,
        Optional<float[]> vector,
        Optional<byte[]> picture,
        Map<String, String> fields,
        Optional<Problem> refusal) {
    private static final int LONGEST_VALUE = 100_000;
    private static final int LONGEST_NAME = 100;
    private static final int MOST_VALUES = 1000;
    private static final Set<String> KNOWN = Set.of("id", "vector", "image", "fields");

    /// @param node what stands at `pointer`
    static NewItem of(JsonNode node, String pointer, ServedCollection collection) throws IOException {
        String id = node.path("id").isTextual() ? node.path("id").textValue() : "";
        try {
            Fields item = Fields.of(node, pointer, KNOWN);
            if (item.text("id", VectorItem.LONGEST_ID).orElse("").isEmpty()) {
                throw Problem.at(pointer, "needs an \"id\"");
            }
            if (item.has("vector") == item.has("image")) {
                throw Problem.at(pointer, "exactly one of vector and image was expected");
            }
            Map<String, String> fields = item.has("fields") ? fields(item) : Map.of();
            checkMedia(fields, item.at("fields") + "/" + VectorItem.MEDIA, id, collection);
            return new NewItem(
                    id,
                    pointer,
                    item.vector("vector", collection.info().dimension()),
                    item.picture("image"),
                    fields,
                    Optional.empty());
        } catch (Problem problem) {
            return new NewItem(id, pointer, Optional.empty(), Optional.empty(), Map.of(), Optional.of(problem));
        }
    }

    private static Map<String, String> fields(Fields item) {
        JsonNode object = item.get("fields").orElseThrow();
        if (!object.isObject()) {
            throw Problem.at(item.at("fields"), "is " + Fields.kind(object) + "; an object was expected");
        }
        Map<String, String> fields = new LinkedHashMap<>();
        object.properties().forEach(entry -> {
            String place = item.at("fields") + "/" + entry.getKey();
            if (entry.getKey().equals(VectorItem.DIGEST)) {
                throw Problem.at(place, "is kept by \"index sync\"");
            }
            String name = Fields.text(TextNode.valueOf(entry.getKey()), place, LONGEST_NAME);
            fields.put(name, value(entry.getValue(), place));
        });
        return fields;
    }

    /// Several values stand one a line.
    private static String value(JsonNode node, String place) {
        if (!node.isArray()) {
            return line(node, place);
        }
        if (node.size() > MOST_VALUES) {
            throw Problem.at(place, "has " + node.size() + " values, more than " + MOST_VALUES);
        }
        List<String> lines = new ArrayList<>();
        for (JsonNode value : node) {
            lines.add(line(value, place).replaceAll("\\R", " "));
        }
        return String.join("\n", lines);
    }

    private static String line(JsonNode node, String place) {
        return node.isNumber() || node.isBoolean() ? node.asText() : Fields.text(node, place, LONGEST_VALUE);
    }

    /// A client may name pictures below the media root only; what stands there already may stay.
    private static void checkMedia(Map<String, String> fields, String place, String id, ServedCollection collection)
            throws IOException {
        String media = fields.get(VectorItem.MEDIA);
        if (media == null || isBelow(media)) {
            return;
        }
        boolean known = collection
                .read(engine -> engine.get(id))
                .filter(item -> media.equals(item.fields().get(VectorItem.MEDIA)))
                .isPresent();
        if (!known) {
            throw Problem.at(
                    place, "is no path below the collection's media root; write it without \"..\" and leading \"/\"");
        }
    }

    private static boolean isBelow(String media) {
        try {
            Path path = Path.of(media);
            return !media.isEmpty() && !path.isAbsolute() && !path.normalize().startsWith("..");
        } catch (InvalidPathException e) {
            return false;
        }
    }

    NewItem refused(Problem problem) {
        return new NewItem(id, pointer, Optional.empty(), Optional.empty(), Map.of(), Optional.of(problem));
    }

    NewItem withVector(float[] encoded) {
        return new NewItem(id, pointer, Optional.of(encoded), Optional.empty(), fields, refusal);
    }

    /// What the collection is to keep; empty when it was refused.
    Optional<VectorItem> stored() {
        return vector.map(values -> new VectorItem(id, values, fields));
    }
}
