package org.cl2cm.serve;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.cl2cm.search.Collections;

/// A server in a process of its own, which ends at SIGTERM as `cl2cm serve` does.
final class ServerToEnd {
    private ServerToEnd() {}

    /// Starts it; the first line that it says is its address.
    static Process start(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "--add-modules=jdk.incubator.vector",
                "--enable-native-access=ALL-UNNAMED",
                "-Dorg.bytedeco.javacpp.maxPhysicalBytes=0",
                "-cp",
                System.getProperty("java.class.path"),
                ServerToEnd.class.getName()));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    /// @param arguments the folder of the collections, and of a model that they may be given as `wide`
    public static void main(String[] arguments) throws Exception {
        Map<String, AllowedModel> models = arguments.length < 2
                ? Map.of()
                : Map.of("wide", new AllowedModel(Path.of(arguments[1]), Optional.empty()));
        Server server = Server.start(Collections.in(Path.of(arguments[0])), ServeSettings.DEFAULT.withModels(models));
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
