package org.cl2cm.bench.http;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.cl2cm.bench.Conditions;
import org.jspecify.annotations.Nullable;

/// More requests than a server can answer, for a while: what becomes of them, of its memory, and of
/// those that come afterwards.
public final class OverloadBenchmark {
    private static final double FULL_SPEED = 0.9;

    /// A server that is still faster by this factor than before is not warm yet.
    private static final double WARM = 1.05;

    private static final int MOST_WARMUPS = 8;
    private static final double WINDOW_SECONDS = 5;
    private static final int WINDOWS = 3;

    private final Settings settings;
    private final Consumer<String> log;

    /// @param clients that wait for their answers, to find the sustainable rate
    /// @param queue places in the server's queue
    /// @param queueWait how long a query may wait in it, milliseconds
    /// @param factor times the sustainable rate
    /// @param seconds that it lasts
    /// @param calm seconds of each measurement without too much load
    /// @param memory bytes by which the resident memory of the server may grow meanwhile
    /// @param options of `serve` besides
    public record Settings(
            ServedCollection collection,
            Questions questions,
            int clients,
            int queue,
            long queueWait,
            double factor,
            double seconds,
            double calm,
            long memory,
            List<String> options) {
        public Settings {
            options = List.copyOf(options);
            if (clients < 1 || queue < 1 || queueWait < 1 || !(factor > 0) || !(seconds > 0) || !(calm > 0)) {
                throw new IllegalArgumentException("clients, queue, its wait, factor and seconds must be more than 0");
            }
        }
    }

    public OverloadBenchmark(Settings settings, Consumer<String> log) {
        this.settings = settings;
        this.log = log;
    }

    /// @throws IOException when the server does not start or stops answering clients who wait
    public OverloadResult run() throws IOException {
        List<String> options = new ArrayList<>(settings.options);
        options.addAll(List.of("--queue", Integer.toString(settings.queue)));
        options.addAll(List.of("--queue-wait", Long.toString(settings.queueWait)));
        String path = settings.collection.searchPath();
        try (ServedProcess server = ServedProcess.start(settings.collection.folder(), options)) {
            ClosedLoop closed = new ClosedLoop(server.address(), path, settings.questions);
            double rate = sustainable(closed);
            ClosedLoop.Load single = closed.run(1, settings.calm);
            log.accept(String.format(
                    Locale.ROOT,
                    "sustainable: %.1f queries/s; now %.1f for %.0f s",
                    rate,
                    settings.factor * rate,
                    settings.seconds));
            long before = server.memory();
            OpenLoop open = new OpenLoop(server.address(), path, settings.questions);
            AtomicReference<ClosedLoop.@Nullable Load> afterwards = new AtomicReference<>();
            long[] most = new long[2];
            OpenLoop.Load load;
            try (MemoryWatch memory = new MemoryWatch(server)) {
                load = open.run(settings.factor * rate, settings.seconds, () -> {
                    most[0] = memory.most(0, 0.5);
                    most[1] = memory.most(0.5, 1);
                    afterwards.set(closed.run(settings.clients, WINDOWS * WINDOW_SECONDS));
                });
            }
            ClosedLoop.Load after = Objects.requireNonNull(afterwards.get());
            List<OverloadResult.Window> recovery = new ArrayList<>();
            for (int i = 0; i < WINDOWS; i++) {
                double from = i * WINDOW_SECONDS;
                recovery.add(new OverloadResult.Window(
                        from, from + WINDOW_SECONDS, after.perSecond(from, from + WINDOW_SECONDS)));
            }
            return result(
                    single.latencies().percentile(0.99),
                    rate,
                    load,
                    new OverloadResult.Memory(before, most[0], most[1], server.memory()),
                    recovery);
        }
    }

    /// Answers a second to clients that wait, when the server has been running for long enough to become no faster.
    private double sustainable(ClosedLoop closed) throws IOException {
        double rate = 0;
        for (int i = 0; i < MOST_WARMUPS; i++) {
            double found = closed.run(settings.clients, settings.calm).perSecond();
            boolean faster = found > WARM * rate;
            rate = Math.max(rate, found);
            if (!faster) {
                break;
            }
        }
        return rate;
    }

    private OverloadResult result(
            double unloaded,
            double rate,
            OpenLoop.Load load,
            OverloadResult.Memory memory,
            List<OverloadResult.Window> recovery)
            throws IOException {
        boolean any = load.accepted().count() > 0;
        double p99 = any ? load.accepted().percentile(0.99) : Double.NaN;
        double bound = 2 * unloaded + settings.queueWait;
        List<OverloadResult.Promise> promises = List.of(
                new OverloadResult.Promise(
                        "every request is answered, with 200 or 429",
                        any && Set.of(200, 429).containsAll(load.statuses().keySet())),
                new OverloadResult.Promise(
                        String.format(
                                Locale.ROOT,
                                "p99 of the accepted is under %.0f ms: twice the unloaded p99 and the longest wait",
                                bound),
                        p99 < bound),
                new OverloadResult.Promise(
                        String.format(
                                Locale.ROOT, "the server's memory grows by less than %,d MiB", settings.memory >> 20),
                        Math.max(memory.firstHalf(), memory.secondHalf()) < memory.before() + settings.memory),
                new OverloadResult.Promise(
                        "5 s after the load has ended the speed is 90 % of the sustainable one, or more",
                        recovery.get(1).perSecond() >= FULL_SPEED * rate));
        return new OverloadResult(
                settings.collection.items(),
                settings.questions.about(),
                rate,
                settings.clients,
                unloaded,
                settings.queue,
                settings.queueWait,
                settings.factor,
                settings.seconds,
                load.sent(),
                load.statuses(),
                any ? load.accepted().percentile(0.5) : Double.NaN,
                p99,
                load.refused().count() == 0 ? 0 : load.refused().percentile(0.99),
                load.behind().percentile(0.99),
                memory,
                recovery,
                promises,
                Conditions.now());
    }
}
