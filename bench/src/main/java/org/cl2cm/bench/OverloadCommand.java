package org.cl2cm.bench;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.cl2cm.bench.http.OverloadBenchmark;
import org.cl2cm.bench.http.OverloadResult;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// More requests than the server can answer.
@Command(
        name = "overload",
        description = {
            "Several times the load that the server can sustain, for a while: only 200 and 429, bounded memory,",
            "bounded latency of what is accepted, full speed again within 5 s. Exit code 1 when one of these fails.",
            "",
            "  bench/run overload --model run/model",
        },
        mixinStandardHelpOptions = true)
final class OverloadCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--clients",
            defaultValue = "32",
            description = "that wait for their answers, to find what can be sustained (default: ${DEFAULT-VALUE})")
    private int clients;

    @Option(
            names = "--queue",
            defaultValue = "256",
            description = "places in the server's queue (default: ${DEFAULT-VALUE})")
    private int queue;

    @Option(
            names = "--queue-wait",
            defaultValue = "2000",
            paramLabel = "MS",
            description = "how long a query may wait in it (default: ${DEFAULT-VALUE})")
    private long queueWait;

    @Option(
            names = "--factor",
            defaultValue = "4",
            description = "times what can be sustained (default: ${DEFAULT-VALUE})")
    private double factor;

    @Option(names = "--seconds", defaultValue = "60", description = "that it lasts (default: ${DEFAULT-VALUE})")
    private double seconds;

    @Option(
            names = "--calm",
            defaultValue = "10",
            description = "seconds of each measurement before it (default: ${DEFAULT-VALUE})")
    private double calm;

    @Option(
            names = "--memory",
            defaultValue = "512",
            paramLabel = "MIB",
            description = "by which the server's resident memory may grow meanwhile (default: ${DEFAULT-VALUE})")
    private long memory;

    @Mixin
    private ServedOption served = new ServedOption();

    @Mixin
    private WorkOption work = new WorkOption();

    @Override
    public Integer call() throws IOException {
        PrintWriter err = spec.commandLine().getErr();
        Results results = work.results();
        OverloadBenchmark.Settings settings = new OverloadBenchmark.Settings(
                served.collection(results, err),
                served.questions(),
                clients,
                queue,
                queueWait,
                factor,
                seconds,
                calm,
                memory << 20,
                served.serve());
        OverloadResult result = new OverloadBenchmark(settings, line -> err.println("bench/run: " + line)).run();
        results.write("overload", result);
        SearchTables.overload(result).forEach(spec.commandLine().getOut()::println);
        return result.good() ? 0 : 1;
    }
}
