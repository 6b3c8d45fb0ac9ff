package org.cl2cm.cli.reproduce;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import org.cl2cm.data.AtomicFile;
import org.cl2cm.data.DataException;
import org.cl2cm.evaluate.Ranks;
import org.jspecify.annotations.Nullable;

/// What is kept of the runs of a table: for each one its settings, the rank of every query and what it
/// cost, but no weights. Small enough to be checked in, so that a table can be added to on another
/// machine, and another system compared with it query by query.
///
/// `<row>.<seed>.json` holds a run, `queries.<split>.<language>.json` the ids that the ranks of all
/// runs belong to:
///
/// ```json
/// {"row": "base+", "seed": 1, "settings": {"loss.vs": "0"}, "revision": "f0f81e7", "machine": "…",
///  "seconds": {"student": 245.1}, "peak_mb": 964, "epochs": 12, "best_epoch": 11,
///  "ranks": {"test/zh": {"t2i": [1, 40, 3], "i2t": [2], "ap": [0.4122]}}}
/// {"gallery": ["7"], "queries": ["7#0", "7#1", "7#2"], "targets": [0, 0, 0]}
/// ```
///
/// Safe for use by many threads that write different runs.
public final class Records {
    private static final JsonMapper JSON = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .build();
    /// Of an average precision in a file.
    private static final double DIGITS = 1e4;

    private final Path folder;
    private final Plan plan;

    /// @param folder made when the first record is written
    /// @param plan the table
    public Records(Path folder, Plan plan) {
        this.folder = folder;
        this.plan = plan;
    }

    /// A run as it stands in its file.
    private record Run(
            String row,
            long seed,
            Map<String, String> settings,
            String revision,
            String machine,
            Map<String, Double> seconds,
            long peakMb,
            int epochs,
            int bestEpoch,
            Map<String, RunRanks> ranks) {}

    private record RunRanks(int[] t2i, int[] i2t, double[] ap) {}

    private record Queries(List<String> gallery, List<String> queries, int[] targets) {
        static Queries of(Ranks ranks) {
            int[] targets = new int[ranks.queryCount()];
            Arrays.setAll(targets, ranks::target);
            return new Queries(ranks.galleryIds(), ranks.queryIds(), targets);
        }

        boolean same(Queries other) {
            return gallery.equals(other.gallery)
                    && queries.equals(other.queries)
                    && Arrays.equals(targets, other.targets);
        }
    }

    /// Whether the run has ended and its record is here.
    public boolean holds(Plan.Row row, long seed) {
        return Files.exists(file(row, seed));
    }

    private Path file(Plan.Row row, long seed) {
        return folder.resolve(row.folder() + "." + seed + ".json");
    }

    private Path file(Plan.Query query) {
        return folder.resolve("queries." + query.split() + "." + query.language() + ".json");
    }

    /// Sees that the record of a run was made with the settings that the plan has now.
    ///
    /// @throws DataException when not, naming file and key
    public void check(Plan.Row row, long seed) throws IOException {
        if (holds(row, seed)) {
            run(row, seed);
        }
    }

    private Run run(Plan.Row row, long seed) throws IOException {
        Path file = file(row, seed);
        Run run = read(file, Run.class);
        Map<String, String> wanted = settings(row);
        TreeSet<String> keys = new TreeSet<>(wanted.keySet());
        keys.addAll(run.settings().keySet());
        for (String key : keys) {
            if (!Objects.equals(wanted.get(key), run.settings().get(key))) {
                throw DataException.in(
                        file,
                        "the run had " + described(key, run.settings().get(key)) + ", the plan has "
                                + described(key, wanted.get(key)) + "; remove the file to train the run again");
            }
        }
        return run;
    }

    private static String described(String key, @Nullable String value) {
        return value == null ? "no \"" + key + "\"" : "\"" + key + "\": " + value;
    }

    private Map<String, String> settings(Plan.Row row) {
        Map<String, String> settings = new LinkedHashMap<>();
        if (!row.linear()) {
            plan.settings().forEach((key, value) -> settings.put(key, String.valueOf(value)));
            row.settings().forEach((key, value) -> settings.put(key, String.valueOf(value)));
        }
        return settings;
    }

    /// @throws DataException when the file is broken or of other settings, naming file and key
    public Outcome read(Plan.Row row, long seed) throws IOException {
        Run run = run(row, seed);
        Map<Plan.Query, Ranks> ranks = new LinkedHashMap<>();
        for (Plan.Query query : plan.queries()) {
            RunRanks found = run.ranks().get(query.toString());
            if (found == null) {
                throw DataException.in(file(row, seed), "key \"ranks\": there are none of the queries " + query);
            }
            Queries queries = read(file(query), Queries.class);
            try {
                ranks.put(
                        query,
                        new Ranks(
                                queries.gallery(),
                                queries.queries(),
                                queries.targets(),
                                found.t2i(),
                                found.i2t(),
                                found.ap()));
            } catch (IllegalArgumentException e) {
                throw DataException.in(file(row, seed), "key \"ranks\", " + query + ": " + e.getMessage(), e);
            }
        }
        return new Outcome(
                seed,
                ranks,
                run.seconds(),
                run.peakMb(),
                run.epochs(),
                run.bestEpoch(),
                new Outcome.Made(run.revision(), run.machine()));
    }

    private static <T> T read(Path file, Class<T> type) throws IOException {
        try {
            return JSON.readValue(file.toFile(), type);
        } catch (JsonProcessingException e) {
            long line = e.getLocation() == null ? 1 : e.getLocation().getLineNr();
            throw DataException.at(file, line, e.getOriginalMessage());
        }
    }

    /// Keeps how a run ended.
    ///
    /// @throws DataException when other runs were scored on other queries
    public void write(Plan.Row row, Outcome outcome) throws IOException {
        Map<String, RunRanks> ranks = new LinkedHashMap<>();
        for (Plan.Query query : plan.queries()) {
            Ranks found = Objects.requireNonNull(outcome.ranks().get(query));
            keep(query, Queries.of(found));
            ranks.put(query.toString(), ranks(found));
        }
        Map<String, Double> seconds = new LinkedHashMap<>();
        outcome.seconds().forEach((stage, value) -> seconds.put(stage, Math.round(10 * value) / 10.0));
        Run run = new Run(
                row.name(),
                outcome.seed(),
                settings(row),
                outcome.made().revision(),
                outcome.made().machine(),
                seconds,
                outcome.peakMegabytes(),
                outcome.epochs(),
                outcome.bestEpoch(),
                ranks);
        write(file(row, outcome.seed()), run);
    }

    private synchronized void keep(Plan.Query query, Queries queries) throws IOException {
        Path file = file(query);
        if (!Files.exists(file)) {
            write(file, queries);
        } else if (!read(file, Queries.class).same(queries)) {
            throw DataException.in(
                    file, "earlier runs were scored on other queries of " + query + ": give another --records folder");
        }
    }

    private static void write(Path file, Object content) throws IOException {
        AtomicFile.write(file, out -> {
            out.write(JSON.writeValueAsBytes(content));
            out.write('\n');
        });
    }

    private static RunRanks ranks(Ranks ranks) {
        int[] queries = new int[ranks.queryCount()];
        Arrays.setAll(queries, ranks::textToImage);
        int[] items = new int[ranks.gallerySize()];
        Arrays.setAll(items, ranks::imageToText);
        double[] precision = new double[ranks.gallerySize()];
        Arrays.setAll(precision, item -> Math.round(DIGITS * ranks.averagePrecision(item)) / DIGITS);
        return new RunRanks(queries, items, precision);
    }
}
