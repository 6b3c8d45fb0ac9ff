package org.cl2cm.bench.search;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.cl2cm.bench.ChildJvm;
import org.cl2cm.bench.Latencies;
import org.cl2cm.bench.Ratio;
import org.cl2cm.bench.Results;
import org.cl2cm.bench.Spread;
import org.cl2cm.bench.vectors.ExactNeighbours;
import org.cl2cm.bench.vectors.VectorFile;
import org.cl2cm.search.CollectionInfo;
import org.cl2cm.search.CollectionStats;
import org.cl2cm.search.Collections;
import org.cl2cm.search.EngineSettings;
import org.cl2cm.search.Filter;
import org.cl2cm.search.Hit;
import org.cl2cm.search.VectorEngine;
import org.cl2cm.search.VectorQuery;

/// The process that is measured, one for each stage of a size, so that its memory is that of the stage.
/// Prints one line of JSON for each result.
final class SearchWorker {
    private static final Logger LUCENE = Logger.getLogger("org.apache.lucene.internal.vectorization");
    private static final List<Integer> OVERSAMPLING = List.of(20, 40, 80);
    private static final int CHECKED_EXACTLY = 100;

    /// A stage of the measurement.
    enum Stage {
        BUILD,
        SEARCH,
        AFTER
    }

    private final SearchPlan plan;
    private final float[][] queries;
    private final Map<SearchCase, int[][]> truth;

    private SearchWorker(SearchPlan plan) throws IOException {
        this.plan = plan;
        try (VectorFile file = VectorFile.open(plan.queriesFile())) {
            this.queries = file.first(plan.queries());
        }
        this.truth = truth(plan.truth());
    }

    /// @param arguments the stage, then those of the plan
    public static void main(String[] arguments) throws IOException {
        LUCENE.setLevel(Level.WARNING);
        Stage stage = Stage.valueOf(arguments[0]);
        SearchPlan plan = SearchPlan.parse(Arrays.asList(arguments).subList(1, arguments.length));
        if (stage == Stage.BUILD) {
            build(plan);
        } else {
            new SearchWorker(plan).search(stage);
        }
    }

    private static void build(SearchPlan plan) throws IOException {
        int dimension;
        try (VectorFile file = VectorFile.open(plan.vectors())) {
            dimension = file.dimension();
        }
        CollectionInfo info = CollectionInfo.of(plan.collection(), dimension, SearchPlan.MODEL)
                .withFields(CollectionBuild.fields());
        SearchResult.Build build = CollectionBuild.run(
                Collections.in(plan.collections()).with(plan.settings()), info, plan.vectors(), plan.rows());
        System.out.println("build " + Results.line(build));
        System.out.println("memory " + ChildJvm.peakMemory());
    }

    static Map<SearchCase, int[][]> truth(Path file) throws IOException {
        int[][][] rows = Results.parse(file, Files.readString(file), int[][][].class);
        Map<SearchCase, int[][]> truth = new EnumMap<>(SearchCase.class);
        SearchCase[] cases = SearchCase.values();
        for (int i = 0; i < cases.length; i++) {
            truth.put(cases[i], rows[i]);
        }
        return truth;
    }

    private void search(Stage stage) throws IOException {
        Collections collections = Collections.in(plan.collections()).with(plan.settings());
        if (stage == Stage.SEARCH) {
            for (SearchCase what : List.of(SearchCase.ALL, SearchCase.TENTH, SearchCase.HUNDREDTH)) {
                measure(collections, what);
            }
            System.out.println("memory " + ChildJvm.peakMemory());
            return;
        }
        try (VectorEngine engine = collections.write(plan.collection())) {
            List<String> gone = new ArrayList<>();
            for (int row = 0; row < plan.rows(); row++) {
                if (!SearchCase.isLeft(row)) {
                    gone.add(Integer.toString(row));
                }
            }
            engine.delete(gone);
        }
        measure(collections, SearchCase.DELETED);
        collections.compact(plan.collection(), 1, false);
        measure(collections, SearchCase.COMPACTED);
    }

    /// An engine with its settings, open.
    private record Engine(String name, int candidates, VectorEngine engine) {}

