package org.cl2cm.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import org.cl2cm.data.DataException;
import org.cl2cm.data.ProgressListener;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Against a server on this machine that behaves as a hub does: weights are redirected to another host,
/// ranges work, checksums stand in `X-Linked-ETag`. It can be told to misbehave.
class HubClientTest {
    private static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";
    private static final HubRepository REPOSITORY = HubRepository.parse("hf:someone/tiny");

    @TempDir
    Path home;

    private final byte[] weights = new byte[300_000];
    private final Map<String, byte[]> files = new LinkedHashMap<>();
    private final List<String> requests = Collections.synchronizedList(new ArrayList<>());
    private final Map<String, Integer> failures = Collections.synchronizedMap(new HashMap<>());
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private HttpServer hub = server();
    private HttpServer store = server();
    private boolean tokenNeeded;
    private int dropAfter = Integer.MAX_VALUE;
    private boolean hang;
    private boolean damage;
    private boolean ranges = true;
    private Duration patience = Duration.ofSeconds(30);

    private static HttpServer server() {
        try {
            return HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @BeforeEach
    void start() {
        new Random(5).nextBytes(weights);
        files.put("config.json", "{\"model_type\": \"bert\"}".getBytes(StandardCharsets.UTF_8));
        files.put("model.safetensors", weights);
        files.put("1_Pooling/config.json", "{}".getBytes(StandardCharsets.UTF_8));
        files.put("pytorch_model.bin", new byte[10]);
        files.put("train.py", new byte[10]);
        files.put("README.md", "card".getBytes(StandardCharsets.UTF_8));
        hub.createContext("/", exchange -> answer(exchange, this::hub));
        store.createContext("/", exchange -> answer(exchange, this::store));
        hub.setExecutor(threads);
        store.setExecutor(threads);
        hub.start();
        store.start();
    }

    @AfterEach
    void stop() {
        hub.stop(0);
        store.stop(0);
        threads.shutdownNow();
    }

    @FunctionalInterface
    private interface Handler {
        void handle(HttpExchange exchange, String path) throws IOException;
    }

    private void answer(HttpExchange exchange, Handler handler) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getPath();
            String token = exchange.getRequestHeaders().getFirst("Authorization");
            String range = exchange.getRequestHeaders().getFirst("Range");
            requests.add((exchange.getLocalAddress().equals(hub.getAddress()) ? "hub " : "store ")
                    + path
                    + (range == null ? "" : " " + range)
                    + (token == null ? "" : " " + token));
            int left = failures.getOrDefault(path, 0);
            if (left > 0) {
                failures.put(path, left - 1);
                exchange.sendResponseHeaders(503, -1);
                return;
            }
            handler.handle(exchange, path);
        }
    }

    private void hub(HttpExchange exchange, String path) throws IOException {
        String resolve = "/someone/tiny/resolve/" + COMMIT + "/";
        if (tokenNeeded && !"Bearer secret".equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
            exchange.sendResponseHeaders(401, -1);
        } else if (path.equals("/api/models/someone/tiny/revision/main")) {
            String siblings = files.keySet().stream()
                    .map(name -> "{\"rfilename\": \"" + name + "\"}")
                    .collect(Collectors.joining(","));
            send(
                    exchange,
                    ("{\"sha\": \"" + COMMIT + "\", \"cardData\": {\"license\": \"mit\"}, \"siblings\": [" + siblings
                                    + "]}")
                            .getBytes(StandardCharsets.UTF_8));
        } else if (path.contains("old/name/")) {
            exchange.getResponseHeaders().add("Location", path.replace("old/name", "someone/tiny"));
            exchange.sendResponseHeaders(307, -1);
        } else if (path.startsWith(resolve) && path.endsWith(".safetensors")) {
            Path sum = Files.write(home.resolve("sum"), weights);
            exchange.getResponseHeaders().add("X-Linked-ETag", "\"" + Fingerprint.ofFile(sum) + "\"");
            exchange.getResponseHeaders().add("X-Linked-Size", String.valueOf(weights.length));
            exchange.getResponseHeaders()
                    .add("Location", "http://localhost:" + store.getAddress().getPort() + "/blob?signature=1");
            exchange.sendResponseHeaders(302, -1);
        } else if (path.startsWith(resolve) && files.containsKey(path.substring(resolve.length()))) {
            exchange.getResponseHeaders().add("ETag", "\"5f3a\"");
            send(exchange, files.getOrDefault(path.substring(resolve.length()), new byte[0]));
        } else {
            exchange.getResponseHeaders().add("X-Error-Message", "Repository not found");
            exchange.sendResponseHeaders(404, -1);
        }
    }

    private static void send(HttpExchange exchange, byte[] content) throws IOException {
        exchange.sendResponseHeaders(200, content.length);
        exchange.getResponseBody().write(content);
    }

