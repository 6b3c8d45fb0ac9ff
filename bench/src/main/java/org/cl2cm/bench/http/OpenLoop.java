package org.cl2cm.bench.http;

import java.io.IOException;
import java.net.URI;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;
import org.cl2cm.bench.Latencies;

/// Requests that come at their time whether earlier ones are answered or not, as those of people do.
/// The latency of a request counts from the instant it was due, so that a client which falls behind
/// hides nothing.
final class OpenLoop {
    private final URI server;
    private final String path;
    private final Questions questions;
    private final ConcurrentLinkedDeque<Connection> idle = new ConcurrentLinkedDeque<>();

    OpenLoop(URI server, String path, Questions questions) {
        this.server = server;
        this.path = path;
        this.questions = questions;
    }

    /// What came of it.
    ///
    /// @param sent requests
    /// @param statuses how many answers had each status; 0 for no answer
    /// @param accepted latencies of the answers with status 200
    /// @param refused latencies of all others
    /// @param behind how late requests were sent
    record Load(long sent, Map<Integer, Long> statuses, Latencies accepted, Latencies refused, Latencies behind) {}

    /// What is done when the last request was sent; answers still come.
    @FunctionalInterface
    interface Afterwards {
        void run() throws IOException;
    }

    private record Outcome(int status, long nanoseconds, long behind) {}

    /// Sends a request every `1 / rate` seconds.
    ///
    /// @param seconds that requests are sent; the answers to the last ones are waited for
    Load run(double rate, double seconds, Afterwards afterwards) throws IOException {
        ConcurrentLinkedQueue<Outcome> outcomes = new ConcurrentLinkedQueue<>();
        long count = (long) (rate * seconds);
        long start = System.nanoTime();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (long i = 0; i < count; i++) {
                long due = start + (long) (i * 1e9 / rate);
                for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
                    LockSupport.parkNanos(left);
                }
                byte[] body = questions.body(i);
                threads.execute(() -> outcomes.add(ask(body, due)));
            }
            afterwards.run();
        } finally {
            for (Connection connection : idle) {
                connection.close();
            }
        }
        Map<Integer, Long> statuses = new TreeMap<>();
        outcomes.forEach(outcome -> statuses.merge(outcome.status, 1L, Long::sum));
        return new Load(
                count,
                statuses,
                new Latencies(outcomes.stream()
                        .filter(outcome -> outcome.status == 200)
                        .mapToLong(Outcome::nanoseconds)
                        .toArray()),
                new Latencies(outcomes.stream()
                        .filter(outcome -> outcome.status != 200)
                        .mapToLong(Outcome::nanoseconds)
                        .toArray()),
                new Latencies(outcomes.stream().mapToLong(Outcome::behind).toArray()));
    }

    private Outcome ask(byte[] body, long due) {
        long behind = Math.max(0, System.nanoTime() - due);
        Connection free = idle.pollFirst();
        if (free != null) {
            try {
                return ask(free, body, due, behind);
            } catch (IOException _) {
                // The server closes connections that nobody used for a while; a new one is asked again.
            }
        }
        try {
            return ask(new Connection(server, path), body, due, behind);
        } catch (IOException _) {
            return new Outcome(0, System.nanoTime() - due, behind);
        }
    }

    private Outcome ask(Connection connection, byte[] body, long due, long behind) throws IOException {
        boolean keeps = false;
        try {
            Connection.Reply reply = connection.ask(body);
            keeps = reply.keeps();
            return new Outcome(reply.status(), System.nanoTime() - due, behind);
        } finally {
            if (keeps) {
                idle.addFirst(connection);
            } else {
                connection.close();
            }
        }
    }
}
