package org.cl2cm.serve;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.cl2cm.search.VectorQuery;

/// What a server may use and how it behaves.
///
/// @param host name or address to listen at
/// @param port 0 for any that is free
/// @param bodyBytes of the longest request
/// @param pixels of the largest picture, decoded
/// @param top most results of one query
/// @param timeLimit for one request: reading it, waiting for a place, and what it waits for
/// @param queue how requests wait for a model
/// @param shutdownLimit how long the end waits for requests that are under way
/// @param tokens file with the tokens that may read and write; without it everybody may do
///     everything
/// @param open whether everybody may do everything even from other machines
/// @param origins web pages of these origins may use the server from a browser
/// @param models that a collection may be given over the API, by name
public record ServeSettings(
        String host,
        int port,
        int bodyBytes,
        long pixels,
        int top,
        Duration timeLimit,
        QueueSettings queue,
        Duration shutdownLimit,
        Optional<Path> tokens,
        boolean open,
        List<String> origins,
        Map<String, AllowedModel> models) {
    /// For this machine only, on a free port.
    public static final ServeSettings DEFAULT = new ServeSettings(
            "127.0.0.1",
            0,
            16 << 20,
            25_000_000,
            1000,
            Duration.ofSeconds(10),
            QueueSettings.DEFAULT,
            Duration.ofSeconds(20),
            Optional.empty(),
            false,
            List.of(),
            Map.of());

    private static final int LARGEST_BODY = 1 << 30;

    public ServeSettings {
        origins = List.copyOf(origins);
        models = java.util.Collections.unmodifiableMap(new TreeMap<>(models));
        check("port", port, 0, 65_535);
        check("body bytes", bodyBytes, 1024, LARGEST_BODY);
        check("pixels", pixels, 1, Integer.MAX_VALUE);
        check("top", top, 1, VectorQuery.MOST);
        check("time limit in milliseconds", timeLimit.toMillis(), 1, Integer.MAX_VALUE);
        check("shutdown limit in milliseconds", shutdownLimit.toMillis(), 0, Integer.MAX_VALUE);
        for (String origin : origins) {
            if (!origin.matches("https?://[^/\\s*]+")) {
                throw new IllegalArgumentException(
                        "\"" + origin + "\" is no origin: write a scheme and a host, e.g. https://photos.example");
            }
        }
        for (String name : models.keySet()) {
            if (!name.matches("[\\p{L}\\p{N}][\\p{L}\\p{M}\\p{N}._-]{0,63}")) {
                throw new IllegalArgumentException("\"" + name
                        + "\" is no name for a model: use at most 64 letters, digits, \".\", \"_\" and \"-\","
                        + " beginning with a letter or digit");
            }
        }
    }

    static void check(String what, long value, long least, long most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(what + " " + value + "; " + least + " to " + most + " are possible");
        }
    }

    /// The same with other limits on waiting.
    public ServeSettings withQueue(QueueSettings other, Duration limit) {
        return new ServeSettings(
                host, port, bodyBytes, pixels, top, limit, other, shutdownLimit, tokens, open, origins, models);
    }

    /// The same with other bounds on requests.
    public ServeSettings withBounds(int bytes, long mostPixels, int mostResults) {
        return new ServeSettings(
                host,
                port,
                bytes,
                mostPixels,
                mostResults,
                timeLimit,
                queue,
                shutdownLimit,
                tokens,
                open,
                origins,
                models);
    }

    /// The same at another address.
    public ServeSettings at(String otherHost, int otherPort) {
        return new ServeSettings(
                otherHost,
                otherPort,
                bodyBytes,
                pixels,
                top,
                timeLimit,
                queue,
                shutdownLimit,
                tokens,
                open,
                origins,
                models);
    }

    /// The same for others.
    ///
    /// @param file with tokens
    public ServeSettings withAccess(Optional<Path> file, boolean everybody, List<String> pages) {
        return new ServeSettings(
                host, port, bodyBytes, pixels, top, timeLimit, queue, shutdownLimit, file, everybody, pages, models);
    }

    /// The same with other models that a collection may be given.
    public ServeSettings withModels(Map<String, AllowedModel> allowed) {
        return new ServeSettings(
                host, port, bodyBytes, pixels, top, timeLimit, queue, shutdownLimit, tokens, open, origins, allowed);
    }
}
