package org.cl2cm.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.cl2cm.data.DataException;
import org.cl2cm.data.ProgressListener;
import org.cl2cm.model.RetrievalModel;
import org.cl2cm.search.VectorEngine;
import org.cl2cm.serve.Client.Reply;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Another model takes the place of a collection's while the server answers.
class SwapTest {
    private static final String ALIAS = "/v1/aliases/photos";
    private static final String SWAP = ALIAS + ":swap";
    private static final String RED = "{\"text\": \"a square in red\", \"top\": 24}";
    private static final int WIDE = 8;

    @TempDir
    Path folder = Path.of("");

    private ServedWorld world = new ServedWorld(Path.of(""));
    private Path wide = Path.of("");
    private Server server;
    private Client client;

    @BeforeEach
    void start() throws IOException {
        world = ServedWorld.create(folder);
        wide = world.another("wide", "dimension=" + WIDE);
        serve(Map.of("wide", new AllowedModel(wide, Optional.empty())));
    }

    private void serve(Map<String, AllowedModel> models) throws IOException {
        server = Server.start(world.collections(), ServeSettings.DEFAULT.withModels(models));
        client = new Client(server);
    }

    @AfterEach
    void stop() throws IOException {
        client.close();
        server.close();
    }

    private JsonNode alias() throws IOException, InterruptedException {
        return client.get(ALIAS).json();
    }

    private int generation() throws IOException, InterruptedException {
        return alias().at("/live/generation").intValue();
    }

    private String state() throws IOException, InterruptedException {
        return alias().at("/job/state").asText();
    }

    /// Begins a swap and waits for its end.
    private JsonNode swap(String body) throws IOException, InterruptedException {
        Reply reply = client.post(SWAP, body);
        assertThat(reply.status()).as(reply.text()).isEqualTo(202);
        assertThat(reply.header("Location")).hasValue(ALIAS);
        assertThat(reply.json().at("/job/state").textValue()).isIn("running", "done", "kept", "failed");
        assertThat(Eventually.holds(() -> !state().equals("running"))).isTrue();
        return alias().get("job");
    }

    private List<String> ids(Reply reply) {
        assertThat(reply.status()).as(reply.text()).isEqualTo(200);
        return reply.json().get("hits").findValuesAsText("id");
    }

    /// Asks until it is told to stop.
    private Future<Integer> asking(
            ExecutorService threads,
            AtomicBoolean enough,
            ConcurrentLinkedQueue<String> failed,
            String path,
            String body) {
        return threads.submit(() -> {
            int asked = 0;
            try (Client own = new Client(server)) {
                for (; !enough.get(); asked++) {
                    Reply reply = body.isEmpty() ? own.get(path) : own.post(path, body);
                    if (reply.status() != 200) {
                        failed.add(path + " " + reply.status() + " " + reply.text());
                    }
                }
            }
            return asked;
        });
    }

    /// Stores items until it is told to stop.
    private Future<Integer> writing(ExecutorService threads, AtomicBoolean enough, Set<String> acknowledged)
            throws IOException {
        String picture = Base64.getEncoder().encodeToString(Files.readAllBytes(world.picture(1)));
        return threads.submit(() -> {
            int conflicts = 0;
            try (Client own = new Client(server)) {
                for (int i = 0; !enough.get(); i++) {
                    String item = "{\"items\": [{\"id\": \"w" + i + "\", \"image\": {\"base64\": \"" + picture
                            + "\"}, \"fields\": {\"media\": \"images/p1.png\"}}]}";
                    Reply reply = own.post(Client.ITEMS, item);
                    assertThat(reply.status()).as(reply.text()).isIn(200, 409);
                    if (reply.status() == 200) {
                        acknowledged.add("w" + i);
                    } else {
                        conflicts++;
                    }
                }
            }
            return conflicts;
        });
    }

