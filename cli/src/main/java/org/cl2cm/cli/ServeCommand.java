package org.cl2cm.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.cl2cm.serve.AllowedModel;
import org.cl2cm.serve.QueueSettings;
import org.cl2cm.serve.ServeSettings;
import org.cl2cm.serve.Server;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
        name = "serve",
        description = {
            "Serve the collections over HTTP: a REST API, described at /openapi.json.",
            "",
            "  serve --port 8080",
            "  serve --host 0.0.0.0 --tokens tokens.txt",
            "  serve --allow-model second=runs/second/model",
            "",
            "Ends at SIGTERM or Ctrl-C: requests under way are finished first.",
        },
        mixinStandardHelpOptions = true)
final class ServeCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--host", defaultValue = "127.0.0.1", description = "where to listen (default: ${DEFAULT-VALUE})")
    private String host = "";

    @Option(names = "--port", defaultValue = "8080", description = "0 for any free one (default: ${DEFAULT-VALUE})")
    private int port;

    @Option(
            names = "--tokens",
            paramLabel = "FILE",
            description = "who may read and write: lines \"read|write TOKEN [EXPIRES]\"; a token may be written as"
                    + " sha256:HASH")
    private @Nullable Path tokens;

    @Option(
            names = "--open",
            description = "without --tokens: let everybody who reaches the server read and write, from any machine")
    private boolean open;

    @Option(
            names = "--cors-origin",
            paramLabel = "ORIGIN",
            description =
                    "let web pages of this origin use the server, e.g. https://photos.example; may be given often")
    private List<String> origins = List.of();

    @Option(
            names = "--max-body",
            defaultValue = "16777216",
            paramLabel = "BYTES",
            description = "longest request (default: ${DEFAULT-VALUE})")
    private int body;

    @Option(
            names = "--max-pixels",
            defaultValue = "25000000",
            paramLabel = "N",
            description = "largest picture, decoded (default: ${DEFAULT-VALUE})")
    private long pixels;

    @Option(
            names = "--max-top",
            defaultValue = "1000",
            paramLabel = "N",
            description = "most results of a query (default: ${DEFAULT-VALUE})")
    private int top;

    @Option(
            names = "--time-limit",
            defaultValue = "10000",
            paramLabel = "MS",
            description = "how long a request may take and wait (default: ${DEFAULT-VALUE})")
    private long timeLimit;

    @Option(
            names = "--queue",
            defaultValue = "256",
            paramLabel = "N",
            description = "queries that may wait for the model; more are turned away with 429 (default:"
                    + " ${DEFAULT-VALUE})")
    private int queue;

    @Option(
            names = "--queue-wait",
            defaultValue = "2000",
            paramLabel = "MS",
            description = "how long a query may wait for the model; those that would wait longer are turned away with"
                    + " 429 (default: ${DEFAULT-VALUE})")
    private long queueWait;

    @Option(
            names = "--batch",
            defaultValue = "32",
            paramLabel = "N",
            description = "most texts that are encoded together (default: ${DEFAULT-VALUE})")
    private int batch;

    @Option(
            names = "--batch-wait",
            defaultValue = "2",
            paramLabel = "MS",
            description = "how long the first text of a batch waits for others (default: ${DEFAULT-VALUE})")
    private long batchWait;

    @Option(
            names = "--shutdown-limit",
            defaultValue = "20000",
            paramLabel = "MS",
            description = "how long the end waits for requests under way (default: ${DEFAULT-VALUE})")
    private long shutdownLimit;

    @Option(
            names = "--allow-model",
            paramLabel = "NAME=FOLDER",
            description = "a model that clients who may write can give to a collection, by this name; may be given"
                    + " often")
    private Map<String, Path> models = Map.of();

    @Option(
            names = "--allow-features",
            paramLabel = "NAME=STORE",
            description = "image features for the model of this name: items that are in the store need no picture")
    private Map<String, Path> features = Map.of();

    @Mixin
    private CollectionsOption collections = new CollectionsOption();

    @Override
    public Integer call() throws IOException, InterruptedException {
        Server server = Server.start(collections.open(), settings());
        CountDownLatch ended = new CountDownLatch(1);
        Runtime.getRuntime()
                .addShutdownHook(Thread.ofPlatform().name("end of the server").unstarted(() -> {
                    try {
                        server.close();
                    } catch (IOException | RuntimeException e) {
                        spec.commandLine().getErr().println("cl2cm: while closing: " + e.getMessage());
                    }
                    ended.countDown();
                }));
        spec.commandLine().getOut().println(server.address());
        ended.await();
        return ExitCode.DONE;
    }

    private ServeSettings settings() {
        try {
            return new ServeSettings(
                    host,
                    port,
                    body,
                    pixels,
                    top,
                    Duration.ofMillis(timeLimit),
                    new QueueSettings(queue, Duration.ofMillis(queueWait), batch, Duration.ofMillis(batchWait)),
                    Duration.ofMillis(shutdownLimit),
                    Optional.ofNullable(tokens),
                    open,
                    origins,
                    allowed());
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
    }

    private Map<String, AllowedModel> allowed() {
        Map<String, AllowedModel> allowed = new TreeMap<>();
        models.forEach(
                (name, folder) -> allowed.put(name, new AllowedModel(folder, Optional.ofNullable(features.get(name)))));
        for (String name : features.keySet()) {
            if (!models.containsKey(name)) {
                throw new IllegalArgumentException(
                        "--allow-features " + name + ": there is no --allow-model of this name");
            }
        }
        return allowed;
    }
}
