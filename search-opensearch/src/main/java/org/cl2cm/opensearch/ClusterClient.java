package org.cl2cm.opensearch;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import javax.net.ssl.SSLException;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.cl2cm.data.DataException;
import org.cl2cm.search.CollectionUnavailableException;
import org.jspecify.annotations.Nullable;
import org.opensearch.client.Request;
import org.opensearch.client.Response;
import org.opensearch.client.ResponseException;
import org.opensearch.client.RestClient;

/// Asks the cluster for one collection. The client below takes the hosts in turn and passes over those
/// that fail; what no host answers, or the cluster is too busy for, is asked again after a while that
/// doubles, until the patience ends. Safe for use by many threads.
final class ClusterClient implements AutoCloseable {
    /// For questions somebody waits for.
    static final Duration READING = Duration.ofSeconds(20);

    /// For writes: another primary may have to be chosen first.
    static final Duration WRITING = Duration.ofSeconds(60);

    private static final Duration NEVER_ANSWERED = Duration.ofSeconds(2);
    private static final long FIRST_PAUSE = 100;
    private static final long LONGEST_PAUSE = 3_000;
    private static final Set<String> LOST_NODE = Set.of(
            "node_disconnected_exception",
            "node_not_connected_exception",
            "node_closed_exception",
            "no_shard_available_action_exception",
            "send_request_transport_exception",
            "connect_transport_exception",
            "receive_timeout_transport_exception");

    private static final ContentType LINES = ContentType.create("application/x-ndjson");

    private final Connections.Shared connections;
    private final String collection;

    /// @param connections closed with this
    ClusterClient(Connections.Shared connections, String collection) {
        this.connections = connections;
        this.collection = collection;
    }

    /// The same client for another user, who closes it too.
    ClusterClient again() {
        return new ClusterClient(connections.again(), collection);
    }

    String collection() {
        return collection;
    }

    /// The hosts, for messages.
    String hosts() {
        return connections.access().named();
    }

    Connections.Shared connections() {
        return connections;
    }

    /// What to ask.
    ///
    /// @param parameters of the URL
    /// @param body JSON as maps and lists, or bytes of lines of JSON
    record Ask(
            String method,
            String path,
            Map<String, String> parameters,
            @Nullable Object body) {
        Ask(String method, String path) {
            this(method, path, Map.of(), null);
        }

        Ask(String method, String path, Object body) {
            this(method, path, Map.of(), body);
        }
    }

    JsonNode json(Ask ask, Duration patience) throws IOException {
        return ask(ask, JsonNode.class, patience);
    }

    /// @throws DataException when the cluster does not let us in, or its certificate is not trusted
    /// @throws ClusterException when it refuses the request
    /// @throws CollectionUnavailableException when the patience is over
    <T> T ask(Ask ask, Class<T> type, Duration patience) throws IOException {
        HttpEntity body = entity(ask.body);
        long start = System.nanoTime();
        for (int attempt = 0; ; attempt++) {
            try {
                return once(ask, body, type);
            } catch (ResponseException e) {
                connections.answered();
                JsonNode error = error(e.getResponse());
                IOException refused = refused(ask, e, error);
                int status = e.getResponse().getStatusLine().getStatusCode();
                if (!isPassing(status) && !(status == 500 && isOfALostNode(error))) {
                    throw refused;
                }
                pause(attempt, start, patience, refused);
            } catch (IOException e) {
                checkTrust(e);
                pause(attempt, start, connections.hasAnswered() ? patience : shorter(patience), e);
            }
        }
    }

    private <T> T once(Ask ask, @Nullable HttpEntity body, Class<T> type) throws IOException {
        Request request = new Request(ask.method, ask.path);
        request.addParameters(ask.parameters);
        if (body != null) {
            request.setEntity(body);
        }
        Response response = client().performRequest(request);
        connections.answered();
        try (InputStream in = response.getEntity().getContent()) {
            return Json.MAPPER.readValue(in, type);
        }
    }

    private RestClient client() {
        return connections.client();
    }

    private static @Nullable HttpEntity entity(@Nullable Object body) throws IOException {
        return switch (body) {
            case null -> null;
            case byte[] lines -> new ByteArrayEntity(lines, LINES);
            default -> new ByteArrayEntity(Json.MAPPER.writeValueAsBytes(body), ContentType.APPLICATION_JSON);
        };
    }

    private static Duration shorter(Duration patience) {
        return patience.compareTo(NEVER_ANSWERED) < 0 ? patience : NEVER_ANSWERED;
    }

    /// Whether the same request may go well a moment later: too busy, or a part of the cluster has just
    /// gone and another takes its place.
    static boolean isPassing(int status) {
        return status == 429 || status == 502 || status == 503 || status == 504;
    }

