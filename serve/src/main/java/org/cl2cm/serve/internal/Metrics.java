package org.cl2cm.serve.internal;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.IntSupplier;

/// What the server counts and times, for Prometheus. Safe for use by many threads.
final class Metrics implements AutoCloseable {
    private static final Duration[] BUCKETS = java.util.stream.IntStream.of(
                    1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000)
            .mapToObj(Duration::ofMillis)
            .toArray(Duration[]::new);
    /// Bytes of a page of memory on x86-64.
    private static final double PAGE = 4096;

    private static final double[] SIZES = {1, 2, 4, 8, 16, 32, 64, 128, 256};

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

    Metrics() {
        new JvmMemoryMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
        // Models lie outside the heap, which says little about the process.
        Gauge.builder("process.resident.memory", Metrics::residentBytes)
                .description("memory of the process, with what lies outside the heap")
                .baseUnit("bytes")
                .register(registry);
        // Counted from 0 on, so that the first of each is seen.
        for (SwapProgress.State outcome : SwapProgress.State.ends()) {
            swaps(outcome);
        }
    }

    /// NaN where the system does not tell.
    private static double residentBytes() {
        try {
            String[] pages = Files.readString(Path.of("/proc/self/statm")).split(" ", 3);
            return Long.parseLong(pages[1]) * PAGE;
        } catch (IOException | NumberFormatException | ArrayIndexOutOfBoundsException _) {
            return Double.NaN;
        }
    }

    void request(String route, String method, int status, long nanoseconds) {
        time(
                "cl2cm.http.requests",
                "requests",
                Tags.of("route", route, "method", method, "status", Integer.toString(status)),
                nanoseconds);
    }

    void tokenised(long nanoseconds) {
        time("cl2cm.tokenise", "cutting a batch of texts into word pieces", Tags.empty(), nanoseconds);
    }

    /// @param what `text`, `image` or `rerank`
    void encoded(String what, long nanoseconds) {
        time("cl2cm.encode", "encoding a batch by the model", Tags.of("what", what), nanoseconds);
    }

    void searched(String collection, long nanoseconds) {
        time("cl2cm.search", "searching a collection", Tags.of("collection", collection), nanoseconds);
    }

    void waited(String queue, long nanoseconds) {
        time("cl2cm.queue.wait", "waiting for the model", Tags.of("queue", queue), nanoseconds);
    }

    void batch(String queue, int size) {
        DistributionSummary.builder("cl2cm.batch.size")
                .description("questions that were encoded together")
                .tags("queue", queue)
                .serviceLevelObjectives(SIZES)
                .register(registry)
                .record(size);
    }

    /// Watches a number that goes up and down.
    ///
    /// @return to be run when there is nothing to watch any more
    Runnable watch(String name, String description, Tags tags, IntSupplier value) {
        Gauge gauge = Gauge.builder(name, value, IntSupplier::getAsInt)
                .description(description)
                .tags(tags)
                .strongReference(true)
                .register(registry);
        return () -> registry.remove(gauge);
    }

    /// @param outcome what became of it
    void swapped(SwapProgress.State outcome) {
        swaps(outcome).increment();
    }

    private Counter swaps(SwapProgress.State outcome) {
        return Counter.builder("cl2cm.swaps")
                .description("attempts to put another generation of a collection in place")
                .tags("outcome", outcome.small())
                .register(registry);
    }

    private void time(String name, String description, Tags tags, long nanoseconds) {
        Timer.builder(name)
                .description(description)
                .tags(tags)
                .serviceLevelObjectives(BUCKETS)
                .register(registry)
                .record(Duration.ofNanos(nanoseconds));
    }

    /// Everything in Prometheus' text format.
    String text() {
        return registry.scrape();
    }

    @Override
    public void close() {
        registry.close();
    }
}
