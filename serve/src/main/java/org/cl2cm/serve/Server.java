package org.cl2cm.serve;

import io.helidon.http.DirectHandler;
import io.helidon.http.HeaderNames;
import io.helidon.http.ServerResponseHeaders;
import io.helidon.http.Status;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.WebServerConfig;
import io.helidon.webserver.http.DirectHandlers;
import io.helidon.webserver.http1.Http1Config;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.cl2cm.data.DataException;
import org.cl2cm.search.Collections;
import org.cl2cm.serve.internal.Services;

/// A running server of the REST API.
///
/// Life cycle: [#start] opens the models of the collections and listens; [#close] takes no more
/// requests, finishes those under way up to a limit, commits and closes. Safe for use by many
/// threads.
public final class Server implements AutoCloseable {
    private static final int LONGEST_ADDRESS = 16_384;
    private static final int LONGEST_HEADERS = 32_768;
    private static final Duration GRACE = Duration.ofMillis(500);

    /// Helidon tells its features and each connection that breaks off. Held, because the logging
    /// system forgets loggers that nobody holds.
    private static final Logger HELIDON = Logger.getLogger("io.helidon");

    /// Prints the stack when an address is taken, which is said in one line here.
    private static final Logger HELIDON_START = Logger.getLogger("io.helidon.webserver.LoomServer");

    private final WebServer web;
    private final Services services;
    private final URI address;

    private Server(WebServer web, Services services, URI address) {
        this.web = web;
        this.services = services;
        this.address = address;
    }

    /// Opens the models of the collections and listens.
    ///
    /// @throws DataException when the address cannot be used, is not this machine's own and nothing
    ///     protects the server, or the file of tokens cannot be used
    public static Server start(Collections collections, ServeSettings settings) throws IOException {
        InetAddress host = host(settings);
        Optional<Path> tokens = settings.tokens();
        if (tokens.isEmpty() && !settings.open() && !host.isLoopbackAddress()) {
            throw new DataException("without tokens a server at " + settings.host()
                    + " would let everybody read and write: give it --tokens FILE, or --open if that is meant");
        }
        HELIDON.setLevel(Level.SEVERE);
        HELIDON_START.setLevel(Level.OFF);
        boolean localOnly = tokens.isEmpty() && !settings.open();
        Services services = Services.open(collections, settings, localOnly);
        try {
            WebServer web = web(host, settings, services).build();
            web.start();
            if (!web.isRunning()) {
                throw new DataException("cannot listen at " + settings.host() + ":" + settings.port()
                        + "; is another server there? Choose another --port");
            }
            String name = host.isLoopbackAddress() || !host.isAnyLocalAddress() ? settings.host() : "localhost";
            URI address = URI.create("http://" + (name.contains(":") ? "[" + name + "]" : name) + ":" + web.port());
            return new Server(web, services, address);
        } catch (IOException | RuntimeException e) {
            services.close();
            throw e;
        }
    }

    private static InetAddress host(ServeSettings settings) throws DataException {
        try {
            return InetAddress.getByName(settings.host());
        } catch (UnknownHostException e) {
            throw new DataException("\"" + settings.host() + "\" is no name or address of this machine", e);
        }
    }

    private static WebServerConfig.Builder web(InetAddress host, ServeSettings settings, Services services) {
        DirectHandlers.Builder handlers = DirectHandlers.builder();
        for (DirectHandler.EventType event : DirectHandler.EventType.values()) {
            handlers.addHandler(event, Server::refused);
        }
        return WebServer.builder()
                .address(host)
                .port(settings.port())
                .shutdownHook(false)
                .shutdownGracePeriod(GRACE)
                .featuresDiscoverServices(false)
                .directHandlers(handlers.build())
                .connectionOptions(options -> options.readTimeout(settings.timeLimit()))
                .protocolsDiscoverServices(false)
                .addProtocol(Http1Config.builder()
                        .maxPrologueLength(LONGEST_ADDRESS)
                        .maxHeadersSize(LONGEST_HEADERS)
                        .build())
                .routing(routing -> routing.any(services::handle));
    }

    /// What cannot be read as HTTP at all never comes to a route. Helidon calls some of it, such as
    /// a method with other letters, an error of the server.
    private static DirectHandler.TransportResponse refused(
            DirectHandler.TransportRequest request,
            DirectHandler.EventType event,
            Status status,
            ServerResponseHeaders headers,
            String message) {
        Status shown = status.code() < 500 ? status : Status.BAD_REQUEST_400;
        return DirectHandler.TransportResponse.builder()
                .status(shown)
                .headers(headers)
                .header(HeaderNames.CONTENT_TYPE, Services.PROBLEM)
                .keepAlive(false)
                .entity(Services.unreadable(shown.code(), shown.reasonPhrase()))
                .build();
    }

    /// Where it listens, e.g. `http://127.0.0.1:8080`.
    public URI address() {
        return address;
    }

    @Override
    public void close() throws IOException {
        services.drain();
        try {
            web.stop();
        } finally {
            services.close();
        }
    }
}
