package org.cl2cm.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.imageio.ImageIO;
import org.cl2cm.data.FeatureStore;
import org.cl2cm.data.ProgressListener;
import org.cl2cm.model.RetrievalModel;
import org.cl2cm.search.CollectionInfo;
import org.cl2cm.search.NextGeneration;
import org.cl2cm.serve.Client.Reply;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Every address of the API, used as it is meant to be.
class ApiTest {
    @TempDir
    Path folder = Path.of("");

    private ServedWorld world = new ServedWorld(Path.of(""));
    private Server server;
    private Client client;

    @BeforeEach
    void start() throws IOException {
        world = ServedWorld.create(folder);
        server = Server.start(world.collections(), ServeSettings.DEFAULT);
        client = new Client(server);
    }

    @AfterEach
    void stop() throws IOException {
        client.close();
        server.close();
    }

    private JsonNode search(String body) throws IOException, InterruptedException {
        Reply reply = client.post(Client.SEARCH, body);
        assertThat(reply.status()).as(reply.text()).isEqualTo(200);
        assertThat(reply.header("Content-Type")).hasValue("application/json");
        return reply.json();
    }

    private static List<String> ids(JsonNode answer) {
        return answer.get("hits").findValuesAsText("id");
    }

    private String picture(int i) throws IOException {
        return Base64.getEncoder().encodeToString(Files.readAllBytes(world.picture(i)));
    }

    @Test
    void tellsTheCollections() throws IOException, InterruptedException {
        JsonNode all = client.get("/v1/collections").json().get("collections");
        assertThat(all.findValuesAsText("name")).containsExactly("photos", "ready");
        JsonNode photos = client.get("/v1/collections/photos").json();
        assertThat(photos.get("dimension").intValue()).isEqualTo(ServedWorld.DIMENSION);
        assertThat(photos.at("/stats/items").intValue()).isEqualTo(24);
        assertThat(photos.at("/fields/year").textValue()).isEqualTo("number");
        assertThat(photos.get("text_queries").booleanValue()).isTrue();
        assertThat(all.get(1).get("text_queries").booleanValue()).isFalse();
    }

    @Test
    void sortsTheBestAnew() throws IOException, InterruptedException {
        String asked = "{\"text\": \"a square in red\", \"top\": 8, \"rerank\": ";
        JsonNode answer = search(asked + "8}");
        List<String> plain = ids(search("{\"text\": \"a square in red\", \"top\": 8}"));
        assertThat(ids(answer)).containsExactlyInAnyOrderElementsOf(plain);
        List<String> expected = new ArrayList<>(plain);
        try (RetrievalModel model = RetrievalModel.open(folder.resolve("run/model"), ProgressListener.NONE);
                FeatureStore store = FeatureStore.open(world.features())) {
            float[] scores = model.rerank("a square in red", model.encodeFeatures(store, plain));
            expected.sort(Comparator.comparingDouble(id -> -scores[plain.indexOf(id)]));
        }
        assertThat(ids(answer)).isEqualTo(expected);
        assertThat(answer.at("/took_ms/rerank").doubleValue()).isPositive();
        assertThat(client.get("/metrics").text()).contains("what=\"rerank\"");
        Reply refused = client.post("/v1/collections/ready/search", asked + "8}");
        assertThat(refused.status()).as("it has no model").isEqualTo(409);
    }

    @Test
    void findsByWords() throws IOException, InterruptedException {
        JsonNode answer = search("{\"text\": \"a square in red\", \"top\": 5}");
        assertThat(ids(answer)).hasSize(5).doesNotHaveDuplicates();
        assertThat(answer.get("collection").textValue()).isEqualTo("photos");
        assertThat(answer.get("model").textValue())
                .isEqualTo(
                        client.get("/v1/collections/photos").json().get("model").textValue());
        assertThat(answer.get("took_ms").fieldNames())
                .toIterable()
                .containsExactly("queue", "tokenise", "encode", "search", "total");
        JsonNode hit = answer.at("/hits/0");
        assertThat(hit.at("/fields/caption.en").textValue()).startsWith("a square in");
        assertThat(hit.get("media").textValue())
                .isEqualTo("/v1/collections/photos/items/" + hit.get("id").textValue() + "/media");
    }

