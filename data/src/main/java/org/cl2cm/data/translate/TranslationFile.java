package org.cl2cm.data.translate;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.cl2cm.data.AtomicFile;
import org.cl2cm.data.DataException;
import org.cl2cm.data.Item;
import org.cl2cm.data.JsonLines;
import org.cl2cm.data.Manifest;
import org.jspecify.annotations.Nullable;

/// Where translations go: a side-car of a manifest or a file of parallel text, and what is to be known
/// about them in the folder `reports` beside it: `<name>.json` says what made them,
/// `<name>.errors.jsonl` which captions failed, `<name>.suspicious.jsonl` what looks wrong.
///
/// @param file e.g. `translations/es.apertium.jsonl`
/// @param from language of the captions
/// @param to language of the translations
public record TranslationFile(Path file, String from, String to) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /// The side-car of a manifest.
    ///
    /// @param key e.g. `es.apertium`
    public static TranslationFile sideCar(Path manifest, String key, String from) {
        return new TranslationFile(
                manifest.resolveSibling("translations").resolve(key + ".jsonl"), from, language(key));
    }

    /// The language of a key of translations: `es` of `es.apertium`.
    public static String language(String key) {
        return key.contains(".") ? key.substring(0, key.indexOf('.')) : key;
    }

    /// The file in `reports` whose name ends in `suffix`.
    public Path report(String suffix) {
        String name = String.valueOf(file.getFileName()).replaceFirst("\\.jsonl$", "");
        return file.resolveSibling("reports").resolve(name + suffix);
    }

    /// Looks whether the side-car may be written by the system with this identity, before any work is
    /// done: it must not hold what somebody else made, nor mix two systems.
    ///
    /// @param ids of the items that will be translated
    /// @throws DataException when it may not
    public void checkSideCar(String identity, java.util.Set<String> ids) throws IOException {
        if (!Files.exists(file)) {
            return;
        }
        Optional<String> before = madeBy();
        if (before.isEmpty()) {
            throw DataException.in(
                    file,
                    "was not made by data translate (" + report(".json")
                            + " is missing), so it is left alone; choose another --name, or move it away");
        }
        if (!before.get().equals(identity)) {
            List<String> others = new ArrayList<>();
            JsonLines.forEach(file, (line, node) -> {
                if (!ids.contains(node.path("id").asText())) {
                    others.add(node.path("id").asText());
                }
            });
            if (!others.isEmpty()) {
                throw DataException.in(
                        file,
                        "holds translations of " + others.size() + " other items by another system (" + before.get()
                                + ", now " + identity + "); choose another --name, or translate all of them again");
            }
        }
    }

    private Optional<String> madeBy() throws IOException {
        Path made = report(".json");
        if (!Files.isRegularFile(made)) {
            return Optional.empty();
        }
        try {
            return Optional.of(
                    JSON.readTree(Files.readString(made)).path("system").asText());
        } catch (JsonProcessingException e) {
            throw DataException.in(made, "is no JSON; remove it and the translations to make them again", e);
        }
    }

    /// Writes the side-car in the manifest's order. Lines of items that were not translated now stay
    /// as they are.
    public void writeSideCar(Manifest manifest, Map<String, List<@Nullable Translation>> rows) throws IOException {
        Map<String, JsonNode> old = new LinkedHashMap<>();
        if (Files.exists(file)) {
            JsonLines.forEach(file, (line, node) -> old.put(JsonLines.text(file, line, node, "id"), node));
        }
        AtomicFile.write(file, out -> {
            for (Item item : manifest.items()) {
                List<@Nullable Translation> row = rows.get(item.id());
                Object line = row == null ? old.get(item.id()) : fields(item.id(), row);
                if (line != null) {
                    out.write(JSON.writeValueAsBytes(line));
                    out.write('\n');
                }
            }
        });
    }

    private Map<String, Object> fields(String id, List<@Nullable Translation> row) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("id", id);
        fields.put(to, texts(row));
        return fields;
    }

    private static List<@Nullable String> texts(List<@Nullable Translation> row) {
        List<@Nullable String> texts = new ArrayList<>();
        for (Translation translation : row) {
            texts.add(translation == null ? null : translation.text());
        }
        return texts;
    }

    /// Writes captions and translations beside each other, as training reads parallel text.
    public void writeParallel(List<CaptionGroup> groups, Map<String, List<@Nullable Translation>> rows)
            throws IOException {
        AtomicFile.write(file, out -> {
            for (CaptionGroup group : groups) {
                Map<String, Object> fields = new LinkedHashMap<>();
                fields.put("id", group.id());
                fields.put(from, group.texts());
                fields.put(to, texts(rows.getOrDefault(group.id(), List.of())));
                out.write(JSON.writeValueAsBytes(fields));
                out.write('\n');
            }
        });
    }

    /// Writes what failed and what looks wrong, and what made the translations.
    ///
    /// @param about goes into `<name>.json` besides the system and the languages
    public void writeReports(
            String identity,
            Map<String, Object> about,
            List<CaptionTranslation.Failure> failures,
            List<Suspicion> suspicions)
            throws IOException {
        lines(".errors.jsonl", failures);
        lines(".suspicious.jsonl", suspicions);
        Map<String, Object> made = new LinkedHashMap<>();
        made.put("system", identity);
        made.put("from", from);
        made.put("to", to);
        made.putAll(about);
        AtomicFile.write(report(".json"), JSON.writerWithDefaultPrettyPrinter().writeValueAsString(made) + "\n");
    }

    private void lines(String suffix, List<?> values) throws IOException {
        AtomicFile.write(report(suffix), out -> {
            for (Object value : values) {
                String line = value instanceof Suspicion suspicion
                        ? JSON.writeValueAsString(fields(suspicion))
                        : JSON.writeValueAsString(value);
                out.write(line.getBytes(StandardCharsets.UTF_8));
                out.write('\n');
            }
        });
    }

    /// A suspicion as it is printed in JSON.
    public static Map<String, Object> fields(Suspicion suspicion) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("id", suspicion.id());
        fields.put("position", suspicion.position());
        fields.put("score", Math.round(suspicion.score() * 1000) / 1000.0);
        fields.put(
                "signs",
                suspicion.signs().keySet().stream()
                        .map(Suspicion.Sign::toString)
                        .toList());
        fields.put("source", suspicion.source());
        fields.put("translation", suspicion.translation());
        return fields;
    }
}
