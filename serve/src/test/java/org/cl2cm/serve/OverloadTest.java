package org.cl2cm.serve;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.cl2cm.serve.Client.Reply;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// Many queries at once: grouped, bounded, turned away politely.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OverloadTest {
    private static final Duration LONG = Duration.ofMinutes(1);
    private static final String RED = "{\"text\": \"a square in red\"}";

    private ServedWorld world = new ServedWorld(Path.of(""));

    @BeforeAll
    void create(@TempDir Path folder) throws IOException {
        world = ServedWorld.create(folder);
    }

    private static List<Reply> together(Client client, int clients) throws InterruptedException, ExecutionException {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Reply>> all = new ArrayList<>();
            for (int i = 0; i < clients; i++) {
                all.add(threads.submit(() -> client.post(Client.SEARCH, RED)));
            }
            List<Reply> replies = new ArrayList<>();
            for (Future<Reply> one : all) {
                replies.add(one.get());
            }
            return replies;
        }
    }

    private static double metric(Client client, String name) throws IOException, InterruptedException {
        return client.get("/metrics")
                .text()
                .lines()
                .filter(line -> line.startsWith(name + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
                .sum();
    }

    @Test
    void queriesThatComeTogetherAreEncodedTogether() throws IOException, InterruptedException, ExecutionException {
        ServeSettings settings = ServeSettings.DEFAULT.withQueue(
                new QueueSettings(100, LONG, 8, Duration.ofSeconds(30)), Duration.ofSeconds(60));
        try (Server server = Server.start(world.collections(), settings);
                Client client = new Client(server)) {
            // A batch goes when it is full: sixteen queries are two.
            List<Reply> replies = together(client, 16);
            assertThat(replies).extracting(Reply::status).containsOnly(200);
            // Not the scores: the last bit of a sum of vector lanes may change when the code is compiled meanwhile.
            assertThat(replies.stream()
                            .map(reply -> reply.json().get("hits").findValuesAsText("id"))
                            .distinct())
                    .hasSize(1);
            assertThat(metric(client, "cl2cm_batch_size_count{queue=\"texts\"}"))
                    .isEqualTo(2);
            assertThat(metric(client, "cl2cm_batch_size_sum{queue=\"texts\"}")).isEqualTo(16);
            assertThat(metric(client, "cl2cm_encode_seconds_count{what=\"text\"}"))
                    .isEqualTo(2);
        }
    }

    @Test
    void aFullQueueSaysWhenToComeAgain() throws IOException, InterruptedException, ExecutionException {
        // Four places and a batch that never fills: the others are turned away while four wait.
        ServeSettings settings = ServeSettings.DEFAULT.withQueue(
                new QueueSettings(4, LONG, 100, Duration.ofSeconds(3)), Duration.ofSeconds(60));
        try (Server server = Server.start(world.collections(), settings);
                Client client = new Client(server)) {
            Map<Integer, Integer> statuses = new TreeMap<>();
            for (Reply reply : together(client, 20)) {
                statuses.merge(reply.status(), 1, Integer::sum);
                if (reply.status() == 429) {
                    assertThat(reply.header("Retry-After")).hasValue("1");
                    assertThat(reply.header("Content-Type")).hasValue("application/problem+json");
                }
            }
            assertThat(statuses).containsOnlyKeys(200, 429);
            assertThat(statuses.get(200)).isGreaterThanOrEqualTo(4);
            assertThat(client.post(Client.SEARCH, RED).status()).isEqualTo(200);
            assertThat(client.post("/v1/embeddings", "{\"input\": [\"a\", \"b\", \"c\", \"d\", \"e\"]}")
                            .status())
                    .isEqualTo(422);
        }
    }

    @Test
    void aListOfPicturesMayBeLongerThanTheQueue() throws IOException, InterruptedException {
        ServeSettings settings =
                ServeSettings.DEFAULT.withQueue(new QueueSettings(4, LONG, 1, Duration.ZERO), Duration.ofSeconds(60));
        String picture = Base64.getEncoder().encodeToString(Files.readAllBytes(world.picture(3)));
        String items = IntStream.range(0, 10)
                .mapToObj(i -> "{\"id\": \"long" + i + "\", \"image\": {\"base64\": \"" + picture + "\"}}")
                .collect(Collectors.joining(", "));
        try (Server server = Server.start(world.collections(), settings);
                Client client = new Client(server)) {
            Reply reply = client.post("/v1/collections/photos/items", "{\"items\": [" + items + "]}");
            assertThat(reply.status()).as(reply.text()).isEqualTo(200);
            assertThat(reply.json().get("stored").intValue()).isEqualTo(10);
            assertThat(client.get("/v1/collections/photos/items/long9").status())
                    .isEqualTo(200);
        }
    }

    @Test
    void theTimeLimitIsKept() throws IOException, InterruptedException {
        ServeSettings settings = ServeSettings.DEFAULT.withQueue(
                new QueueSettings(4, LONG, 100, Duration.ofSeconds(50)), Duration.ofMillis(200));
        try (Server server = Server.start(world.collections(), settings);
                Client client = new Client(server)) {
            Reply late = client.post(Client.SEARCH, RED);
            assertThat(late.status()).isEqualTo(504);
            assertThat(late.json().get("detail").textValue()).contains("200 ms");
            assertThat(client.post(Client.SEARCH, "{\"like\": \"p1\"}").status())
                    .isEqualTo(200);
        }
    }

    @Test
    void whatIsUnderWayIsFinishedAtTheEnd() throws IOException, InterruptedException, ExecutionException {
        ServeSettings settings = ServeSettings.DEFAULT.withQueue(
                new QueueSettings(100, LONG, 100, Duration.ofSeconds(2)), Duration.ofSeconds(60));
        Server server = Server.start(world.collections(), settings);
        try (Client client = new Client(server);
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Reply> waiting = threads.submit(() -> client.post(Client.SEARCH, RED));
            assertThat(Eventually.holds(() -> client.get("/metrics").text().contains("queue=\"texts\"} 1.0")))
                    .isTrue();
            Future<?> end = threads.submit(() -> {
                server.close();
                return null;
            });
            assertThat(Eventually.holds(() -> client.get("/health/ready").status() == 503))
                    .isTrue();
            assertThat(client.post(Client.SEARCH, RED).status()).isEqualTo(503);
            assertThat(client.get("/health/live").status()).isEqualTo(200);
            assertThat(waiting.get().status()).isEqualTo(200);
            end.get();
        }
    }
}