    @Test
    void aPictureFindsItselfAsBase64AndAsAFile() throws IOException, InterruptedException {
        JsonNode answer = search("{\"image\": {\"base64\": \"" + picture(11) + "\"}}");
        assertThat(answer.at("/hits/0/id").textValue()).isEqualTo("p11");
        assertThat(answer.at("/hits/0/score").doubleValue()).isCloseTo(1, within(1e-4));

        byte[] form = Client.form(
                "x-y-z",
                Map.of("image", Files.readAllBytes(world.picture(20)), "top", "1".getBytes(StandardCharsets.UTF_8)));
        Reply reply = client.post(Client.SEARCH, "multipart/form-data; boundary=x-y-z", form);
        assertThat(reply.status()).as(reply.text()).isEqualTo(200);
        assertThat(ids(reply.json())).containsExactly("p20");

        form = Client.form(
                "x-y-z",
                Map.of(
                        "image",
                        Files.readAllBytes(world.picture(20)),
                        "query",
                        "{\"filter\": \"year<2010\", \"top\": 3}".getBytes(StandardCharsets.UTF_8)));
        reply = client.post(Client.SEARCH, "multipart/form-data; boundary=\"x-y-z\"", form);
        assertThat(reply.status()).as(reply.text()).isEqualTo(200);
        assertThat(ids(reply.json())).hasSize(3).doesNotContain("p20");
    }

    @Test
    void anItemFindsItselfAndAVectorWhatItPointsAt() throws IOException, InterruptedException {
        assertThat(ids(search("{\"like\": \"p7\"}"))).hasSize(10).startsWith("p7");
        JsonNode item = client.get("/v1/collections/photos/items/p7").json();
        assertThat(item.get("vector")).hasSize(ServedWorld.DIMENSION);
        assertThat(ids(search("{\"vector\": " + item.get("vector") + ", \"top\": 1}")))
                .containsExactly("p7");
    }

    @Test
    void severalPartsCountByTheirWeights() throws IOException, InterruptedException {
        assertThat(ids(search(
                        "{\"parts\": [{\"like\": \"p3\", \"weight\": 100}, {\"text\": \"blue\", \"weight\": 0.01}]}")))
                .startsWith("p3");
        List<String> with = ids(search("{\"like\": \"p3\", \"top\": 24}"));
        List<String> without = ids(
                search(
                        "{\"parts\": [{\"text\": \"a square\"}], \"without\": [{\"like\": \"p3\", \"weight\": 50}], \"top\": 24}"));
        assertThat(with.getFirst()).isEqualTo("p3");
        assertThat(without.getLast()).isEqualTo("p3");
    }

    @Test
    void filtersAndCaptionWords() throws IOException, InterruptedException {
        JsonNode answer = search("{\"text\": \"a square\", \"filter\": \"split=val AND year>=2020\", \"top\": 100}");
        assertThat(ids(answer)).containsExactlyInAnyOrder("p20", "p21", "p22", "p23");
        JsonNode hybrid = search("{\"text\": \"green\", \"hybrid\": true, \"top\": 8}");
        assertThat(hybrid.at("/hits/0/fields/caption.en").textValue()).contains("green");
    }

    @Test
    void storesReplacesAndDeletes() throws IOException, InterruptedException {
        Reply stored = client.post(
                Client.ITEMS,
                "{\"items\": [{\"id\": \"n/1 \u56fe\", \"vector\": [0, 3, 0, 0], \"fields\": {\"year\": 2030,"
                        + " \"caption.en\": [\"one\", \"two\"]}}, {\"id\": \"n2\", \"image\": {\"base64\": \""
                        + picture(4)
                        + "\"}}]}");
        assertThat(stored.status()).as(stored.text()).isEqualTo(200);
        assertThat(stored.json().get("stored").intValue()).isEqualTo(2);
        JsonNode item =
                client.get("/v1/collections/photos/items/n%2F1%20%E5%9B%BE").json();
        assertThat(item.at("/vector/1").doubleValue()).isEqualTo(1);
        assertThat(item.at("/fields/caption.en").textValue()).isEqualTo("one\ntwo");
        assertThat(ids(search("{\"like\": \"p0\", \"filter\": \"year=2030\"}"))).containsExactly("n/1 \u56fe");
        assertThat(ids(search("{\"like\": \"n2\", \"top\": 2}"))).containsExactlyInAnyOrder("n2", "p4");
        assertThat(world.content("photos")).containsKeys("n/1 \u56fe", "n2");

        Reply replaced =
                client.post(Client.ITEMS, "{\"items\": [{\"id\": \"n2\", \"vector\": [0, 0, 0, 1], \"fields\": {}}]}");
        assertThat(replaced.status()).isEqualTo(200);
        assertThat(client.get("/v1/collections/photos")
                        .json()
                        .at("/stats/items")
                        .intValue())
                .isEqualTo(26);

        Reply deleted = client.delete("/v1/collections/photos/items/n%2F1%20%E5%9B%BE");
        assertThat(deleted.status()).isEqualTo(200);
        assertThat(world.content("photos")).doesNotContainKey("n/1 \u56fe").containsKey("n2");
        assertThat(client.delete("/v1/collections/photos/items/n%2F1%20%E5%9B%BE")
                        .status())
                .isEqualTo(404);
    }

