package org.cl2cm.serve.internal;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.cl2cm.data.NearestName;

/// The fields of a JSON object, read strictly: whatever is unknown or of another type is refused
/// with its place.
final class Fields {
    private static final int SHOWN = 80;

    private final JsonNode object;
    private final String pointer;

    private Fields(JsonNode object, String pointer) {
        this.object = object;
        this.pointer = pointer;
    }

    /// @param pointer of the object in the body
    /// @param known names that it may have
    /// @throws Problem 422 when it is no object or has another field
    static Fields of(JsonNode node, String pointer, Set<String> known) {
        if (!node.isObject()) {
            throw Problem.at(pointer, "is " + kind(node) + "; an object was expected");
        }
        Fields fields = new Fields(node, pointer);
        for (Iterator<String> names = node.fieldNames(); names.hasNext(); ) {
            String name = names.next();
            if (name.equals("url")) {
                throw Problem.at(
                        fields.at(name),
                        "addresses are not fetched; send the picture itself, as {\"base64\": ...} or as multipart/form-data");
            }
            if (!known.contains(name)) {
                throw Problem.at(
                        fields.at(name),
                        "unknown field \"" + shown(name) + "\"; did you mean \""
                                + NearestName.of(name, new TreeSet<>(known)) + "\"?");
            }
        }
        return fields;
    }

    String pointer() {
        return pointer;
    }

    /// The pointer of a field.
    String at(String name) {
        return pointer + "/" + shown(name).replace("~", "~0").replace("/", "~1");
    }

    boolean has(String name) {
        return object.has(name);
    }

    Optional<JsonNode> get(String name) {
        return Optional.ofNullable(object.get(name));
    }

    /// @param longest in letters
    Optional<String> text(String name, int longest) {
        return get(name).map(node -> text(node, at(name), longest));
    }

    static String text(JsonNode node, String pointer, int longest) {
        if (!node.isTextual()) {
            throw Problem.at(pointer, "is " + kind(node) + "; a text was expected");
        }
        String text = node.textValue();
        if (text.length() > longest) {
            throw Problem.at(pointer, "has " + text.length() + " letters, more than " + longest);
        }
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
            throw Problem.at(pointer, "is not well-formed Unicode");
        }
        return text;
    }

    int integer(String name, int usual, int least, int most) {
        JsonNode node = object.get(name);
        if (node == null) {
            return usual;
        }
        if (!node.isIntegralNumber()) {
            throw Problem.at(at(name), "is " + kind(node) + "; a whole number was expected");
        }
        if (!node.canConvertToInt() || node.intValue() < least || node.intValue() > most) {
            throw Problem.at(at(name), "is " + shown(node.asText()) + "; " + least + " to " + most + " are possible");
        }
        return node.intValue();
    }

    /// A number above zero.
    double weight(String name, double usual, double most) {
        JsonNode node = object.get(name);
        if (node == null) {
            return usual;
        }
        if (!node.isNumber()) {
            throw Problem.at(at(name), "is " + kind(node) + "; a number was expected");
        }
        double value = node.doubleValue();
        if (!(value > 0 && value <= most)) {
            throw Problem.at(at(name), "is " + value + "; a number above 0, up to " + most + ", was expected");
        }
        return value;
    }

    double number(String name, double least, double most) {
        JsonNode node = get(name).orElseThrow();
        if (!node.isNumber()) {
            throw Problem.at(at(name), "is " + kind(node) + "; a number was expected");
        }
        double value = node.doubleValue();
        if (!(value >= least && value <= most)) {
            throw Problem.at(at(name), "is " + value + "; " + least + " to " + most + " are possible");
        }
        return value;
    }

    /// As [#number], where it may be left out.
    Optional<Double> share(String name) {
        return get(name).map(_ -> number(name, 0, 1));
    }

    boolean flag(String name) {
        JsonNode node = object.get(name);
        if (node != null && !node.isBoolean()) {
            throw Problem.at(at(name), "is " + kind(node) + "; true or false was expected");
        }
        return node != null && node.booleanValue();
    }

    Optional<List<JsonNode>> list(String name, int least, int most) {
        return get(name).map(node -> {
            if (!node.isArray()) {
                throw Problem.at(at(name), "is " + kind(node) + "; a list was expected");
            }
            if (node.size() < least || node.size() > most) {
                throw Problem.at(
                        at(name), "has " + node.size() + " entries; " + least + " to " + most + " are possible");
            }
            List<JsonNode> entries = new ArrayList<>(node.size());
            node.forEach(entries::add);
            return entries;
        });
    }

    /// @param dimension that a vector must have
    Optional<float[]> vector(String name, int dimension) {
        return list(name, 0, Integer.MAX_VALUE).map(numbers -> {
            if (numbers.size() != dimension) {
                throw Problem.at(at(name), "has dimension " + numbers.size() + ", the collection " + dimension);
            }
            float[] vector = new float[dimension];
            boolean zero = true;
            for (int i = 0; i < dimension; i++) {
                JsonNode number = numbers.get(i);
                String place = at(name) + "/" + i;
                if (!number.isNumber()) {
                    throw Problem.at(place, "is " + kind(number) + "; a number was expected");
                }
                vector[i] = number.floatValue();
                if (!Float.isFinite(vector[i])) {
                    throw Problem.at(place, "is " + shown(number.asText()) + ", which no 32-bit number holds");
                }
                zero &= vector[i] == 0;
            }
            if (zero) {
                throw Problem.at(at(name), "holds only zeros and has no direction");
            }
            return vector;
        });
    }

    /// A picture, `{"base64": "..."}`; in a multipart request its bytes.
    Optional<byte[]> picture(String name) {
        return get(name).map(node -> {
            Fields picture = of(node, at(name), Set.of("base64"));
            JsonNode content =
                    picture.get("base64").orElseThrow(() -> Problem.at(at(name), "needs the field \"base64\""));
            String place = picture.at("base64");
            byte[] bytes = content.isBinary() ? binary(content) : decoded(content, place);
            if (bytes.length == 0) {
                throw Problem.at(place, "the picture is empty");
            }
            return bytes;
        });
    }

    private static byte[] decoded(JsonNode content, String place) {
        try {
            return Base64.getDecoder().decode(text(content, place, Integer.MAX_VALUE));
        } catch (IllegalArgumentException e) {
            throw Problem.at(place, "is not base64: " + shown(String.valueOf(e.getMessage())));
        }
    }

    private static byte[] binary(JsonNode content) {
        try {
            return content.binaryValue();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    static String kind(JsonNode node) {
        return switch (node.getNodeType()) {
            case ARRAY -> "a list";
            case OBJECT -> "an object";
            case STRING -> "a text";
            case NUMBER -> "the number " + shown(node.asText());
            case BOOLEAN -> node.asText();
            case NULL -> "null";
            case BINARY -> "a file";
            default -> "nothing";
        };
    }

    private static String shown(String text) {
        return text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "...";
    }
}
