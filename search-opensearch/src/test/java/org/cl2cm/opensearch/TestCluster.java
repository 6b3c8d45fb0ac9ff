package org.cl2cm.opensearch;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// A real cluster of three nodes of OpenSearch with the k-NN plugin, each in a process of its own on
/// this machine. Ended with the tests, or with their process.
public final class TestCluster implements AutoCloseable {
    static final int NODES = 3;
    private static final long LONGEST_START = TimeUnit.SECONDS.toNanos(180);

    private final Path folder;
    private final String classPath;
    private final int[] ports = new int[2 * NODES];
    private final Process[] nodes = new Process[NODES];
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();

    private TestCluster(Path folder, String classPath) {
        this.folder = folder;
        this.classPath = classPath;
    }

    static TestCluster start() throws IOException, InterruptedException {
        String classPath = NodeClassPath.get();
        TestCluster cluster = new TestCluster(Files.createTempDirectory("cl2cm-cluster"), classPath);
        cluster.choosePorts();
        try {
            for (int node = 0; node < NODES; node++) {
                cluster.start(node);
            }
            cluster.await("/_cluster/health?wait_for_nodes=" + NODES + "&timeout=5s", NODES);
            return cluster;
        } catch (IOException | RuntimeException | Error e) {
            cluster.close();
            throw e;
        }
    }

    private void choosePorts() throws IOException {
        List<ServerSocket> sockets = new ArrayList<>();
        for (int i = 0; i < ports.length; i++) {
            ServerSocket socket = new ServerSocket(0);
            sockets.add(socket);
            ports[i] = socket.getLocalPort();
        }
        for (ServerSocket socket : sockets) {
            socket.close();
        }
    }

    /// Starts a node, again on what it had when it was killed.
    void start(int node) throws IOException {
        String addresses = IntStream.range(NODES, 2 * NODES)
                .mapToObj(i -> "127.0.0.1:" + ports[i])
                .collect(Collectors.joining(","));
        nodes[node] = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xms256m",
                        "-Xmx512m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-Djava.awt.headless=true",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        classPath,
                        "ClusterNode",
                        folder.resolve("node-" + node).toString(),
                        "node-" + node,
                        String.valueOf(ports[node]),
                        String.valueOf(ports[NODES + node]),
                        addresses,
                        backups().toString())
                .redirectErrorStream(true)
                .redirectOutput(log(node).toFile())
                .start();
    }

    /// Where the cluster may write its own snapshots.
    Path backups() {
        return folder.resolve("backups");
    }

    private Path log(int node) {
        return folder.resolve("node-" + node + ".log");
    }

    /// Ends a node as `kill -9` does.
    void kill(int node) throws InterruptedException {
        nodes[node].destroyForcibly();
        assertThat(nodes[node].waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(nodes[node].exitValue()).isEqualTo(128 + 9);
    }

    /// The node that leads the cluster.
    int manager() throws IOException, InterruptedException {
        String name = request("GET", "/_cat/cluster_manager?format=json", null)
                .path(0)
                .path("node")
                .asText();
        return Integer.parseInt(name.substring("node-".length()));
    }

    /// Waits until every copy of every shard is there, on all nodes.
    void awaitGreen() throws IOException, InterruptedException {
        await("/_cluster/health?wait_for_status=green&wait_for_no_relocating_shards=true&timeout=5s", NODES);
    }

    private void await(String health, int nodesWanted) throws IOException, InterruptedException {
        long start = System.nanoTime();
        while (true) {
            for (int node = 0; node < NODES; node++) {
                if (!nodes[node].isAlive()) {
                    throw new IOException("node " + node + " ended:\n" + Files.readString(log(node)));
                }
            }
            try {
                JsonNode answer = request("GET", health, null);
                if (!answer.path("timed_out").asBoolean(true)
                        && answer.path("number_of_nodes").asInt() == nodesWanted) {
                    return;
                }
            } catch (IOException e) {
                if (System.nanoTime() - start > LONGEST_START) {
                    throw e;
                }
            }
            assertThat(System.nanoTime() - start)
                    .as("the cluster is ready in time; the logs are in " + folder)
                    .isLessThan(LONGEST_START);
            Thread.sleep(200);
        }
    }

    /// One request, to the first node that lives.
    JsonNode request(String method, String path, @Nullable String body) throws IOException, InterruptedException {
        for (int node = 0; node < NODES; node++) {
            if (nodes[node].isAlive()) {
                HttpRequest request = HttpRequest.newBuilder(URI.create(host(node) + path))
                        .timeout(Duration.ofSeconds(60))
                        .header("Content-Type", "application/json")
                        .method(
                                method,
                                body == null
                                        ? HttpRequest.BodyPublishers.noBody()
                                        : HttpRequest.BodyPublishers.ofString(body))
                        .build();
                HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
                return Json.MAPPER.readTree(response.body());
            }
        }
        throw new IOException("no node lives");
    }

    private String host(int node) {
        return "http://127.0.0.1:" + ports[node];
    }

    /// The value of `--hosts`.
    public String hosts() {
        return IntStream.range(0, NODES).mapToObj(this::host).collect(Collectors.joining(","));
    }

    /// Options of a collection here, with those given besides.
    Map<String, String> options(String... more) {
        Map<String, String> options = new HashMap<>(Map.of("hosts", hosts(), "shards", "2", "replicas", "1"));
        for (int i = 0; i < more.length; i += 2) {
            options.put(more[i], more[i + 1]);
        }
        return new TreeMap<>(options);
    }

    /// Removes every collection.
    public void clear() throws IOException, InterruptedException {
        assertThat(request("DELETE", "/cl2cm-*?ignore_unavailable=true&expand_wildcards=all", null)
                        .path("acknowledged")
                        .asBoolean())
                .isTrue();
    }

    /// Names of the indexes of collections, sorted.
    public List<String> indexes() throws IOException, InterruptedException {
        List<String> names = new ArrayList<>();
        request("GET", "/cl2cm-*?expand_wildcards=all", null).fieldNames().forEachRemaining(names::add);
        names.sort(null);
        return names;
    }

    @Override
    public void close() throws IOException {
        for (Process node : nodes) {
            if (node != null) {
                node.destroyForcibly();
            }
        }
        try (var files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
