package org.cl2cm.bench;

import java.util.List;
import org.cl2cm.bench.search.SearchPlan;
import picocli.CommandLine.Option;

/// What is searched, and for how long, the same options for `search` and `peers`.
final class SizesOption {
    @Option(
            names = "--sizes",
            split = ",",
            defaultValue = "10000,100000,1000000",
            description = "numbers of vectors (default: ${DEFAULT-VALUE})")
    private List<Integer> sizes = List.of();

    @Option(names = "--queries", defaultValue = "1000", description = "different ones (default: ${DEFAULT-VALUE})")
    private int queries;

    @Option(
            names = "--threads",
            split = ",",
            defaultValue = "1,2",
            description = "that search at the same time (default: ${DEFAULT-VALUE})")
    private List<Integer> threads = List.of();

    @Option(names = "--rounds", defaultValue = "3", description = "measured (default: ${DEFAULT-VALUE})")
    private int rounds;

    @Option(
            names = "--seconds",
            defaultValue = "5",
            description = "of one engine in a round (default: ${DEFAULT-VALUE})")
    private double seconds;

    @Option(
            names = "--exact-below",
            defaultValue = "100000",
            description = "the graph is used from so many vectors on (default: ${DEFAULT-VALUE}, that of the engine)")
    private int exactBelow;

    int largest() {
        return sizes.stream().mapToInt(Integer::intValue).max().orElse(0);
    }

    int queries() {
        return queries;
    }

    List<SearchPlan> plans(Results results) {
        return sizes.stream()
                .sorted()
                .map(size -> new SearchPlan(results.folder(), size, queries, threads, rounds, seconds, exactBelow))
                .toList();
    }
}