    @Test
    void oneBadItemNeverFailsTheOthers() throws IOException, InterruptedException {
        Reply reply = client.post(
                Client.ITEMS,
                "{\"items\": [{\"id\": \"good\", \"vector\": [1, 1, 1, 1]}, {\"id\": \"short\", \"vector\": [1]},"
                        + " {\"id\": \"nan\", \"vector\": [NaN, 1, 1, 1]}, {\"vector\": [1, 1, 1, 1]}, 7,"
                        + " {\"id\": \"both\", \"vector\": [1, 1, 1, 1], \"image\": {\"base64\": \"AAAA\"}},"
                        + " {\"id\": \"broken\", \"image\": {\"base64\": \"AAAA\"}},"
                        + " {\"id\": \"year\", \"vector\": [1, 1, 1, 1], \"fields\": {\"year\": \"long ago\"}},"
                        + " {\"id\": \"media\", \"vector\": [1, 1, 1, 1], \"fields\": {\"media\": \"../../secret.png\"}},"
                        + " {\"id\": \"typo\", \"vektor\": [1, 1, 1, 1]}]}");
        assertThat(reply.status()).as(reply.text()).isEqualTo(207);
        JsonNode report = reply.json();
        assertThat(report.get("stored").intValue()).isEqualTo(1);
        assertThat(report.get("refused").intValue()).isEqualTo(9);
        assertThat(report.get("items").findValuesAsText("id"))
                .containsExactly("good", "short", "nan", "", "", "both", "broken", "year", "media", "typo");
        assertThat(report.at("/items/1/pointer").textValue()).isEqualTo("/items/1/vector");
        assertThat(report.at("/items/2/pointer").textValue()).isEqualTo("/items/2/vector/0");
        assertThat(report.at("/items/6/reason").textValue()).contains("JPEG, PNG");
        assertThat(report.at("/items/7/reason").textValue()).contains("long ago");
        assertThat(report.at("/items/9/reason").textValue()).contains("vector");
        assertThat(world.content("photos")).hasSize(25).containsKey("good");
    }

    @Test
    void givesOutPicturesAndThumbnails() throws IOException, InterruptedException {
        Reply media = client.get("/v1/collections/photos/items/p5/media");
        assertThat(media.status()).isEqualTo(200);
        assertThat(media.header("Content-Type")).hasValue("image/png");
        assertThat(media.body()).isEqualTo(Files.readAllBytes(world.picture(5)));
        Reply small = client.get("/v1/collections/photos/items/p5/thumbnail?size=16");
        assertThat(small.status()).isEqualTo(200);
        assertThat(small.header("Content-Type")).hasValue("image/jpeg");
        BufferedImage image = ImageIO.read(new ByteArrayInputStream(small.body()));
        assertThat(image.getWidth()).isEqualTo(16);
        assertThat(client.get("/v1/collections/ready/items/north/media").status())
                .isEqualTo(404);
        assertThat(client.get("/v1/collections/ready/items/east/thumbnail").status())
                .isEqualTo(404);
    }

    @Test
    void embedsInTheShapeThatOpenAiHas() throws IOException, InterruptedException {
        JsonNode plain = client.post("/v1/embeddings", "{\"input\": [\"a square in red\", \"xa xsquare\"]}")
                .json();
        assertThat(plain.get("object").textValue()).isEqualTo("list");
        assertThat(plain.get("data")).hasSize(2);
        assertThat(plain.at("/data/1/index").intValue()).isEqualTo(1);
        assertThat(plain.at("/usage/prompt_tokens").intValue()).isEqualTo(6 + 4);
        JsonNode packed = client.post(
                        "/v1/embeddings",
                        "{\"input\": \"a square in red\", \"encoding_format\": \"base64\", \"model\": \"photos\"}")
                .json();
        byte[] bytes = Base64.getDecoder().decode(packed.at("/data/0/embedding").textValue());
        ByteBuffer numbers = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        double length = 0;
        for (int i = 0; i < ServedWorld.DIMENSION; i++) {
            float number = numbers.getFloat();
            assertThat(number).isCloseTo(plain.at("/data/0/embedding/" + i).floatValue(), within(1e-5f));
            length += number * number;
        }
        assertThat(length).isCloseTo(1, within(1e-4));
    }

