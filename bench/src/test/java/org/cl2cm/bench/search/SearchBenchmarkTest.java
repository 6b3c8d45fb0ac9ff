package org.cl2cm.bench.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.cl2cm.bench.Results;
import org.cl2cm.bench.Spread;
import org.cl2cm.bench.vectors.ClusteredVectors;
import org.cl2cm.bench.vectors.ExactNeighbours;
import org.cl2cm.bench.vectors.MadeUp;
import org.cl2cm.bench.vectors.VectorStatistics;
import org.cl2cm.search.CollectionInfo;
import org.cl2cm.search.CollectionStats;
import org.cl2cm.search.Collections;
import org.cl2cm.search.EngineSettings;
import org.cl2cm.search.Hit;
import org.cl2cm.search.VectorEngine;
import org.cl2cm.search.VectorQuery;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SearchBenchmarkTest {
    private static final VectorStatistics STATISTICS = MadeUp.statistics(256, 0.97);

    @TempDir
    Path folder = Path.of("");

    @Test
    void everyCaseFindsWhatIsThere() throws IOException {
        Results results = new Results(folder);
        SearchBenchmark benchmark = new SearchBenchmark(results, STATISTICS, 7, System.err::println);
        benchmark.prepare(1000, 20);
        SearchPlan plan = new SearchPlan(folder, 1000, 20, List.of(1, 2), 2, 0.02, 100_000);
        SearchResult result = benchmark.run(plan);

        assertThat(result.measured()).hasSize(SearchCase.values().length * 2 * 2);
        for (SearchResult.Measured one : result.measured()) {
            assertThat(one.recall()).as(one.toString()).isEqualTo(1);
            assertThat(one.perSecond().low()).isPositive();
            assertThat(one.p99()).isGreaterThanOrEqualTo(one.p50());
            assertThat(one.speed() == null).isEqualTo(one.engine().equals(SearchResult.EXACT));
        }
        assertThat(result.build().bytes()).isGreaterThan(1000L * result.dimension() * 5);
        assertThat(result.memory().search()).isGreaterThan(10_000_000);
        assertThat(results.all("search-", SearchResult.class)).containsExactly(result);
        assertThat(folder.resolve("collections/n1000")).doesNotExist();
        // What is there is not made again.
        Path vectors = folder.resolve("vectors.npy");
        Object made = Files.getLastModifiedTime(vectors);
        benchmark.prepare(500, 10);
        assertThat(Files.getLastModifiedTime(vectors)).isEqualTo(made);
    }

    @Test
    void theGraphIsMeasuredWithMoreCandidatesToo() throws IOException {
        Results results = new Results(folder);
        SearchBenchmark benchmark = new SearchBenchmark(results, MadeUp.statistics(32, 0.9), 7, System.err::println);
        benchmark.prepare(3000, 30);
        SearchResult result = benchmark.run(new SearchPlan(folder, 3000, 30, List.of(1), 1, 0.02, 1000));

        assertThat(result.build().method()).isEqualTo("graph");
        assertThat(result.measured())
                .filteredOn(one -> one.what() == SearchCase.ALL)
                .extracting(SearchResult.Measured::engine)
                .containsExactly("exact below 1000", "exact", "200 candidates", "400 candidates", "800 candidates");
        assertThat(result.measured())
                .filteredOn(one -> one.what() == SearchCase.ALL)
                .extracting(SearchResult.Measured::candidates)
                .containsExactly(100, 0, 200, 400, 800);
        assertThat(result.measured())
                .hasSize(5 + 2 * (SearchCase.values().length - 1))
                .allMatch(one -> one.recall() >= 0.95);
    }

    /// The promise of the embedded engine, at a size that a graph takes seconds to build; `bench/run
    /// search` measures it at a hundred thousand and a million.
    @Test
    void theGraphFindsNinetyEightOfAHundred() throws IOException {
        int count = 20_000;
        ClusteredVectors vectors = new ClusteredVectors(STATISTICS, 1);
        Path file = folder.resolve("v.npy");
        vectors.write(file, count);
        Collections collections = Collections.in(folder.resolve("c")).with(new EngineSettings(1000, 4));
        CollectionInfo info = CollectionInfo.of("large", vectors.dimension(), SearchPlan.MODEL)
                .withFields(CollectionBuild.fields());
        CollectionBuild.fill(collections, info, file, count);
        float[][] items = vectors.items(count);
        float[][] queries = vectors.queries(300);
        int[][] truth = ExactNeighbours.of(
                (row, target) -> System.arraycopy(items[row], 0, target, 0, target.length),
                count,
                queries,
                10,
                List.of(row -> true))[0];
        int[][] found = new int[queries.length][];
        try (VectorEngine engine = collections.read("large")) {
            assertThat(engine.stats().method()).isEqualTo(CollectionStats.Method.GRAPH);
            for (int i = 0; i < queries.length; i++) {
                found[i] = engine.search(new VectorQuery(SearchPlan.MODEL, queries[i], 10)).stream()
                        .map(Hit::id)
                        .mapToInt(Integer::parseInt)
                        .toArray();
            }
        }
        double recall = ExactNeighbours.recall(truth, found);
        System.err.println("recall@10 of " + count + " vectors of dimension " + vectors.dimension() + ": " + recall);
        assertThat(recall).isGreaterThanOrEqualTo(0.98);
    }

    @Test
    void aPlanIsReadBackByItsWorker() throws IOException {
        SearchPlan plan = new SearchPlan(Path.of("a b"), 1000, 5, List.of(1, 2), 3, 0.5, 7);
        assertThat(SearchPlan.parse(plan.arguments())).isEqualTo(plan);
        assertThatThrownBy(() -> SearchPlan.parse(List.of("x"))).hasMessageContaining("x");
        assertThatThrownBy(() -> new SearchPlan(Path.of("a"), 99, 5, List.of(1), 3, 1, 7))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void casesKeepWhatTheirFiltersAsk() {
        long[] kept = Arrays.stream(SearchCase.values())
                .mapToLong(what -> java.util.stream.IntStream.range(0, 10_000)
                        .filter(what::keeps)
                        .count())
                .toArray();
        assertThat(kept).containsExactly(10_000, 1000, 100, 9500, 9500);
    }

    @Test
    void aLoopAsksAllQueriesInTurn() throws IOException {
        int[] asked = new int[3];
        SearchLoop.Loop loop = SearchLoop.run(
                query -> {
                    synchronized (asked) {
                        asked[query]++;
                    }
                },
                3,
                2,
                0.05);
        assertThat(loop.nanoseconds()).hasSize(2);
        long count = loop.nanoseconds().stream().mapToLong(part -> part.length).sum();
        assertThat(count).isEqualTo(Arrays.stream(asked).sum());
        assertThat(loop.perSecond()).isCloseTo(count * 1e9 / loop.elapsed(), within(1e-6));
        assertThat(asked[0] - asked[1]).isBetween(-2, 2);
        assertThatThrownBy(() -> SearchLoop.run(
                        query -> {
                            throw new IOException("no index");
                        },
                        3,
                        1,
                        0.05))
                .hasMessageContaining("no index");
    }

    @Test
    void aPeerIsTakenAtTheFewestCandidatesThatFindEnough() {
        Spread some = new Spread(1, 1, 1);
        PeerResult peer = new PeerResult(
                "hnswlib 1",
                "hnswlib",
                10,
                4,
                1,
                1,
                new PeerResult.Build(1, 2, 3, 4),
                List.of(
                        new PeerResult.Point(64, 1, 0.99, some, 1, 1, 1),
                        new PeerResult.Point(32, 1, 0.98, some, 1, 1, 1),
                        new PeerResult.Point(16, 1, 0.9, some, 1, 1, 1),
                        new PeerResult.Point(16, 2, 0.99, some, 1, 1, 1)),
                null);
        assertThat(peer.atLeast(0.95, 1).map(PeerResult.Point::ef)).hasValue(32);
        assertThat(peer.atLeast(0.999, 1)).isEmpty();
        assertThat(peer.title()).isEqualTo("hnswlib 1");
    }
}
