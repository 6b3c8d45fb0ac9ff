package org.cl2cm.serve;

import java.nio.file.Path;
import org.cl2cm.search.Collections;

/// A server in a process of its own, which ends at SIGTERM as `cl2cm serve` does.
final class ServerToEnd {
    private ServerToEnd() {}

    /// @param arguments the folder of the collections
    public static void main(String[] arguments) throws Exception {
        Server server = Server.start(Collections.in(Path.of(arguments[0])), ServeSettings.DEFAULT);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            try {
                server.close();
            } catch (java.io.IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        }));
        System.out.println(server.address());
        Thread.currentThread().join();
    }
}