    @Test
    void tellsHowItIs() throws IOException, InterruptedException {
        assertThat(client.get("/health/live").json().get("status").textValue()).isEqualTo("live");
        assertThat(client.get("/health/ready").json().get("status").textValue()).isEqualTo("ready");
        search("{\"text\": \"red\"}");
        search("{\"image\": {\"base64\": \"" + picture(1) + "\"}}");
        client.post(Client.SEARCH, "{}");
        String metrics = client.get("/metrics").text();
        assertThat(metrics)
                .contains("cl2cm_tokenise_seconds_count 1")
                .contains("cl2cm_encode_seconds_count{what=\"text\"} 1")
                .contains("cl2cm_encode_seconds_count{what=\"image\"} 1")
                .contains("cl2cm_search_seconds_count{collection=\"photos\"} 2")
                .contains("cl2cm_batch_size_bucket{queue=\"texts\",le=\"1.0\"} 1")
                .contains("cl2cm_queue_wait_seconds_count{queue=\"pictures\"} 1")
                .contains("method=\"POST\",route=\"/v1/collections/{collection}/search\",status=\"422\"")
                .contains("cl2cm_queue_length{");
        Reply page = client.get("/");
        assertThat(page.header("Content-Type")).hasValue("text/html; charset=utf-8");
        assertThat(page.header("Content-Security-Policy").orElseThrow()).startsWith("default-src 'self'");
        assertThat(page.text()).contains("/openapi.json");
        assertThat(client.send(client.to("/health/live").HEAD()).header("Content-Length"))
                .hasValue("17");
    }

    @Test
    void seesWhatOthersCommitAndWhatTheyRemove() throws IOException, InterruptedException {
        try (var other = world.collections().write("ready")) {
            other.delete(List.of("east"));
        }
        // The server looks once a second.
        assertThat(Eventually.holds(
                        () -> client.get("/v1/collections/ready/items/east").status() == 404))
                .isTrue();
        Files.delete(world.folder().resolve("c/ready/collection.json"));
        assertThat(Eventually.holds(() -> client.get("/v1/collections/ready").status() == 404))
                .isTrue();
    }

    @Test
    void aDamagedCollectionDoesNotHideTheOthers() throws IOException, InterruptedException {
        Files.createDirectory(world.folder().resolve("c/broken"));
        Files.writeString(world.folder().resolve("c/broken/collection.json"), "{");
        assertThat(client.get("/v1/collections").json().get("collections").findValuesAsText("name"))
                .containsExactly("photos", "ready");
        Reply reply = client.get("/v1/collections/broken");
        assertThat(reply.status()).isEqualTo(503);
        assertThat(reply.text()).doesNotContain(world.folder().toString());
        assertThat(client.post("/v1/embeddings", "{\"input\": \"red\"}").status())
                .isEqualTo(200);
    }

    @Test
    void answersFromTheGenerationThatIsLive() throws IOException, InterruptedException {
        CollectionInfo other = CollectionInfo.of("ready", 3, "another-model");
        try (NextGeneration next = world.collections().next(other)) {
            next.goLive(items -> items.stream()
                    .map(item ->
                            item.id().equals("east") ? Optional.of(new float[] {0, 0, 1}) : Optional.<float[]>empty())
                    .toList());
        }
        assertThat(Eventually.holds(() -> client.get("/v1/collections/ready")
                                .json()
                                .at("/stats/generation")
                                .intValue()
                        == 2))
                .isTrue();
        Reply found = client.post("/v1/collections/ready/search", "{\"vector\": [0, 1, 1]}");
        assertThat(ids(found.json())).containsExactly("east");
        assertThat(found.json().at("/hits/0/fields")).isEmpty();
        assertThat(client.post("/v1/collections/ready/items", "{\"items\": [{\"id\": \"on\", \"vector\": [1, 0, 0]}]}")
                        .status())
                .isEqualTo(200);
        assertThat(world.content("ready")).containsOnlyKeys("east", "on");
    }
}
