package org.cl2cm.serve.internal;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;

/// Health, metrics, the description of the API, and the page for people.
final class OperationRoutes {
    private static final String RESOURCES = "/org/cl2cm/serve/";
    private static final String PAGE = "page/";
    private static final Map<String, String> TYPES = Map.of(
            "html", "text/html; charset=utf-8",
            "css", "text/css; charset=utf-8",
            "js", "text/javascript; charset=utf-8",
            "json", "application/json",
            "svg", "image/svg+xml",
            "png", "image/png",
            "ico", "image/x-icon",
            "woff2", "font/woff2");

    /// The page loads nothing from elsewhere and cannot be framed.
    private static final Map<String, String> HEADERS = Map.of(
            "Content-Security-Policy",
            "default-src 'self'; img-src 'self' blob: data:; media-src 'self' blob:; base-uri 'none'; frame-ancestors 'none'",
            "X-Content-Type-Options",
            "nosniff",
            "Referrer-Policy",
            "no-referrer");

    private final Metrics metrics;
    private final UnderWay underWay;

    OperationRoutes(Metrics metrics, UnderWay underWay) {
        this.metrics = metrics;
        this.underWay = underWay;
    }

    Answer live(Exchange exchange) {
        return Answer.json(Map.of("status", "live"));
    }

    Answer ready(Exchange exchange) {
        if (underWay.isClosed()) {
            throw Problem.of(Problem.Kind.UNAVAILABLE, "the server is shutting down");
        }
        return Answer.json(Map.of("status", "ready"));
    }

    Answer metrics(Exchange exchange) {
        return Answer.of(
                "text/plain; version=0.0.4; charset=utf-8", metrics.text().getBytes(StandardCharsets.UTF_8));
    }

    Answer openApi(Exchange exchange) throws IOException {
        return Answer.of("application/json", resource("openapi.json").orElseThrow());
    }

    Answer index(Exchange exchange) throws IOException {
        return page("index.html");
    }

    Answer page(Exchange exchange) throws IOException {
        return page(exchange.variable("file"));
    }

    /// @param name never with a slash or a dot at its beginning
    private static Answer page(String name) throws IOException {
        String type = TYPES.get(name.substring(name.lastIndexOf('.') + 1));
        Optional<byte[]> content = type != null && name.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,100}")
                ? resource(PAGE + name)
                : Optional.empty();
        if (type == null || content.isEmpty()) {
            throw Problem.of(Problem.Kind.NOT_FOUND, "no such address; /openapi.json describes those there are");
        }
        return Answer.of(type, content.get()).with(HEADERS);
    }

    private static Optional<byte[]> resource(String name) throws IOException {
        try (InputStream in = OperationRoutes.class.getResourceAsStream(RESOURCES + name)) {
            return in == null ? Optional.empty() : Optional.of(in.readAllBytes());
        }
    }
}
