package org.cl2cm.bench.search;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.IntPredicate;
import org.cl2cm.bench.ChildJvm;
import org.cl2cm.bench.Conditions;
import org.cl2cm.bench.Folders;
import org.cl2cm.bench.Results;
import org.cl2cm.bench.vectors.ClusteredVectors;
import org.cl2cm.bench.vectors.ExactNeighbours;
import org.cl2cm.bench.vectors.VectorFile;
import org.cl2cm.bench.vectors.VectorStatistics;
import org.cl2cm.data.AtomicFile;

/// The embedded engine with generated vectors of one size after another, default settings beside exact
/// search.
public final class SearchBenchmark {
    private final Results results;
    private final VectorStatistics statistics;
    private final long seed;
    private final Consumer<String> log;

    /// @param results where vectors, collections and results go
    /// @param seed of the vectors
    /// @param log hears how far it has come
    public SearchBenchmark(Results results, VectorStatistics statistics, long seed, Consumer<String> log) {
        this.results = results;
        this.statistics = statistics;
        this.seed = seed;
        this.log = log;
    }

    /// Writes vectors and queries, unless they are there already, or more of the same.
    ///
    /// @param rows of the largest size
    public void prepare(int rows, int queries) throws IOException {
        String made = Results.text(List.of(statistics, seed));
        Path note = results.folder().resolve("vectors.made");
        Path items = results.folder().resolve("vectors.npy");
        Path asked = results.folder().resolve("queries.npy");
        boolean same = Files.exists(note) && Files.readString(note).equals(made);
        ClusteredVectors vectors = new ClusteredVectors(statistics, seed);
        if (!same || rowsOf(items) < rows) {
            Files.deleteIfExists(note);
            log.accept(String.format(Locale.ROOT, "making %,d vectors of dimension %d", rows, statistics.dimension()));
            vectors.write(items, rows);
        }
        if (!same || rowsOf(asked) < queries) {
            vectors.writeQueries(asked, queries);
        }
        AtomicFile.write(note, made);
    }

    private static int rowsOf(Path file) throws IOException {
        if (!Files.exists(file)) {
            return 0;
        }
        try (VectorFile vectors = VectorFile.open(file)) {
            return vectors.rows();
        }
    }

    /// Measures one size, writes the result as `search-<rows>.json`, and removes the collection.
    public SearchResult run(SearchPlan plan) throws IOException {
        writeTruth(plan);
        log.accept(String.format(Locale.ROOT, "%,d items: building", plan.rows()));
        List<String> built = worker(SearchWorker.Stage.BUILD, plan);
        SearchResult.Build build = one(built, "build ", SearchResult.Build.class);
        log.accept(String.format(Locale.ROOT, "%,d items: built in %.1f s; searching", plan.rows(), build.seconds()));
        List<String> searched = worker(SearchWorker.Stage.SEARCH, plan);
        List<String> after = worker(SearchWorker.Stage.AFTER, plan);
        List<SearchResult.Measured> measured = new ArrayList<>();
        for (List<String> lines : List.of(searched, after)) {
            for (String line : lines) {
                if (line.startsWith("measured ")) {
                    measured.add(parse(line.substring("measured ".length()), SearchResult.Measured.class));
                }
            }
        }
        SearchResult result = new SearchResult(
                plan.rows(),
                statistics.dimension(),
                statistics.about(),
                plan.queries(),
                plan.rounds(),
                plan.seconds(),
                build,
                new SearchResult.Memory(one(built, "memory ", Long.class), one(searched, "memory ", Long.class)),
                measured,
                Conditions.now());
        results.write(String.format(Locale.ROOT, "search-%09d", plan.rows()), result);
        Folders.remove(plan.collections().resolve(plan.collection()));
        return result;
    }

    private void writeTruth(SearchPlan plan) throws IOException {
        log.accept(
                String.format(Locale.ROOT, "%,d items: true neighbours of %,d queries", plan.rows(), plan.queries()));
        try (VectorFile vectors = VectorFile.open(plan.vectors());
                VectorFile queries = VectorFile.open(plan.queriesFile())) {
            int[][][] truth = ExactNeighbours.of(
                    vectors::get,
                    plan.rows(),
                    queries.first(plan.queries()),
                    SearchPlan.TOP,
                    Arrays.stream(SearchCase.values())
                            .map(what -> (IntPredicate) what::keeps)
                            .toList());
            AtomicFile.write(plan.truth(), Results.line(truth));
        }
    }

    private static List<String> worker(SearchWorker.Stage stage, SearchPlan plan) throws IOException {
        List<String> arguments = new ArrayList<>(List.of(stage.name()));
        arguments.addAll(plan.arguments());
        return ChildJvm.run(ChildJvm.command(SearchWorker.class, arguments));
    }

    private static <T> T one(List<String> lines, String prefix, Class<T> type) throws IOException {
        String line = lines.stream()
                .filter(text -> text.startsWith(prefix))
                .findFirst()
                .orElseThrow(() -> new IOException("the worker printed no line \"" + prefix.strip() + "\""));
        return parse(line.substring(prefix.length()), type);
    }

    private static <T> T parse(String text, Class<T> type) throws IOException {
        return Results.parse(Path.of("the worker's output"), text, type);
    }
}