    @Test
    void noQueryFailsAndNoWriteIsLostWhileAnotherModelTakesThePlaceAndGoesAgain()
            throws IOException, InterruptedException, ExecutionException {
        AtomicBoolean enough = new AtomicBoolean();
        ConcurrentLinkedQueue<String> failed = new ConcurrentLinkedQueue<>();
        Set<String> acknowledged = new ConcurrentSkipListSet<>();
        List<Future<Integer>> asking = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            try {
                asking.add(asking(threads, enough, failed, Client.SEARCH, RED));
                asking.add(asking(
                        threads, enough, failed, Client.SEARCH, "{\"text\": \"xgreen\", \"filter\": \"year<2010\"}"));
                asking.add(asking(threads, enough, failed, Client.SEARCH, "{\"like\": \"p7\"}"));
                asking.add(asking(
                        threads, enough, failed, "/v1/embeddings", "{\"input\": \"blue\", \"model\": \"photos\"}"));
                asking.add(asking(threads, enough, failed, "/v1/collections/photos/items/p3", ""));
                asking.add(asking(threads, enough, failed, "/v1/collections", ""));
                AtomicBoolean written = new AtomicBoolean();
                Future<Integer> writing = writing(threads, written, acknowledged);
                assertThat(Eventually.holds(() -> acknowledged.size() > 5)).isTrue();

                JsonNode job = swap("{\"model\": \"wide\"}");
                assertThat(job.get("state").textValue()).as(job.toString()).isEqualTo("done");
                assertThat(job.at("/items/done")).isEqualTo(job.at("/items/total"));
                assertThat(job.at("/left/count").intValue()).isZero();
                assertThat(generation()).isEqualTo(2);
                int before = acknowledged.size();
                assertThat(Eventually.holds(() -> acknowledged.size() > before + 5))
                        .isTrue();
                written.set(true);
                writing.get();
                Set<String> content = new TreeSet<>(world.content("photos").keySet());
                assertThat(content).containsAll(acknowledged);

                assertThat(swap("{\"to\": \"previous\"}").get("state").textValue())
                        .isEqualTo("done");
                assertThat(generation()).isEqualTo(1);
                assertThat(swap("{\"to\": \"previous\"}").get("state").textValue())
                        .isEqualTo("done");
                assertThat(generation()).isEqualTo(2);
            } finally {
                enough.set(true);
            }
            int all = 0;
            for (Future<Integer> one : asking) {
                all += one.get();
            }
            assertThat(failed).isEmpty();
            assertThat(all).isGreaterThan(100);
        }
    }

    @Test
    void afterTheSwitchTheOtherModelAnswers() throws IOException, InterruptedException {
        List<String> before = ids(client.post(Client.SEARCH, RED));
        JsonNode job = swap("{\"model\": \"wide\"}");
        assertThat(job.get("detail").textValue()).isEqualTo("generation 2 is live");
        JsonNode alias = alias();
        String fingerprint = RetrievalModel.describe(wide).fingerprint();
        assertThat(alias.at("/live/model").textValue()).isEqualTo(fingerprint);
        assertThat(alias.at("/live/dimension").intValue()).isEqualTo(WIDE);
        assertThat(alias.at("/previous/dimension").intValue()).isEqualTo(ServedWorld.DIMENSION);
        assertThat(alias.at("/models/0").textValue()).isEqualTo("wide");

        // A vector of the other model, made here, finds what the server finds by the words.
        List<Float> vector = new ArrayList<>();
        try (RetrievalModel model = RetrievalModel.open(wide, ProgressListener.NONE)) {
            for (float value : model.encodeTexts(List.of("a square in red"))) {
                vector.add(value);
            }
        }
        Reply words = client.post(Client.SEARCH, RED);
        assertThat(words.json().get("model").textValue()).isEqualTo(fingerprint);
        assertThat(ids(words))
                .hasSize(24)
                .isEqualTo(ids(client.post(Client.SEARCH, "{\"vector\": " + vector + ", \"top\": 24}")));
        // A picture finds itself, since the items were made of their pictures.
        String picture = Base64.getEncoder().encodeToString(Files.readAllBytes(world.picture(11)));
        JsonNode hit = client.post(Client.SEARCH, "{\"image\": {\"base64\": \"" + picture + "\"}, \"top\": 1}")
                .json()
                .at("/hits/0");
        assertThat(hit.get("id").textValue()).isEqualTo("p11");
        assertThat(hit.get("score").doubleValue()).isCloseTo(1, within(1e-4));
        // What the items say besides their vectors is as before, and filters know it.
        assertThat(ids(client.post(Client.SEARCH, "{\"like\": \"p0\", \"filter\": \"year=2005\"}")))
                .containsExactly("p5");
        assertThat(client.post(Client.SEARCH, "{\"vector\": [1, 0, 0, 0]}").status())
                .isEqualTo(422);

        swap("{\"to\": \"previous\"}");
        assertThat(ids(client.post(Client.SEARCH, RED))).isEqualTo(before);
        assertThat(client.get("/metrics").text()).contains("cl2cm_swaps_total{outcome=\"done\"} 2");
    }

    @Test
    void gatesAndADryRunKeepTheLiveGeneration() throws IOException, InterruptedException {
        String queries =
                "\"queries\": [{\"text\": \"a square in red\", \"relevant\": [\"p0\"]}, {\"text\": \"xblue\"}]";
        JsonNode dry = swap("{\"model\": \"wide\", " + queries + ", \"top\": 5, \"dry_run\": true}");
        assertThat(dry.get("state").textValue()).isEqualTo("kept");
        assertThat(dry.get("detail").textValue()).contains("dry run");
        assertThat(dry.at("/comparison/queries").intValue()).isEqualTo(2);
        double overlap = dry.at("/comparison/overlap").doubleValue();
        assertThat(overlap).isBetween(0.0, 0.99);
        assertThat(dry.at("/comparison/recall_live").isNumber()).isTrue();
        assertThat(dry.at("/comparison/least_alike")).hasSize(2);

        JsonNode kept = swap("{\"model\": \"wide\", " + queries + ", \"top\": 5, \"min_overlap\": 1}");
        assertThat(kept.get("state").textValue()).isEqualTo("kept");
        assertThat(kept.get("detail").textValue()).contains("less than min_overlap 1.0", "the live generation stays");
        assertThat(generation()).isEqualTo(1);
        assertThat(alias().has("previous")).isFalse();

        // Asked for everything, both find everything.
        JsonNode passed =
                swap("{\"model\": \"wide\", " + queries + ", \"top\": 24, \"min_overlap\": 1, \"max_loss\": 0}");
        assertThat(passed.get("state").textValue()).as(passed.toString()).isEqualTo("done");
        assertThat(passed.at("/comparison/overlap").doubleValue()).isEqualTo(1);
        assertThat(generation()).isEqualTo(2);
    }

    @Test
    void whatCannotBeEncodedAgainKeepsTheLiveGenerationUnlessItMayBeLeftOut() throws IOException, InterruptedException {
        Files.delete(world.picture(5));
        client.post(Client.ITEMS, "{\"items\": [{\"id\": \"bare\", \"vector\": [1, 2, 3, 4]}]}");
        JsonNode kept = swap("{\"model\": \"wide\"}");
        assertThat(kept.get("state").textValue()).isEqualTo("kept");
        assertThat(kept.get("detail").textValue()).contains("2 items have no vector", "allow_missing");
        assertThat(kept.at("/left/count").intValue()).isEqualTo(2);
        assertThat(kept.at("/left/some").findValuesAsText("id")).containsExactlyInAnyOrder("p5", "bare");
        assertThat(kept.at("/left/some/0/reason").textValue()).contains("names no picture that is there");
        assertThat(generation()).isEqualTo(1);

        JsonNode done = swap("{\"model\": \"wide\", \"allow_missing\": true}");
        assertThat(done.get("state").textValue()).isEqualTo("done");
        assertThat(done.at("/left/count").intValue()).isEqualTo(2);
        assertThat(world.content("photos")).hasSize(23).doesNotContainKeys("p5", "bare");

        // Vectors that nobody can make again, and no features either.
        String ready = "/v1/aliases/ready";
        client.post(ready + ":swap", "{\"model\": \"wide\", \"allow_missing\": true}");
        assertThat(Eventually.holds(() ->
                        !client.get(ready).json().at("/job/state").asText().equals("running")))
                .isTrue();
        assertThat(client.get(ready).json().at("/job/detail").textValue()).contains("no item has one");
        assertThat(world.content("ready")).hasSize(3);
    }

    @Test
    void imageFeaturesStandInForPicturesThatAreGone() throws IOException, InterruptedException {
        Files.delete(world.picture(5));
        stop();
        serve(Map.of("wide", new AllowedModel(wide, Optional.of(world.features()))));
        JsonNode done = swap("{\"model\": \"wide\"}");
        assertThat(done.get("state").textValue()).as(done.toString()).isEqualTo("done");
        assertThat(world.content("photos")).hasSize(24);
        String picture = Base64.getEncoder().encodeToString(Files.readAllBytes(world.picture(8)));
        assertThat(ids(client.post(Client.SEARCH, "{\"image\": {\"base64\": \"" + picture + "\"}, \"top\": 1}")))
                .containsExactly("p8");
    }

    @Test
    void oneAtATimeAndTheEndOfTheServerStopsItCleanly() throws IOException, InterruptedException {
        List<String> before = ids(client.post(Client.SEARCH, RED));
        try (VectorEngine other = world.collections().write("photos")) {
            // It is ready to switch, and waits for the other program.
            assertThat(client.post(SWAP, "{\"model\": \"wide\"}").status()).isEqualTo(202);
            assertThat(Eventually.holds(() -> alias().at("/job/step").asText().equals("switching")))
                    .isTrue();
            Reply second = client.post("/v1/aliases/ready:swap", "{\"model\": \"wide\"}");
            assertThat(second.status()).as(second.text()).isEqualTo(409);
            assertThat(second.json().get("detail").textValue()).contains("a swap of \"photos\" is under way");
            assertThat(state()).isEqualTo("running");
            assertThat(ids(client.post(Client.SEARCH, RED))).isEqualTo(before);
            other.delete(List.of("p9"));
            other.commit();
            stop();
        }
        assertThat(world.collections().generation("photos")).isEqualTo(1);
        serve(Map.of("wide", new AllowedModel(wide, Optional.empty())));
        assertThat(ids(client.post(Client.SEARCH, RED))).hasSize(23);
        assertThat(alias().has("job")).isFalse();
        // Nothing is left in the way, and what was deleted stays deleted.
        assertThat(swap("{\"model\": \"wide\"}").get("state").textValue()).isEqualTo("done");
        assertThat(world.content("photos")).hasSize(23).doesNotContainKey("p9");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aServerThatIsEndedOrKilledInTheMiddleLeavesTheLiveGeneration(boolean gently)
            throws IOException, InterruptedException {
        List<String> before = ids(client.post(Client.SEARCH, RED));
        stop();
        Process process = ServerToEnd.start(world.folder().resolve("c").toString(), wide.toString());
        try (VectorEngine _ = world.collections().write("photos");
                BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
                Client other = new Client(URI.create(String.valueOf(out.readLine())))) {
            // The other generation is made, and waits for this writer to take the place.
            assertThat(other.post(SWAP, "{\"model\": \"wide\"}").status()).isEqualTo(202);
            assertThat(Eventually.holds(() ->
                            other.get(ALIAS).json().at("/job/step").asText().equals("switching")))
                    .isTrue();
            if (gently) {
                process.destroy();
            } else {
                process.destroyForcibly();
            }
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        } finally {
            process.destroyForcibly();
        }
        serve(Map.of("wide", new AllowedModel(wide, Optional.empty())));
        assertThat(generation()).isEqualTo(1);
        assertThat(ids(client.post(Client.SEARCH, RED))).isEqualTo(before);
        assertThat(swap("{\"model\": \"wide\"}").get("state").textValue()).isEqualTo("done");
        assertThat(generation()).isEqualTo(2);
    }

    @Test
    void aModelThatIsNoneIsToldAtTheStart() {
        assertThatThrownBy(() -> Server.start(
                                world.collections(),
                                ServeSettings.DEFAULT.withModels(
                                        Map.of("none", new AllowedModel(folder.resolve("images"), Optional.empty()))))
                        .close())
                .isInstanceOf(DataException.class)
                .hasMessageContaining("images")
                .hasMessageContaining("no trained model");
        assertThatThrownBy(
                        () -> ServeSettings.DEFAULT.withModels(Map.of("a/b", new AllowedModel(wide, Optional.empty()))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("a/b");
    }
}
