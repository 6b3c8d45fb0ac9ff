package org.cl2cm.bench;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import org.cl2cm.bench.search.SearchBenchmark;
import org.cl2cm.bench.vectors.VectorStatistics;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Which vectors are generated, the same options for every verb that needs some.
final class VectorsOption {
    @Option(
            names = "--statistics",
            paramLabel = "FILE",
            description = "what the vectors are like, from \"fit\" (default: bench/vectors/flickr8k.json)")
    private @Nullable Path file;

    @Option(names = "--seed", defaultValue = "1", description = "of the vectors (default: ${DEFAULT-VALUE})")
    private long seed;

    SearchBenchmark benchmark(Results results, PrintWriter log) throws IOException {
        Path path = file == null ? WorkOption.root().resolve("bench/vectors/flickr8k.json") : file;
        return new SearchBenchmark(results, VectorStatistics.read(path), seed, line -> {
            log.println("bench/run: " + line);
            log.flush();
        });
    }
}
