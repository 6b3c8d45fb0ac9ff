package org.cl2cm.train;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.cl2cm.data.DataException;
import org.cl2cm.data.NearestName;

/// Reads a run's configuration: the defaults, the user's file on top, `key=value` settings on top of
/// both.
public final class ConfigFile {
    private static final YAMLMapper YAML = YAMLMapper.builder()
            .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .enable(DeserializationFeature.ACCEPT_SINGLE_VALUE_AS_ARRAY)
            .enable(com.fasterxml.jackson.core.StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private ConfigFile() {}

    /// @param file the user's file, in YAML
    /// @param settings `key=value`, e.g. `train.batch=64`
    /// @throws DataException for an unknown key, naming the nearest one, and for a value of the wrong
    ///     kind
    public static TrainConfig read(Optional<Path> file, List<String> settings) throws IOException {
        ObjectNode tree = defaults();
        if (file.isPresent()) {
            JsonNode own = parse(file.get());
            merge(tree, own, "", file.get().toString());
        }
        for (String setting : settings) {
            set(tree, setting);
        }
        try {
            return YAML.treeToValue(tree, TrainConfig.class);
        } catch (JsonProcessingException e) {
            String where = file.map(Path::toString).orElse("--set");
            Throwable cause = e.getCause() instanceof IllegalArgumentException own ? own : e;
            String message = cause instanceof JsonProcessingException json
                    ? key(e) + json.getOriginalMessage()
                    : String.valueOf(cause.getMessage());
            throw new DataException(where + ": " + message, e);
        }
    }

    private static String key(JsonProcessingException e) {
        if (e instanceof com.fasterxml.jackson.databind.JsonMappingException mapping) {
            String path = mapping.getPath().stream()
                    .map(step -> step.getFieldName() == null ? "[" + step.getIndex() + "]" : step.getFieldName())
                    .reduce((left, right) -> left + "." + right)
                    .orElse("");
            return path.isEmpty() ? "" : "key \"" + path + "\": ";
        }
        return "";
    }

    /// The file of all defaults, with its comments.
    public static String defaultsText() throws IOException {
        try (InputStream in = ConfigFile.class.getResourceAsStream("defaults.yaml")) {
            if (in == null) {
                throw new IOException("defaults.yaml is not in the class path");
            }
            return new String(in.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        }
    }

    /// A configuration as YAML, every key written out.
    public static String write(TrainConfig config) throws IOException {
        return YAML.writeValueAsString(YAML.valueToTree(config));
    }

    /// The first key whose value differs, e.g. `train.epochs was 2, is 3`; nothing when both are the same.
    static Optional<String> difference(TrainConfig before, TrainConfig now) {
        return difference(YAML.valueToTree(before), YAML.valueToTree(now), "");
    }

    private static Optional<String> difference(ObjectNode before, ObjectNode now, String prefix) {
        return now.properties().stream()
                .map(entry -> {
                    String key = prefix + entry.getKey();
                    JsonNode old = before.get(entry.getKey());
                    if (entry.getValue().equals(old)) {
                        return Optional.<String>empty();
                    }
                    return old instanceof ObjectNode section
                            ? difference(section, (ObjectNode) entry.getValue(), key + ".")
                            : Optional.of(key + " was " + old + ", is " + entry.getValue());
                })
                .flatMap(Optional::stream)
                .findFirst();
    }

    private static ObjectNode defaults() throws IOException {
        return (ObjectNode) YAML.readTree(defaultsText());
    }

    private static JsonNode parse(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw DataException.in(file, "no such configuration file");
        }
        try {
            JsonNode node = YAML.readTree(file.toFile());
            if (node.isObject()) {
                return node;
            }
            throw DataException.in(file, "not a YAML mapping of keys");
        } catch (JsonProcessingException e) {
            long line = e.getLocation() == null ? 1 : e.getLocation().getLineNr();
            throw DataException.at(file, line, e.getOriginalMessage());
        }
    }

    private static void merge(ObjectNode tree, JsonNode own, String prefix, String where) throws DataException {
        for (var entry : own.properties()) {
            String key = prefix + entry.getKey();
            JsonNode known = tree.get(entry.getKey());
            if (known == null) {
                throw unknown(tree, entry.getKey(), prefix, where);
            }
            if (known.isObject()) {
                if (!entry.getValue().isObject()) {
                    throw new DataException(where + ": key \"" + key + "\" takes keys of its own");
                }
                merge((ObjectNode) known, entry.getValue(), key + ".", where);
            } else {
                tree.set(entry.getKey(), entry.getValue());
            }
        }
    }

    private static void set(ObjectNode tree, String setting) throws IOException {
        int equals = setting.indexOf('=');
        if (equals <= 0) {
            throw new DataException("--set " + setting + ": write key=value, e.g. train.batch=64");
        }
        String[] path = setting.substring(0, equals).split("\\.", -1);
        JsonNode value = YAML.readTree(setting.substring(equals + 1));
        ObjectNode node = tree;
        StringBuilder prefix = new StringBuilder();
        for (int i = 0; i < path.length - 1; i++) {
            JsonNode next = node.get(path[i]);
            if (next == null || !next.isObject()) {
                throw unknown(node, path[i], prefix.toString(), "--set " + setting);
            }
            node = (ObjectNode) next;
            prefix.append(path[i]).append('.');
        }
        String last = path[path.length - 1];
        if (!node.has(last)) {
            throw unknown(node, last, prefix.toString(), "--set " + setting);
        }
        node.set(last, value.isMissingNode() ? YAML.getNodeFactory().textNode("") : value);
    }

    private static DataException unknown(ObjectNode tree, String key, String prefix, String where) {
        List<String> known = new ArrayList<>();
        tree.fieldNames().forEachRemaining(known::add);
        String nearest = NearestName.of(key, known);
        return new DataException(
                where + ": unknown key \"" + prefix + key + "\"; did you mean \"" + prefix + nearest + "\"?");
    }
}