    /// Waits before the next attempt, the longer the more there were; every client a little
    /// differently, so that they do not all come back at once.
    ///
    /// @throws CollectionUnavailableException when the patience is over
    void pause(int attempt, long start, Duration patience, IOException failure) throws IOException {
        long longest = Math.min(LONGEST_PAUSE, FIRST_PAUSE << Math.min(attempt, 10));
        long milliseconds = longest / 2 + ThreadLocalRandom.current().nextLong(longest / 2 + 1);
        if (System.nanoTime() - start + milliseconds * 1_000_000 > patience.toNanos()) {
            throw unavailable(failure);
        }
        try {
            Thread.sleep(milliseconds);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unavailable(failure);
        }
    }

    private CollectionUnavailableException unavailable(IOException failure) {
        Set<String> reasons = new LinkedHashSet<>();
        reasons.add(reason(failure));
        for (Throwable other : failure.getSuppressed()) {
            reasons.add(reason(other));
        }
        return new CollectionUnavailableException(
                "collection \"" + collection + "\": the cluster at " + hosts() + " does not answer: "
                        + String.join("; ", reasons),
                failure);
    }

    private static String reason(Throwable failure) {
        Throwable last = failure;
        while (last instanceof ConnectException && last.getCause() != null) {
            last = last.getCause();
        }
        String message = last.getMessage();
        return message == null ? last.getClass().getSimpleName() : message;
    }

    private void checkTrust(IOException failure) throws DataException {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof CertificateException || cause instanceof SSLException) {
                String authority = connections.access().ca().isPresent()
                        ? "it is not signed by the authority in "
                                + connections.access().ca().get()
                        : "name the certificate of its authority with --ca";
                throw new DataException(
                        "collection \"" + collection + "\": no trusted connection to " + hosts() + " ("
                                + cause.getMessage() + "): " + authority,
                        failure);
            }
        }
    }

    /// The same of one operation of many.
    static boolean isPassing(Answers.Done done) {
        Answers.@Nullable Failure failure = done.error();
        return isPassing(done.status())
                || (failure != null && failure.type() != null && LOST_NODE.contains(failure.type()));
    }

    /// Whether a node went while it worked on its part of the request: another copy has the same.
    private static boolean isOfALostNode(JsonNode error) {
        return error.findValues("type").stream().map(JsonNode::asText).anyMatch(LOST_NODE::contains);
    }

    private IOException refused(Ask ask, ResponseException failure, JsonNode error) {
        Response response = failure.getResponse();
        int status = response.getStatusLine().getStatusCode();
        String host = response.getHost().toURI();
        String type = error.path("type").asText("");
        if (status == 401 || status == 403) {
            return new DataException(
                    "collection \"" + collection + "\": " + host + " refuses "
                            + connections
                                    .access()
                                    .user()
                                    .map(user -> "user \"" + user + "\"")
                                    .orElse("a request without user and password")
                            + " (" + status
                            + (status == 403 ? ": " + error.path("reason").asText("not allowed") : "")
                            + "); " + (status == 401 ? "is the password right?" : "its role must allow this"),
                    failure);
        }
        if (status == 404 && type.equals("index_not_found_exception")) {
            return new ClusterException(
                    "collection \"" + collection + "\": its index is not on the cluster at " + hosts()
                            + " (any more): " + error.path("reason").asText("")
                            + "; it was replaced twice, or removed: open the collection again",
                    status,
                    type,
                    failure);
        }
        return new ClusterException(
                "collection \"" + collection + "\": " + host + " answers " + status + " to " + ask.method + " "
                        + ask.path + ": " + (type.isEmpty() ? "" : type + ": ") + deepest(error),
                status,
                type,
                failure);
    }

    /// The reason nearest to the cause.
    private static String deepest(JsonNode error) {
        String reason = error.path("reason").asText("");
        for (JsonNode cause = error.path("caused_by"); !cause.isMissingNode(); cause = cause.path("caused_by")) {
            reason = reason + "; " + cause.path("reason").asText("");
        }
        JsonNode shard = error.path("failed_shards").path(0).path("reason");
        return shard.isMissingNode()
                ? reason
                : reason + "; " + shard.path("reason").asText("");
    }

    private static JsonNode error(Response response) {
        try (InputStream in = response.getEntity().getContent()) {
            return Json.MAPPER.readTree(in).path("error");
        } catch (IOException | RuntimeException e) {
            // A proxy answers in its own way, or not at all.
            return Json.MAPPER.missingNode();
        }
    }

    @Override
    public void close() throws IOException {
        connections.close();
    }
}
