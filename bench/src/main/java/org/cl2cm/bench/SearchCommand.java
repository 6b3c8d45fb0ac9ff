package org.cl2cm.bench;

import java.io.IOException;
import java.util.concurrent.Callable;
import org.cl2cm.bench.search.SearchBenchmark;
import org.cl2cm.bench.search.SearchPlan;
import org.cl2cm.bench.search.SearchResult;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// The embedded engine at several sizes.
@Command(
        name = "search",
        description = {
            "The embedded engine with default settings beside exact search, at several sizes:",
            "build time, size, memory, queries a second, latency, recall@10; with filters, and after deletions.",
        },
        mixinStandardHelpOptions = true)
final class SearchCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private SizesOption sizes = new SizesOption();

    @Mixin
    private VectorsOption vectors = new VectorsOption();

    @Mixin
    private WorkOption work = new WorkOption();

    @Override
    public Integer call() throws IOException {
        Results results = work.results();
        SearchBenchmark benchmark =
                vectors.benchmark(results, spec.commandLine().getErr());
        benchmark.prepare(sizes.largest(), sizes.queries());
        for (SearchPlan plan : sizes.plans(results)) {
            SearchResult result = benchmark.run(plan);
            SearchTables.search(result).forEach(spec.commandLine().getOut()::println);
            spec.commandLine().getOut().flush();
        }
        return 0;
    }
}
