package org.cl2cm.cli.reproduce;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.cl2cm.data.DataException;
import org.cl2cm.data.Item;
import org.cl2cm.data.Manifest;
import org.cl2cm.evaluate.RunFile;
import org.jspecify.annotations.Nullable;

/// A table of results that is still to be made: the content of a file in `reproduce/`.
///
/// @param title of the page
/// @param about paragraphs under the title
/// @param manifest beside the plan, unless absolute
/// @param encoders of the images, likewise; empty where the features are ready-made
/// @param features ready-made ones, likewise; empty where the images are to be encoded
/// @param mirror whether the mirror image counts as well, see `encode --mirror`
/// @param parallel JSONL files of captions and translations without images, likewise beside the plan
/// @param queries that are scored: split and language, the most important first
/// @param settings of every row, keys and values as in `train --set`, and those of [Encoding]
/// @param rows of the table
/// @param compare pairs of rows, B against A
public record Plan(
        String title,
        String about,
        Path manifest,
        List<Path> encoders,
        Optional<Path> features,
        boolean mirror,
        List<Path> parallel,
        List<Query> queries,
        Map<String, Object> settings,
        List<Row> rows,
        List<Pair> compare) {

    /// The human captions of a split in one language, `split/language` in the file.
    public record Query(String split, String language) {
        /// The file of their ranks in a run's folder.
        public Path file(Path run) {
            return run.resolve("ranks").resolve(split + "." + language + RunFile.SUFFIX);
        }

        @Override
        public String toString() {
            return split + "/" + language;
        }
    }

    /// A row of the table.
    ///
    /// @param name in the table
    /// @param about what it is, for the page
    /// @param linear whether it is linear CCA, which has no settings, instead of a trained network
    /// @param seeds one run each
    /// @param settings on top of the plan's, those of the row that it is like included
    /// @param teacherOf a row above with the same seeds, whose teachers this one takes instead of
    ///     training its own
    /// @param reranks likewise, one whose networks this one takes to train a re-ranker for them
    public record Row(
            String name,
            String about,
            boolean linear,
            List<Long> seeds,
            Map<String, Object> settings,
            Optional<String> teacherOf,
            Optional<String> reranks) {
        /// Name of its folder.
        public String folder() {
            return Plan.folder(name);
        }
    }

    /// How the images of a row are encoded, besides what the plan says of all: its settings
    /// `encode.output` and `encode.pool`.
    ///
    /// @param output see `encode --output`; empty for the usual one
    /// @param pool see `encode --pool`
    public record Encoding(String output, int pool) {
        private static final String PREFIX = "encode.";
        private static final String OUTPUT = PREFIX + "output";
        private static final String POOL = PREFIX + "pool";

        private static Encoding of(Map<String, Object> settings) {
            for (String key : settings.keySet()) {
                if (key.startsWith(PREFIX) && !key.equals(OUTPUT) && !key.equals(POOL)) {
                    throw new IllegalArgumentException(
                            "unknown key \"" + key + "\"; there are " + OUTPUT + " and " + POOL);
                }
            }
            if (!(settings.getOrDefault(POOL, 0) instanceof Integer pool) || pool < 0) {
                throw new IllegalArgumentException(
                        "key \"" + POOL + "\": " + settings.get(POOL) + " is no whole number");
            }
            return new Encoding(String.valueOf(settings.getOrDefault(OUTPUT, "")), pool);
        }

        /// Options of `encode`.
        public List<String> options() {
            List<String> options = new ArrayList<>();
            if (!output.isEmpty()) {
                options.addAll(List.of("--output", output));
            }
            if (pool > 0) {
                options.addAll(List.of("--pool", String.valueOf(pool)));
            }
            return options;
        }

        /// Whether it is as usual.
        public boolean isUsual() {
            return options().isEmpty();
        }

        /// Name of the folder that the features go to.
        public String folder() {
            return "features" + (output.isEmpty() ? "" : "-" + Plan.folder(output)) + (pool == 0 ? "" : "-" + pool);
        }
    }

    /// How the images of a row are encoded.
    public Encoding encoding(Row row) {
        return Encoding.of(all(row));
    }

    /// What `train` is told of a row: all settings but those of [Encoding].
    public Map<String, Object> training(Row row) {
        Map<String, Object> settings = all(row);
        settings.keySet().removeIf(key -> key.startsWith(Encoding.PREFIX));
        return settings;
    }

    private Map<String, Object> all(Row row) {
        Map<String, Object> all = new LinkedHashMap<>(settings);
        all.putAll(row.settings());
        return all;
    }

    /// Name of the folder of a row.
    public static String folder(String row) {
        return row.toLowerCase(java.util.Locale.ROOT)
                .replace("+", "-plus-")
                .replaceAll("[^\\p{L}\\p{N}]+", "-")
                .replaceAll("^-|-$", "");
    }

    /// Two rows that are compared seed by seed.
    public record Pair(String a, String b) {}

    private static final JsonMapper YAML = JsonMapper.builder(new YAMLFactory())
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    /// As it stands in the file.
    private record Content(
            @Nullable String title,
            @Nullable String about,
            @Nullable String manifest,
            @Nullable List<String> encoders,
            @Nullable String features,
            boolean mirror,
            @Nullable List<String> parallel,
            @Nullable List<String> queries,
            @Nullable Map<String, Object> settings,
            @Nullable List<RowContent> rows,
            @Nullable List<List<String>> compare) {}

    private record RowContent(
            @Nullable String name,
            @Nullable String about,
            boolean linear,
            @Nullable List<Long> seeds,
            @Nullable String like,
            @Nullable String teacherOf,
            @Nullable String reranks,
            @Nullable Map<String, Object> settings) {}

    /// @throws DataException when the file is no plan, naming line or key
    public static Plan read(Path file) throws IOException {
        Content content;
        try {
            content = YAML.readValue(file.toFile(), Content.class);
        } catch (JsonProcessingException e) {
            long line = e.getLocation() == null ? 1 : e.getLocation().getLineNr();
            throw DataException.at(file, line, e.getOriginalMessage());
        }
        Path folder = file.toAbsolutePath().resolveSibling("");
        List<Row> rows = new ArrayList<>();
        for (RowContent row : required(file, "rows", content.rows())) {
            String name = required(file, "rows.name", row.name());
            Map<String, Object> settings = new LinkedHashMap<>();
            if (row.like() != null) {
                settings.putAll(above(file, rows, name, "like", row.like()).settings());
            }
            settings.putAll(settings(row.settings()));
            List<Long> seeds = row.seeds() == null ? List.of(1L) : List.copyOf(row.seeds());
            checkSeeds(file, rows, name, seeds, "teacher_of", row.teacherOf());
            checkSeeds(file, rows, name, seeds, "reranks", row.reranks());
            rows.add(new Row(
                    name,
                    row.about() == null ? "" : row.about().strip(),
                    row.linear(),
                    seeds,
                    settings,
                    Optional.ofNullable(row.teacherOf()),
                    Optional.ofNullable(row.reranks())));
        }
        List<Pair> pairs = new ArrayList<>();
        for (List<String> pair : content.compare() == null ? List.<List<String>>of() : content.compare()) {
            if (pair.size() != 2) {
                throw DataException.in(file, "key \"compare\": " + pair + ": two rows each, [A, B] for B against A");
            }
            pairs.add(new Pair(pair.getFirst(), pair.getLast()));
        }
        Plan plan = new Plan(
                required(file, "title", content.title()),
                content.about() == null ? "" : content.about().strip(),
                folder.resolve(required(file, "manifest", content.manifest())).normalize(),
                paths(folder, content.encoders() == null ? List.of() : content.encoders()),
                Optional.ofNullable(content.features())
                        .map(name -> folder.resolve(name).normalize()),
                content.mirror(),
                paths(folder, content.parallel() == null ? List.of() : content.parallel()),
                queries(file, required(file, "queries", content.queries())),
                settings(content.settings()),
                rows,
                pairs);
        plan.check(file);
        return plan;
    }

    private static void checkSeeds(
            Path file, List<Row> rows, String name, List<Long> seeds, String key, @Nullable String wanted)
            throws DataException {
        if (wanted != null && !above(file, rows, name, key, wanted).seeds().containsAll(seeds)) {
            throw DataException.in(
                    file,
                    "row \"" + name + "\", key \"" + key + "\": the row \"" + wanted + "\" has not all of its seeds");
        }
    }

    private static Row above(Path file, List<Row> rows, String name, String key, String wanted) throws DataException {
        return rows.stream()
                .filter(before -> before.name().equals(wanted))
                .findFirst()
                .orElseThrow(() -> DataException.in(
                        file, "row \"" + name + "\", key \"" + key + "\": no row \"" + wanted + "\" stands before it"));
    }

    private static List<Query> queries(Path file, List<String> names) throws DataException {
        List<Query> queries = new ArrayList<>();
        for (String name : names) {
            int slash = name.indexOf('/');
            if (slash <= 0 || slash == name.length() - 1) {
                throw DataException.in(file, "key \"queries\": \"" + name + "\": write split/language, e.g. test/zh");
            }
            queries.add(new Query(name.substring(0, slash), name.substring(slash + 1)));
        }
        if (queries.isEmpty()) {
            throw DataException.in(file, "key \"queries\" names none");
        }
        return queries;
    }

    private static List<Path> paths(Path folder, List<String> names) {
        return names.stream().map(name -> folder.resolve(name).normalize()).toList();
    }

    private void check(Path file) throws DataException {
        if (encoders.isEmpty() == features.isEmpty()) {
            throw DataException.in(file, "set either the key \"encoders\" or the key \"features\"");
        }
        Set<String> names = new HashSet<>();
        for (Row row : rows) {
            if (!names.add(row.folder())) {
                throw DataException.in(file, "key \"rows\": two rows share the folder \"" + row.folder() + "\"");
            }
            if (row.seeds().isEmpty()) {
                throw DataException.in(file, "key \"rows.seeds\": the row \"" + row.name() + "\" has none");
            }
            checkEncoding(file, row);
        }
        for (Pair pair : compare) {
            if (Collections.disjoint(row(pair.a()).seeds(), row(pair.b()).seeds())) {
                throw DataException.in(
                        file, "key \"compare\": \"" + pair.a() + "\" and \"" + pair.b() + "\" share no seed");
            }
        }
    }

    private void checkEncoding(Path file, Row row) throws DataException {
        try {
            if (!encoding(row).isUsual() && features.isPresent()) {
                throw new IllegalArgumentException("the features are ready-made, so nothing is encoded");
            }
        } catch (IllegalArgumentException e) {
            throw DataException.in(file, "row \"" + row.name() + "\": " + e.getMessage());
        }
    }

    /// Sees that the manifest has human captions to score the queries with: better now than after the
    /// training.
    ///
    /// @throws DataException when a split or a language of the queries is not there, naming it
    public void checkQueries() throws IOException {
        Manifest content = Manifest.read(manifest);
        for (Query query : queries) {
            List<Item> items = content.split(query.split());
            if (items.isEmpty()) {
                throw DataException.in(manifest, "no item is in the split of the queries \"" + query + "\"");
            }
            if (items.stream()
                    .allMatch(item -> item.captions(query.language()).stream().allMatch(String::isBlank))) {
                throw DataException.in(manifest, "there are no captions for the queries \"" + query + "\"");
            }
        }
    }

    /// @throws IllegalArgumentException when there is none of that name
    public Row row(String name) {
        return rows.stream()
                .filter(row -> row.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no row \"" + name + "\"; there are "
                        + rows.stream().map(Row::name).toList()));
    }

    private static Map<String, Object> settings(@Nullable Map<String, Object> settings) {
        return settings == null ? Map.of() : new LinkedHashMap<>(settings);
    }

    private static <T> T required(Path file, String key, @Nullable T value) throws DataException {
        if (value == null) {
            throw DataException.in(file, "key \"" + key + "\" is missing");
        }
        return value;
    }
}
