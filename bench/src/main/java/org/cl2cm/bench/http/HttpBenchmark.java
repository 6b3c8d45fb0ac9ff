package org.cl2cm.bench.http;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import org.cl2cm.bench.Conditions;
import org.cl2cm.bench.Latencies;
import org.cl2cm.bench.Ratio;
import org.cl2cm.bench.Spread;
import org.cl2cm.search.Collections;

/// Text queries through HTTP by one, four, sixteen clients, to a server as it is, and to one that
/// encodes every query alone; both run all the time and are asked in turn.
public final class HttpBenchmark {
    private static final List<String> ALONE = List.of("--batch", "1", "--batch-wait", "0");

    private final Settings settings;
    private final Consumer<String> log;

    /// @param clients numbers of clients
    /// @param rounds of all servers and numbers of clients
    /// @param seconds of one measurement
    /// @param options of `serve`, for both servers
    public record Settings(
            ServedCollection collection,
            Questions questions,
            List<Integer> clients,
            int rounds,
            double seconds,
            List<String> options) {
        public Settings {
            clients = List.copyOf(clients);
            options = List.copyOf(options);
            if (clients.isEmpty() || clients.stream().anyMatch(n -> n < 1) || rounds < 1 || !(seconds > 0)) {
                throw new IllegalArgumentException("needs at least 1 client, 1 round, and some time");
            }
        }
    }

    public HttpBenchmark(Settings settings, Consumer<String> log) {
        this.settings = settings;
        this.log = log;
    }

    /// A server while it is measured.
    private static final class Side {
        private final boolean grouped;
        private final ServedProcess server;
        private final ClosedLoop clients;
        private final List<ClosedLoop.Load> loads = new ArrayList<>();
        private final Map<String, Double> counted = new HashMap<>();

        Side(boolean grouped, ServedProcess server, Settings settings) {
            this.grouped = grouped;
            this.server = server;
            this.clients =
                    new ClosedLoop(server.address(), settings.collection().searchPath(), settings.questions());
        }

        void run(int count, double seconds) throws IOException {
            Map<String, Double> before = server.metrics();
            ClosedLoop.Load load = clients.run(count, seconds);
            server.metrics()
                    .forEach((name, value) -> counted.merge(name, value - before.getOrDefault(name, 0.0), Double::sum));
            if (load.statuses().keySet().stream().anyMatch(status -> status != 200)) {
                throw new IOException(count + " clients were answered " + load.statuses() + ", not only 200");
            }
            loads.add(load);
        }

        double[] perSecond() {
            return loads.stream().mapToDouble(ClosedLoop.Load::perSecond).toArray();
        }

        double sum(String name) {
            return counted.entrySet().stream()
                    .filter(entry ->
                            entry.getKey().equals(name) || entry.getKey().startsWith(name + "{"))
                    .mapToDouble(Map.Entry::getValue)
                    .sum();
        }
    }

    /// @throws IOException when a server does not start, or answers a query with anything but 200
    public HttpResult run() throws IOException {
        List<String> alone = new ArrayList<>(settings.options);
        alone.addAll(ALONE);
        List<HttpResult.Measured> measured = new ArrayList<>();
        try (ServedProcess grouping = ServedProcess.start(settings.collection.folder(), settings.options);
                ServedProcess single = ServedProcess.start(settings.collection.folder(), alone)) {
            for (int clients : settings.clients) {
                Side grouped = new Side(true, grouping, settings);
                Side one = new Side(false, single, settings);
                List<Side> sides = List.of(grouped, one);
                for (Side side : sides) {
                    side.clients.run(clients, settings.seconds);
                }
                for (int round = 0; round < settings.rounds; round++) {
                    sides.get(round % 2).run(clients, settings.seconds);
                    sides.get((round + 1) % 2).run(clients, settings.seconds);
                }
                for (Side side : sides) {
                    measured.add(measured(clients, side, Ratio.of(side.perSecond(), one.perSecond())));
                }
                log.accept(String.format(
                        Locale.ROOT, "%d clients: %.1f queries/s", clients, Ratio.median(grouped.perSecond())));
            }
        }
        return new HttpResult(
                settings.collection.items(),
                settings.collection.about(),
                settings.questions.about(),
                Collections.in(settings.collection.folder())
                        .info(settings.collection.name())
                        .model(),
                settings.rounds,
                settings.seconds,
                measured,
                Conditions.now());
    }

    private static HttpResult.Measured measured(int clients, Side side, Ratio speed) {
        Latencies latencies = Latencies.of(
                side.loads.stream().map(load -> load.latencies().nanoseconds()).toArray(long[][]::new));
        Took took = Took.NONE;
        for (ClosedLoop.Load load : side.loads) {
            took = took.plus(load.took().over(1.0 / load.latencies().count()));
        }
        double texts = side.sum("cl2cm_batch_size_sum");
        return new HttpResult.Measured(
                clients,
                side.grouped,
                Spread.of(side.perSecond()),
                latencies.percentile(0.5),
                latencies.percentile(0.95),
                latencies.percentile(0.99),
                took.over(latencies.count()),
                texts / side.sum("cl2cm_batch_size_count"),
                1000 * side.sum("cl2cm_tokenise_seconds_sum") / texts,
                1000 * side.sum("cl2cm_encode_seconds_sum") / texts,
                1000 * side.sum("cl2cm_search_seconds_sum") / side.sum("cl2cm_search_seconds_count"),
                speed);
    }
}