    private void store(HttpExchange exchange, String path) throws IOException {
        assertThat(path).isEqualTo("/blob");
        byte[] content = weights.clone();
        if (damage) {
            content[1000] ^= 1;
        }
        int from = 0;
        String range = exchange.getRequestHeaders().getFirst("Range");
        if (range != null && ranges) {
            from = Integer.parseInt(range.substring("bytes=".length(), range.length() - 1));
            if (from >= content.length) {
                exchange.sendResponseHeaders(416, -1);
                return;
            }
            exchange.getResponseHeaders()
                    .add("Content-Range", "bytes " + from + "-" + (content.length - 1) + "/" + content.length);
        }
        exchange.sendResponseHeaders(range != null && ranges ? 206 : 200, content.length - from);
        OutputStream out = exchange.getResponseBody();
        int count = Math.min(dropAfter, content.length - from);
        out.write(content, from, count);
        out.flush();
        if (count < content.length - from) {
            if (hang) {
                sleep();
            }
            // Ends the connection although more was announced.
            throw new IOException("dropped");
        }
    }

    private static void sleep() {
        try {
            Thread.sleep(Duration.ofSeconds(20));
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private HubClient client(Optional<String> token) {
        URI address = URI.create("http://127.0.0.1:" + hub.getAddress().getPort());
        return new HubClient(address, token, Duration.ofMillis(1), patience);
    }

    private Path get() throws IOException {
        return client(Optional.empty()).get(home, REPOSITORY, ProgressListener.NONE);
    }

    private long count(String start) {
        return requests.stream().filter(request -> request.startsWith(start)).count();
    }

    @Test
    void bringsTheUsefulFilesAndNothingPickled() throws IOException {
        Path folder = get();
        assertThat(folder.resolve("model.safetensors")).hasBinaryContent(weights);
        assertThat(folder.resolve("README.md")).hasContent("card");
        try (var all = Files.walk(folder)) {
            assertThat(all.filter(Files::isRegularFile)
                            .map(file -> folder.relativize(file).toString()))
                    .containsExactlyInAnyOrder(
                            "1_Pooling/config.json",
                            "README.md",
                            "cl2cm-source.json",
                            "config.json",
                            "model.safetensors");
        }
        ModelOrigin origin = ModelOrigin.read(folder).orElseThrow();
        assertThat(origin.revision()).isEqualTo(COMMIT);
        assertThat(origin.license()).isEqualTo("mit");
        assertThat(origin.source()).endsWith("/someone/tiny");
        assertThat(origin.changes(folder, Long.MAX_VALUE)).isEmpty();
        int before = requests.size();
        assertThat(get()).isEqualTo(folder);
        assertThat(requests).hasSize(before);
        assertThat(requests).noneMatch(request -> request.contains("pytorch_model.bin"));
    }

    @Test
    void goesOnWhereTheConnectionBroke() throws IOException {
        dropAfter = 100_000;
        Path folder = get();
        assertThat(folder.resolve("model.safetensors")).hasBinaryContent(weights);
        List<String> ranges =
                requests.stream().filter(request -> request.startsWith("store")).toList();
        assertThat(ranges).hasSizeGreaterThanOrEqualTo(3).element(0).isEqualTo("store /blob");
        assertThat(ranges.subList(1, ranges.size())).allMatch(request -> request.contains("bytes="));
    }

    @Test
    void goesOnInTheNextRunWhenItGaveUp() throws IOException {
        dropAfter = 10_000;
        assertThatThrownBy(this::get)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("model.safetensors")
                .hasMessageContaining("gave up after 5 tries");
        assertThat(count("store")).isEqualTo(5);
        dropAfter = Integer.MAX_VALUE;
        requests.clear();
        assertThat(get().resolve("model.safetensors")).hasBinaryContent(weights);
        assertThat(count("store /blob bytes=")).isEqualTo(1);
        assertThat(requests).noneMatch(request -> request.endsWith("/" + COMMIT + "/config.json"));
    }

    @Test
    void startsAgainWhereTheServerKnowsNoRanges() throws IOException {
        dropAfter = 100_000;
        ranges = false;
        assertThatThrownBy(this::get).hasMessageContaining("gave up");
        dropAfter = Integer.MAX_VALUE;
        assertThat(get().resolve("model.safetensors")).hasBinaryContent(weights);
    }

    @Test
    void noticesDamageAndKeepsNothingOfIt() throws IOException {
        damage = true;
        assertThatThrownBy(this::get)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("SHA-256")
                .hasMessageContaining("model.safetensors");
        try (var all = Files.walk(home)) {
            assertThat(all.map(file -> file.getFileName().toString())).noneMatch(name -> name.startsWith("model."));
        }
        damage = false;
        assertThat(get().resolve("model.safetensors")).hasBinaryContent(weights);
    }

    @Test
    void replacesBytesFromBeforeThatDoNotFit() throws IOException {
        Path part = home.resolve("models/someone--tiny@main." + COMMIT.substring(0, 12) + ".part");
        Files.createDirectories(part);
        Files.write(part.resolve("model.safetensors.part"), new byte[weights.length + 5]);
        assertThat(get().resolve("model.safetensors")).hasBinaryContent(weights);
    }

    @Test
    void takesWholeBytesFromBeforeWithoutFetching() throws IOException {
        Path part = home.resolve("models/someone--tiny@main." + COMMIT.substring(0, 12) + ".part");
        Files.createDirectories(part);
        Files.write(part.resolve("model.safetensors.part"), weights);
        assertThat(get().resolve("model.safetensors")).hasBinaryContent(weights);
        assertThat(count("store")).isEqualTo(1);
    }

    @Test
    void repairsAFolderWithAMissingOrShortFile() throws IOException {
        Path file = get().resolve("model.safetensors");
        Files.write(file, Arrays.copyOf(weights, 1000));
        get();
        assertThat(file).hasBinaryContent(weights);
    }

    @Test
    void sendsTheTokenToTheHubAlone() throws IOException {
        tokenNeeded = true;
        client(Optional.of("secret")).get(home, REPOSITORY, ProgressListener.NONE);
        assertThat(requests)
                .filteredOn(request -> request.startsWith("hub "))
                .allMatch(r -> r.endsWith("Bearer secret"));
        assertThat(requests)
                .filteredOn(request -> request.startsWith("store "))
                .isNotEmpty()
                .noneMatch(r -> r.contains("Bearer"));
    }

    @Test
    void saysWhatToDoWhenRefused() {
        tokenNeeded = true;
        assertThatThrownBy(this::get)
                .isInstanceOf(DataException.class)
                .hasMessageContaining("401")
                .hasMessageContaining("set HF_TOKEN");
        assertThatThrownBy(() -> client(Optional.of("wrong")).get(home, REPOSITORY, ProgressListener.NONE))
                .hasMessageContaining("the token in HF_TOKEN gives no access")
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("wrong"));
        assertThat(requests).hasSize(2);
    }

    @Test
    void saysWhenThereIsNoSuchRepository() {
        HubRepository missing = HubRepository.parse("hf:someone/other@v1");
        assertThatThrownBy(() -> client(Optional.empty()).get(home, missing, ProgressListener.NONE))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("someone/other/revision/v1: not found (404) (Repository not found)");
        assertThat(requests).hasSize(1);
    }

    @Test
    void triesAgainWhileTheServerIsBusy() throws IOException {
        failures.put("/api/models/someone/tiny/revision/main", 2);
        failures.put("/blob", 3);
        assertThat(get().resolve("model.safetensors")).hasBinaryContent(weights);
        failures.put("/api/models/someone/tiny/revision/main", 99);
        assertThatThrownBy(() -> client(Optional.empty()).get(home.resolve("b"), REPOSITORY, ProgressListener.NONE))
                .hasMessageContaining("gave up after 5 tries")
                .hasMessageContaining("503");
    }

    @Test
    void givesUpAConnectionThatSaysNothing() {
        dropAfter = 50_000;
        hang = true;
        patience = Duration.ofSeconds(2);
        assertThatThrownBy(this::get).isInstanceOf(IOException.class).hasMessageContaining("nothing came for 2000 ms");
    }

    @Test
    void saysWhenNobodyListens() {
        hub.stop(0);
        assertThatThrownBy(this::get).isInstanceOf(IOException.class).hasMessageContaining("gave up");
    }

    @Test
    void refusesUnsafeNames() throws IOException {
        for (String name :
                List.of("../evil.json", "a/../../evil.json", "/etc/evil.json", ".ssh/evil.json", "a\\\\b.json")) {
            files.put(name, new byte[1]);
            assertThatThrownBy(this::get)
                    .as(name)
                    .isInstanceOf(DataException.class)
                    .hasMessageContaining("unsafe file name");
            files.remove(name);
        }
        try (var all = Files.walk(home)) {
            assertThat(all.filter(Files::isRegularFile))
                    .allMatch(file -> file.toString().endsWith(".lock"));
        }
    }

    @Test
    void refusesARepositoryWithPickledWeightsOnly() {
        files.remove("model.safetensors");
        assertThatThrownBy(this::get)
                .isInstanceOf(DataException.class)
                .hasMessageContaining("pytorch_model.bin")
                .hasMessageContaining("safetensors");
    }

    @Test
    void readsTheWrittenForm() {
        assertThat(HubRepository.parse("hf:a/b@refs/pr/3")).isEqualTo(new HubRepository("a", "b", "refs/pr/3"));
        assertThat(HubRepository.parse("hf:a/b").revision()).isEqualTo("main");
        for (String wrong : List.of("a/b", "hf:a", "hf:a/b/c", "hf:../b", "hf:a/b@", "hf:a/b@x/../y", "hf:a/b@-x")) {
            assertThatThrownBy(() -> HubRepository.parse(wrong)).as(wrong).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void followsARenamedRepository() throws IOException {
        HubRepository old = HubRepository.parse("hf:old/name");
        Path folder = client(Optional.empty()).get(home, old, ProgressListener.NONE);
        assertThat(folder.resolve("model.safetensors")).hasBinaryContent(weights);
    }
}
