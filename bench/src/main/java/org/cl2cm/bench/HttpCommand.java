package org.cl2cm.bench;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import org.cl2cm.bench.http.HttpBenchmark;
import org.cl2cm.bench.http.HttpResult;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// Text queries through HTTP.
@Command(
        name = "http",
        description = {
            "Text queries through HTTP, by clients that wait for their answers: latency, where it goes, queries/s,",
            "beside the same server without grouping of queries.",
            "",
            "  bench/run http --model run/model",
            "  bench/run http --collections DIR --collection photos --texts queries.txt",
        },
        mixinStandardHelpOptions = true)
final class HttpCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--clients",
            split = ",",
            defaultValue = "1,4,16",
            description = "numbers of clients (default: ${DEFAULT-VALUE})")
    private List<Integer> clients = List.of();

    @Option(names = "--rounds", defaultValue = "3", description = "measured (default: ${DEFAULT-VALUE})")
    private int rounds;

    @Option(names = "--seconds", defaultValue = "10", description = "of one round (default: ${DEFAULT-VALUE})")
    private double seconds;

    @Mixin
    private ServedOption served = new ServedOption();

    @Mixin
    private WorkOption work = new WorkOption();

    @Override
    public Integer call() throws IOException {
        PrintWriter err = spec.commandLine().getErr();
        Results results = work.results();
        HttpBenchmark.Settings settings = new HttpBenchmark.Settings(
                served.collection(results, err), served.questions(), clients, rounds, seconds, served.serve());
        HttpResult result = new HttpBenchmark(settings, line -> err.println("bench/run: " + line)).run();
        results.write("http", result);
        SearchTables.http(result).forEach(spec.commandLine().getOut()::println);
        return 0;
    }
}
