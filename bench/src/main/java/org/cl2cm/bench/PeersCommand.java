package org.cl2cm.bench;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import org.cl2cm.bench.search.PeerBenchmark;
import org.cl2cm.bench.search.PeerResult;
import org.cl2cm.bench.search.SearchPlan;
import org.cl2cm.bench.search.SearchResult;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// Other libraries at the same sizes.
@Command(
        name = "peers",
        description = {
            "hnswlib and faiss on the vectors and queries of the last \"search\", with the same options.",
            "What is missing is left out; Debian:",
            "  apt-get install --no-install-recommends python3-hnswlib python3-faiss",
        },
        mixinStandardHelpOptions = true)
final class PeersCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--indexes",
            split = ",",
            defaultValue = "hnswlib,hnsw,hnsw-sq8,flat",
            description = "hnswlib, and hnsw, hnsw-sq8 and flat of faiss (default: ${DEFAULT-VALUE})")
    private List<String> indexes = List.of();

    @Mixin
    private SizesOption sizes = new SizesOption();

    @Mixin
    private WorkOption work = new WorkOption();

    @Override
    public Integer call() throws IOException {
        Results results = work.results();
        PrintWriter err = spec.commandLine().getErr();
        PeerBenchmark benchmark = new PeerBenchmark(
                WorkOption.root().resolve("bench/peers/neighbours.py"),
                results,
                line -> err.println("bench/run: " + line));
        for (SearchPlan plan : sizes.plans(results)) {
            benchmark.run(plan, indexes);
        }
        SearchTables.peers(results.all("search-", SearchResult.class), results.all("peer-", PeerResult.class))
                .forEach(spec.commandLine().getOut()::println);
        return 0;
    }
}
