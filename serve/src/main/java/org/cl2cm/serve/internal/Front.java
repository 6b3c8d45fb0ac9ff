package org.cl2cm.serve.internal;

import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.cl2cm.search.CollectionUnavailableException;
import org.cl2cm.serve.ServeSettings;

/// Takes every request: finds its route, checks the token, keeps count, and turns whatever goes
/// wrong into an answer.
final class Front {
    private static final Set<String> METHODS = Set.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS");
    private static final String UNKNOWN = "(none)";

    private final ServeSettings settings;
    private final Router router;
    private final Access access;
    private final UnderWay underWay;
    private final Metrics metrics;
    private final Bodies bodies;
    private final CrossOrigin crossOrigin;
    private final boolean localOnly;

    /// @param localOnly whether only names of this machine are taken as its name
    Front(ServeSettings settings, Router router, Access access, UnderWay underWay, Metrics metrics, boolean localOnly) {
        this.settings = settings;
        this.router = router;
        this.access = access;
        this.underWay = underWay;
        this.metrics = metrics;
        this.bodies = new Bodies(settings.bodyBytes());
        this.crossOrigin = new CrossOrigin(settings.origins());
        this.localOnly = localOnly;
    }

    /// What came of a request.
    ///
    /// @param route for the metrics
    private record Outcome(String route, Answer answer) {}

    void handle(ServerRequest request, ServerResponse response) {
        long start = System.nanoTime();
        String method = request.prologue().method().text();
        Outcome outcome = outcome(request, method);
        Optional<String> origin = request.headers().first(HeaderNames.ORIGIN);
        send(response, outcome.answer.with(crossOrigin.headers(origin)), method.equals("HEAD"));
        metrics.request(
                outcome.route,
                METHODS.contains(method) ? method : "OTHER",
                outcome.answer.status(),
                System.nanoTime() - start);
    }

    private Outcome outcome(ServerRequest request, String method) {
        String route = UNKNOWN;
        try {
            checkHost(request);
            if (method.equals("OPTIONS") && request.headers().contains(HeaderNames.ORIGIN)) {
                return new Outcome(
                        route, crossOrigin.preflight(request.headers().first(HeaderNames.ORIGIN)));
            }
            List<String> path = Paths.segments(request.prologue().uriPath().rawPath());
            Router.Match match = router.find(method.equals("HEAD") ? "GET" : method, path);
            route = match.route().template();
            return new Outcome(route, answer(request, match));
        } catch (Problem problem) {
            return new Outcome(route, problem.answer());
        } catch (CollectionUnavailableException e) {
            ServerLog.warn(String.valueOf(e.getMessage()));
            return new Outcome(
                    route,
                    Problem.of(
                                    Problem.Kind.UNAVAILABLE,
                                    "the cluster that holds the collection does not answer; the server's log says more")
                            .answer());
        } catch (Exception | StackOverflowError e) {
            ServerLog.failed(method + " " + route, e);
            return new Outcome(route, failed());
        } catch (OutOfMemoryError e) {
            ServerLog.failed(method + " " + route, e);
            return new Outcome(
                    route, Problem.overloaded("the memory does not suffice now").answer());
        }
    }

    static Answer failed() {
        return Problem.of(Problem.Kind.FAILED, "the server failed; its log says why")
                .answer();
    }

    private Answer answer(ServerRequest request, Router.Match match) throws IOException {
        Deadline deadline = Deadline.in(settings.timeLimit());
        Exchange exchange = new Exchange(request, match.variables(), settings, deadline, bodies);
        Optional<Access.Scope> scope = match.route().guard().scope();
        if (scope.isEmpty()) {
            return match.route().handler().answer(exchange);
        }
        access.check(request.headers().first(HeaderNames.AUTHORIZATION), scope.get(), Instant.now());
        underWay.enter();
        try {
            int room = bodies.enter(request);
            try {
                return match.route().handler().answer(exchange);
            } finally {
                bodies.leave(room);
            }
        } finally {
            underWay.leave();
        }
    }

    /// A page of another site can give its own name this machine's address, and would then read
    /// from a server that trusts everybody here.
    private void checkHost(ServerRequest request) {
        if (!localOnly) {
            return;
        }
        String host = request.headers().first(HeaderNames.HOST).orElse("").replaceAll(":\\d*$", "");
        if (!host.equalsIgnoreCase("localhost") && !host.matches("127(\\.\\d{1,3}){3}") && !host.equals("[::1]")) {
            throw Problem.of(
                    Problem.Kind.FORBIDDEN,
                    "a server without tokens answers to the names of this machine only, such as localhost");
        }
    }

    private static void send(ServerResponse response, Answer answer, boolean headOnly) {
        response.status(Status.create(answer.status()));
        answer.headers().forEach((name, value) -> response.header(HeaderNames.create(name), value));
        if (answer.status() == 204) {
            response.send();
            return;
        }
        response.header(HeaderNames.CONTENT_TYPE, answer.type());
        if (headOnly) {
            response.contentLength(answer.body().length());
            response.send();
            return;
        }
        switch (answer.body()) {
            case Body.Whole whole -> response.send(whole.bytes());
            case Body.OfFile part -> {
                response.contentLength(part.length());
                try (OutputStream out = response.outputStream()) {
                    part.write(out);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        }
    }
}
