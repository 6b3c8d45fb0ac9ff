package org.cl2cm.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.cl2cm.fixture.PictureWorld;
import org.cl2cm.fixture.cluster.OnACluster;
import org.cl2cm.fixture.cluster.TestCluster;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What users do with a collection, where it lies on a real cluster.
@OnACluster
class ClusterCommandsTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String WORDS = "xa xsquare xin xred";

    private final TestCluster cluster;

    @TempDir
    private Path folder;

    private Path features;
    private Path model;

    ClusterCommandsTest(TestCluster cluster) {
        this.cluster = cluster;
    }

    @BeforeEach
    void model() throws IOException {
        PictureWorld.write(folder);
        features = folder.resolve("features");
        done("encode", folder.resolve("manifest.jsonl"), "--encoder", "pixels:16", "--to", features);
        model = train(1);
    }

    private Path train(int seed) throws IOException {
        return PictureWorld.train(
                folder, "run" + seed, features, "vision.pixels=16", "vision.channels=16", "seed=" + seed);
    }

    private static Said done(Object... arguments) {
        Said said = Said.by(arguments);
        assertThat(said.exit()).as(said.err()).isEqualTo(ExitCode.DONE);
        return said;
    }

    /// A verb of collections, on those that this machine or another one knows.
    private Said on(String machine, Object... arguments) {
        return done(Stream.concat(Stream.of(arguments), Stream.of("--collections", folder.resolve(machine)))
                .toArray());
    }

    private void create(String name, Object... engine) {
        List<Object> command = new ArrayList<>(List.of("index", "create", name));
        command.addAll(List.of("--manifest", folder.resolve("manifest.jsonl"), "--model", model));
        command.addAll(List.of("--features", features));
        command.addAll(List.of(engine));
        on("here", command.toArray());
    }

    private JsonNode stats(String name) throws IOException {
        return JSON.readTree(
                on("here", "index", "stats", name, "--format", "json").out());
    }

    private JsonNode hits(String machine, String name, Object... query) throws IOException {
        List<Object> command = new ArrayList<>(List.of("search", name));
        command.addAll(List.of(query));
        command.addAll(List.of("--top", "5", "--format", "json"));
        return JSON.readTree(on(machine, command.toArray()).out()).at("/results/0/hits");
    }

    private static void areAlike(JsonNode hits, JsonNode others) {
        assertThat(hits.findValuesAsText("id")).hasSize(5).isEqualTo(others.findValuesAsText("id"));
        for (int i = 0; i < hits.size(); i++) {
            assertThat(hits.get(i).get("score").asDouble())
                    .isCloseTo(others.get(i).get("score").asDouble(), within(1e-6));
        }
    }

    @Test
    void aCollectionThereAnswersAsOneHere() throws Exception {
        create("embedded");
        create("photos", "--engine", "opensearch", "--hosts", cluster.hosts(), "--shards", "2", "--replicas", "1");
        JsonNode first = stats("photos");
        assertThat(first.get("engine").asText()).isEqualTo("opensearch");
        assertThat(first.get("items").asInt()).isEqualTo(PictureWorld.PICTURES);
        for (Object[] query : List.of(new Object[] {WORDS}, new Object[] {"--like", "p3"})) {
            areAlike(hits("here", "photos", query), hits("here", "embedded", query));
        }

        // Another machine, which has the model elsewhere.
        Path elsewhere = folder.resolve("elsewhere");
        Files.createDirectory(elsewhere);
        try (var files = Files.newDirectoryStream(model)) {
            for (Path file : files) {
                Files.copy(file, elsewhere.resolve(file.getFileName()));
            }
        }
        on("there", "index", "attach", "photos", "--hosts", cluster.hosts(), "--model", elsewhere);
        areAlike(hits("there", "photos", WORDS), hits("here", "embedded", WORDS));

        Path second = train(2);
        JsonNode before = hits("here", "photos", WORDS);
        on("here", "index", "swap", "photos", "--model", second, "--features", features);
        on("here", "index", "swap", "embedded", "--model", second, "--features", features);
        assertThat(stats("photos").get("generation").asInt()).isEqualTo(2);
        assertThat(stats("photos").get("model")).isNotEqualTo(first.get("model"));
        areAlike(hits("here", "photos", WORDS), hits("here", "embedded", WORDS));
        on("here", "index", "rollback", "photos");
        areAlike(hits("here", "photos", WORDS), before);

        on("here", "index", "delete", "photos", before.get(0).get("id").asText());
        assertThat(hits("here", "photos", WORDS).get(0).get("id"))
                .isEqualTo(before.get(1).get("id"));
        on("here", "index", "drop", "photos", "--yes");
        assertThat(cluster.indexes()).noneMatch(index -> index.contains("photos"));
        assertThat(on("here", "index", "list").out()).contains("embedded").doesNotContain("photos");
    }

    @Test
    void followsAFolder() throws Exception {
        Path pictures = folder.resolve("images");
        Object[] sync = {"index", "sync", "followed", pictures, "--format", "json"};
        on(
                "here",
                Stream.concat(
                                Stream.of(sync),
                                Stream.of("--model", model, "--engine", "opensearch", "--hosts", cluster.hosts()))
                        .toArray());
        assertThat(stats("followed").get("items").asInt()).isEqualTo(PictureWorld.PICTURES);

        Files.copy(pictures.resolve("p0.png"), pictures.resolve("new.png"));
        Files.delete(pictures.resolve("p4.png"));
        JsonNode changed = JSON.readTree(on("here", sync).out());
        assertThat(changed.get("added"))
                .singleElement()
                .isEqualTo(JSON.getNodeFactory().textNode("new"));
        assertThat(changed.get("gone"))
                .singleElement()
                .isEqualTo(JSON.getNodeFactory().textNode("p4"));
        assertThat(changed.get("same").asInt()).isEqualTo(PictureWorld.PICTURES - 1);
        assertThat(hits("here", "followed", "--image", pictures.resolve("new.png"))
                        .findValuesAsText("id")
                        .subList(0, 2))
                .containsExactlyInAnyOrder("p0", "new");
    }

    /// A server of the collections here, as a process of its own.
    private final class Served implements AutoCloseable {
        private final Path err = folder.resolve("err.txt");
        private final HttpClient http = HttpClient.newHttpClient();
        private final Process process;
        private final String address;

        Served() throws IOException {
            List<String> command = new ArrayList<>(Said.java(Cl2cm.class));
            command.addAll(List.of(
                    "serve",
                    "--port",
                    "0",
                    "--collections",
                    folder.resolve("here").toString()));
            process = new ProcessBuilder(command).redirectError(err.toFile()).start();
            address = process.inputReader(StandardCharsets.UTF_8).readLine() + "/v1/collections/";
        }

        private HttpRequest.Builder request(String path) {
            return HttpRequest.newBuilder(URI.create(address + path)).header("Content-Type", "application/json");
        }

        HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
            return http.send(request.build(), BodyHandlers.ofString());
        }

        HttpResponse<String> post(String path, String body) throws IOException, InterruptedException {
            return send(request(path).POST(BodyPublishers.ofString(body)));
        }

        @Override
        public void close() throws IOException {
            process.destroy();
            boolean ended = process.onExit()
                    .thenApply(_ -> true)
                    .completeOnTimeout(false, 60, TimeUnit.SECONDS)
                    .join();
            process.destroyForcibly();
            http.close();
            assertThat(ended).isTrue();
            assertThat(Files.readString(err)).doesNotContain("Exception", "\tat ");
        }
    }

    private static JsonNode json(HttpResponse<String> response) throws IOException {
        assertThat(response.statusCode()).as(response.body()).isIn(200, 207);
        return JSON.readTree(response.body());
    }

    /// Over HTTP: search, write, read, delete; what was acknowledged is there for the next process.
    @Test
    void isServed() throws Exception {
        create("served", "--engine", "opensearch", "--hosts", cluster.hosts(), "--replicas", "1");
        try (Served server = new Served()) {
            JsonNode found = json(server.post("served/search", "{\"text\": \"" + WORDS + "\", \"top\": 5}"));
            areAlike(found.get("hits"), hits("here", "served", WORDS));

            String vector = json(server.send(server.request("served/items/p3")))
                    .get("vector")
                    .toString();
            JsonNode stored = json(server.post(
                    "served/items",
                    "{\"items\": [{\"id\": \"a/b\", \"vector\": " + vector + "}, {\"id\": \"c\", \"vector\": [1]}]}"));
            assertThat(stored.get("items").findValuesAsText("status")).containsExactly("stored", "refused");
            json(server.send(server.request("served/items/p3").DELETE()));
            JsonNode alike = json(server.post("served/search", "{\"vector\": " + vector + ", \"top\": 3}"));
            assertThat(alike.at("/hits/0/id").asText()).isEqualTo("a/b");
            assertThat(alike.findValuesAsText("id")).doesNotContain("p3", "c");
        }
        assertThat(stats("served").get("items").asInt()).isEqualTo(PictureWorld.PICTURES);
        assertThat(hits("here", "served", "--like", "a/b").findValuesAsText("id"))
                .doesNotContain("p3");
    }

    /// A host that takes the request and says nothing.
    @Test
    void aClusterThatHangsHoldsUpNobodyElse() throws Exception {
        create("embedded");
        create("away", "--engine", "opensearch", "--hosts", cluster.hosts());
        try (ServerSocket silent = new ServerSocket(0)) {
            Path file = folder.resolve("here/away/collection.json");
            ObjectNode info = (ObjectNode) JSON.readTree(file.toFile());
            ((ObjectNode) info.get("engineOptions"))
                    .put("hosts", "http://127.0.0.1:" + silent.getLocalPort())
                    .put("timeout", "4");
            JSON.writeValue(file.toFile(), info);
            String question = "{\"text\": \"" + WORDS + "\", \"top\": 5}";
            AtomicInteger answered = new AtomicInteger();
            AtomicBoolean enough = new AtomicBoolean();
            // The server starts without the collection that it cannot open.
            try (Served server = new Served();
                    ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
                drain(silent);
                Future<?> away = clients.submit(() -> {
                    while (!enough.get()) {
                        assertThat(server.post("away/search", question).statusCode())
                                .isEqualTo(503);
                        answered.incrementAndGet();
                        Thread.sleep(20);
                    }
                    return null;
                });
                silent.setSoTimeout(60_000);
                try (Socket _ = silent.accept()) {
                    // It tries again, and the request that made it try waits.
                    int before = answered.get();
                    for (int i = 0; i < 3; i++) {
                        json(server.post("embedded/search", question));
                    }
                    assertThat(answered.get()).isEqualTo(before);
                }
                enough.set(true);
                away.get();
            }
        }
    }

    /// Forgets the connections that wait.
    private static void drain(ServerSocket socket) throws IOException {
        socket.setSoTimeout(100);
        try {
            while (true) {
                socket.accept().close();
            }
        } catch (SocketTimeoutException _) {
            // No more.
        }
    }
}
