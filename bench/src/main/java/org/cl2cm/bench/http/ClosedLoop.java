package org.cl2cm.bench.http;

import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.cl2cm.bench.Latencies;

/// Clients that each wait for an answer before they ask again.
final class ClosedLoop {
    private final URI server;
    private final String path;
    private final Questions questions;
    private final AtomicLong next = new AtomicLong();

    ClosedLoop(URI server, String path, Questions questions) {
        this.server = server;
        this.path = path;
        this.questions = questions;
    }

    /// What came of it.
    ///
    /// @param latencies of the answers with status 200
    /// @param statuses how many answers had each status
    /// @param took where the time went, the mean of the answers with status 200
    /// @param finished seconds after the start at which those were there
    record Load(Latencies latencies, Map<Integer, Long> statuses, Took took, double[] finished, double seconds) {
        double perSecond() {
            return latencies.count() / seconds;
        }

        /// Answers a second between two instants, in seconds from the start.
        double perSecond(double from, double to) {
            return java.util.Arrays.stream(finished)
                            .filter(at -> at >= from && at < to)
                            .count()
                    / (to - from);
        }
    }

    private static final class Client {
        private final LongStream.Builder times = LongStream.builder();
        private final LongStream.Builder finished = LongStream.builder();
        private final Map<Integer, Long> statuses = new TreeMap<>();
        private Took took = Took.NONE;
    }

    /// @throws IOException when a request gets no answer
    Load run(int clients, double seconds) throws IOException {
        long start = System.nanoTime();
        long end = start + (long) (seconds * 1e9);
        List<Client> done = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Callable<Client>> works = new ArrayList<>();
            for (int i = 0; i < clients; i++) {
                works.add(() -> client(start, end));
            }
            for (Future<Client> one : threads.invokeAll(works)) {
                done.add(one.get());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } catch (ExecutionException e) {
            throw new IOException("a request got no answer: " + e.getCause(), e);
        }
        double elapsed = (System.nanoTime() - start) / 1e9;
        Map<Integer, Long> statuses = new TreeMap<>();
        Took took = Took.NONE;
        for (Client client : done) {
            client.statuses.forEach((status, count) -> statuses.merge(status, count, Long::sum));
            took = took.plus(client.took);
        }
        Latencies latencies = new Latencies(
                done.stream().flatMapToLong(client -> client.times.build()).toArray());
        double[] finished = done.stream()
                .flatMapToLong(client -> client.finished.build())
                .mapToDouble(at -> at / 1e9)
                .sorted()
                .toArray();
        return new Load(latencies, statuses, took.over(Math.max(1, latencies.count())), finished, elapsed);
    }

    private Client client(long start, long end) throws IOException {
        Client client = new Client();
        Connection connection = new Connection(server, path);
        try {
            do {
                byte[] body = questions.body(next.getAndIncrement());
                long before = System.nanoTime();
                Connection.Reply reply = connection.ask(body);
                long after = System.nanoTime();
                client.statuses.merge(reply.status(), 1L, Long::sum);
                if (reply.status() == 200) {
                    client.times.accept(after - before);
                    client.finished.accept(after - start);
                    client.took = client.took.plus(Took.of(reply.body(), (after - before) / 1e6));
                }
                if (!reply.keeps()) {
                    connection.close();
                    connection = new Connection(server, path);
                }
            } while (System.nanoTime() < end);
        } finally {
            connection.close();
        }
        return client;
    }
}
