package org.cl2cm.bench.search;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.cl2cm.bench.ChildJvm;
import org.cl2cm.bench.Conditions;
import org.cl2cm.bench.Results;
import org.cl2cm.data.DataException;

/// Other libraries on the same vectors, queries and truth, each index in a Python process of its own.
public final class PeerBenchmark {
    private static final long IMPORT_SECONDS = 60;
    private static final List<String> PYTHONS = List.of("python3", "/usr/bin/python3");

    private final Path script;
    private final Results results;
    private final Consumer<String> log;

    /// @param script `bench/peers/neighbours.py`
    /// @param results with what [SearchBenchmark] left there
    public PeerBenchmark(Path script, Results results, Consumer<String> log) {
        this.script = script;
        this.results = results;
        this.log = log;
    }

    /// Measures those of the indexes whose library is there, and writes `peer-<rows>-<index>.json` of
    /// each.
    ///
    /// @param plan as for [SearchBenchmark], which must have run for this size
    /// @param indexes see [PeerResult#index]
    public void run(SearchPlan plan, List<String> indexes) throws IOException {
        if (!Files.exists(plan.truth())) {
            throw DataException.in(plan.truth(), "no such file; \"bench/run search\" writes it, run that first");
        }
        for (String index : indexes) {
            String module = index.equals("hnswlib") ? "hnswlib" : "faiss";
            Optional<String> python = python(module);
            if (python.isEmpty()) {
                log.accept(index + " is left out: no Python has " + module + "; Debian: apt-get install python3-"
                        + module);
                continue;
            }
            log.accept(String.format(Locale.ROOT, "%,d items: %s %s", plan.rows(), module, index));
            List<String> command = new ArrayList<>(List.of(python.get(), script.toString(), "--index", index));
            command.addAll(List.of(
                    "--work",
                    plan.work().toString(),
                    "--rows",
                    Integer.toString(plan.rows()),
                    "--queries",
                    Integer.toString(plan.queries()),
                    "--threads",
                    String.join(
                            ",", plan.threads().stream().map(String::valueOf).toList()),
                    "--rounds",
                    Integer.toString(plan.rounds()),
                    "--seconds",
                    Double.toString(plan.seconds())));
            PeerResult result = Results.parse(script, String.join("\n", ChildJvm.run(command)), PeerResult.class)
                    .under(Conditions.now());
            results.write(String.format(Locale.ROOT, "peer-%09d-%s", plan.rows(), index), result);
        }
    }

    /// The first Python that has the module: that of the path, or the system's own, for which packages
    /// are made.
    private static Optional<String> python(String module) throws IOException {
        for (String python : PYTHONS) {
            if (imports(python, module)) {
                return Optional.of(python);
            }
        }
        return Optional.empty();
    }

    private static boolean imports(String python, String module) throws IOException {
        Process process;
        try {
            process = start(python, module);
        } catch (IOException _) {
            // There is no such program.
            return false;
        }
        try {
            return process.waitFor(IMPORT_SECONDS, TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } finally {
            process.destroyForcibly();
        }
    }

    private static Process start(String python, String module) throws IOException {
        return new ProcessBuilder(python, "-c", "import numpy, " + module)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
    }
}