    private void measure(Collections collections, SearchCase what) throws IOException {
        List<Engine> engines = new ArrayList<>();
        try {
            engines.add(open(collections, plan.engine(), plan.settings()));
            engines.add(open(collections, SearchResult.EXACT, new EngineSettings(Integer.MAX_VALUE, 1)));
            boolean graph = engines.getFirst().engine.stats().method() == CollectionStats.Method.GRAPH;
            if (graph && what == SearchCase.ALL) {
                for (int oversampling : OVERSAMPLING) {
                    EngineSettings settings = new EngineSettings(plan.exactBelow(), oversampling);
                    engines.add(open(collections, settings.candidates(SearchPlan.TOP) + " candidates", settings));
                }
            }
            measure(engines, what);
        } finally {
            for (Engine engine : engines) {
                engine.engine.close();
            }
        }
    }

    private Engine open(Collections collections, String name, EngineSettings settings) throws IOException {
        VectorEngine engine = collections.with(settings).read(plan.collection());
        boolean graph = engine.stats().method() == CollectionStats.Method.GRAPH;
        return new Engine(name, graph ? settings.candidates(SearchPlan.TOP) : 0, engine);
    }

    private void measure(List<Engine> engines, SearchCase what) throws IOException {
        Optional<Filter> filter = what.filter()
                .map(text -> Filter.parse(text, engines.getFirst().engine.info().fields()));
        List<Double> recalls = new ArrayList<>();
        for (Engine engine : engines) {
            recalls.add(recall(engine, what, filter));
        }
        for (int threads : plan.threads()) {
            double[][] perSecond = new double[engines.size()][plan.rounds()];
            List<List<long[]>> times = new ArrayList<>();
            for (Engine engine : engines) {
                times.add(new ArrayList<>());
                loop(engine, filter, threads);
            }
            for (int round = 0; round < plan.rounds(); round++) {
                for (int turn = 0; turn < engines.size(); turn++) {
                    int at = (round + turn) % engines.size();
                    SearchLoop.Loop loop = loop(engines.get(at), filter, threads);
                    perSecond[at][round] = loop.perSecond();
                    times.get(at).addAll(loop.nanoseconds());
                }
            }
            for (int i = 0; i < engines.size(); i++) {
                Latencies latencies = Latencies.of(times.get(i).toArray(long[][]::new));
                Engine engine = engines.get(i);
                System.out.println("measured "
                        + Results.line(new SearchResult.Measured(
                                what,
                                engine.name,
                                engine.candidates,
                                threads,
                                recalls.get(i),
                                Spread.of(perSecond[i]),
                                latencies.percentile(0.5),
                                latencies.percentile(0.95),
                                latencies.percentile(0.99),
                                engine.name.equals(SearchResult.EXACT) ? null : Ratio.of(perSecond[i], perSecond[1]))));
            }
        }
        System.err.printf(
                Locale.ROOT,
                "bench/run: %,d items, %s: recall@10 %.4f%n",
                plan.rows(),
                what.title(),
                recalls.getFirst());
    }

    private SearchLoop.Loop loop(Engine engine, Optional<Filter> filter, int threads) throws IOException {
        return SearchLoop.run(
                query -> engine.engine.search(asked(query, filter)), queries.length, threads, plan.seconds());
    }

    private VectorQuery asked(int query, Optional<Filter> filter) {
        return new VectorQuery(SearchPlan.MODEL, queries[query], SearchPlan.TOP).among(filter);
    }

    /// Exact search is compared for a part of the queries only: it takes long, and finds what is there.
    private double recall(Engine engine, SearchCase what, Optional<Filter> filter) throws IOException {
        int count = engine.name.equals(SearchResult.EXACT) ? Math.min(CHECKED_EXACTLY, queries.length) : queries.length;
        int[][] found = new int[count][];
        for (int query = 0; query < count; query++) {
            found[query] = engine.engine.search(asked(query, filter)).stream()
                    .map(Hit::id)
                    .mapToInt(Integer::parseInt)
                    .toArray();
        }
        return ExactNeighbours.recall(truth.getOrDefault(what, new int[0][]), found);
    }
}
