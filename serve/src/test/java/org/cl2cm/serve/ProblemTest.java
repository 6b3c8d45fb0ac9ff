package org.cl2cm.serve;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32;
import org.cl2cm.search.VectorEngine;
import org.cl2cm.serve.Client.Reply;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// Each kind of bad input has its status, names its place, and changes nothing.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ProblemTest {
    private static final int BODY = 200_000;

    private ServedWorld world = new ServedWorld(Path.of(""));
    private Server server;
    private Client client;

    @BeforeAll
    void start(@TempDir Path folder) throws IOException {
        world = ServedWorld.create(folder);
        Map<String, AllowedModel> models =
                Map.of("second", new AllowedModel(world.another("second"), Optional.empty()));
        server = Server.start(
                world.collections(),
                ServeSettings.DEFAULT.withBounds(BODY, 1_000_000, 50).withModels(models));
        client = new Client(server);
    }

    @AfterAll
    void stop() throws IOException {
        client.close();
        server.close();
    }

    private static JsonNode problem(Reply reply, int status) {
        assertThat(reply.status()).as(reply.text()).isEqualTo(status);
        assertThat(reply.header("Content-Type")).hasValue("application/problem+json");
        JsonNode problem = reply.json();
        assertThat(problem.get("status").intValue()).isEqualTo(status);
        assertThat(problem.get("type").textValue()).startsWith("urn:cl2cm:problem:");
        assertThat(problem.get("title").textValue()).isNotBlank();
        assertThat(problem.get("detail").textValue()).isNotBlank();
        assertThat(reply.text()).doesNotContain("Exception", "org.cl2cm", "\tat ");
        return problem;
    }

    private JsonNode search(String body, int status) throws IOException, InterruptedException {
        return problem(client.post(Client.SEARCH, body), status);
    }

    /// A search that is understood but not usable.
    private void unusable(String body, String pointer, String... said) throws IOException, InterruptedException {
        JsonNode problem = search(body, 422);
        assertThat(problem.path("pointer").asText("(none)"))
                .as(problem.toString())
                .isEqualTo(pointer);
        assertThat(problem.get("detail").textValue()).contains(said);
    }

    @Test
    void whatIsNoJson() throws IOException, InterruptedException {
        for (String body : List.of(
                "",
                " ",
                "{",
                "{\"text\": }",
                "{\"text\": \"a\"} x",
                "{'text': 'a'}",
                "{\"text\": \"a\", \"text\": \"b\"}",
                "[".repeat(1000),
                "{\"top\": " + "9".repeat(100) + "}",
                "{\"text\": \"\\x\"}")) {
            search(body, 400);
        }
        byte[] latin1 = "{\"text\": \"M\u00fcnchen\"}".getBytes(StandardCharsets.ISO_8859_1);
        assertThat(problem(client.post(Client.SEARCH, "application/json", latin1), 400)
                        .get("detail")
                        .textValue())
                .contains("UTF-8");
        byte[] utf16 = "{\"text\": \"a\"}".getBytes(StandardCharsets.UTF_16);
        problem(client.post(Client.SEARCH, "application/json", utf16), 400);
    }

    @Test
    void whatIsNoForm() throws IOException, InterruptedException {
        byte[] form = Client.form("b", Map.of("text", "red".getBytes(StandardCharsets.UTF_8)));
        assertThat(client.post(Client.SEARCH, "multipart/form-data; boundary=b", form)
                        .status())
                .isEqualTo(200);
        problem(client.post(Client.SEARCH, "multipart/form-data", form), 400);
        problem(client.post(Client.SEARCH, "multipart/form-data; boundary=other", form), 400);
        byte[] cut = java.util.Arrays.copyOf(form, form.length - 8);
        problem(client.post(Client.SEARCH, "multipart/form-data; boundary=b", cut), 400);
        problem(client.post(Client.SEARCH, "multipart/form-data; boundary=b", new byte[0]), 400);
        byte[] unknown = Client.form("b", Map.of("pixture", new byte[] {1}));
        assertThat(problem(client.post(Client.SEARCH, "multipart/form-data; boundary=b", unknown), 422)
                        .get("detail")
                        .textValue())
                .contains("did you mean");
        byte[] noPicture = Client.form("b", Map.of("image", new byte[] {1, 2, 3}));
        assertThat(problem(client.post(Client.SEARCH, "multipart/form-data; boundary=b", noPicture), 422)
                        .get("pointer")
                        .textValue())
                .isEqualTo("/image");
    }

    @Test
    void unknownFieldsAndWrongTypes() throws IOException, InterruptedException {
        unusable("{\"txet\": \"a\"}", "/txet", "did you mean \"text\"");
        unusable("[]", "", "a list", "an object");
        unusable("{}", "", "nothing to search for");
        unusable("{\"text\": 7}", "/text", "the number 7");
        unusable("{\"text\": null}", "/text", "null");
        unusable("{\"text\": \"  \"}", "/text", "empty");
        unusable("{\"text\": \"\\ud800\"}", "/text", "Unicode");
        unusable("{\"text\": \"" + "a".repeat(10_001) + "\"}", "/text", "10001 letters");
        unusable("{\"text\": \"a\", \"like\": \"p1\"}", "", "like and text");
        unusable("{\"text\": \"a\", \"parts\": [{\"like\": \"p1\"}]}", "", "parts");
        unusable("{\"parts\": []}", "/parts", "0 entries");
        unusable("{\"parts\": [{\"text\": \"a\", \"weight\": -1}]}", "/parts/0/weight", "above 0");
        unusable("{\"parts\": [{\"text\": \"a\"}, {}]}", "/parts/1", "nothing");
        unusable("{\"text\": \"a\", \"without\": [{\"text\": \"b\", \"weight\": NaN}]}", "/without/0/weight", "NaN");
        unusable("{\"parts\": [{\"like\": \"p1\"}], \"without\": [{\"like\": \"p1\", \"weight\": 1}]}", "", "cancel");
        unusable("{\"like\": \"p1\", \"hybrid\": true}", "/hybrid", "text");
        unusable("{\"text\": \"a\", \"hybrid\": \"yes\"}", "/hybrid", "true or false");
        unusable("{\"like\": \"nobody\"}", "/like", "nobody");
    }

    @Test
    void numbersOutOfRange() throws IOException, InterruptedException {
        for (String top : List.of("0", "-1", "51", "1000000", "99999999999999999999")) {
            unusable("{\"text\": \"a\", \"top\": " + top + "}", "/top", "1 to 50");
        }
        unusable("{\"text\": \"a\", \"top\": 2.5}", "/top", "whole number");
        unusable("{\"vector\": [1, 2, 3]}", "/vector", "dimension 3");
        unusable("{\"vector\": [1, NaN, 3, 4]}", "/vector/1", "NaN");
        unusable("{\"vector\": [1, 1e39, 3, 4]}", "/vector/1", "32-bit");
        unusable("{\"vector\": [1, -Infinity, 3, 4]}", "/vector/1", "Infinity");
        unusable("{\"vector\": [1, \"2\", 3, 4]}", "/vector/1", "a text");
        unusable("{\"vector\": [0, 0, 0, -0.0]}", "/vector", "zeros");
    }

    @Test
    void filtersWithThePlaceOfTheMistake() throws IOException, InterruptedException {
        JsonNode problem = search("{\"text\": \"a\", \"filter\": \"split=val AND yaer>2000\"}", 422);
        assertThat(problem.get("pointer").textValue()).isEqualTo("/filter");
        assertThat(problem.get("position").intValue()).isEqualTo(14);
        assertThat(problem.get("detail").textValue()).contains("yaer").doesNotContain("\n");
        search("{\"text\": \"a\", \"filter\": \"" + "(".repeat(5000) + "\"}", 422);
    }

    @Test
    void picturesThatCannotBeUsed() throws IOException, InterruptedException {
        unusable("{\"image\": {\"base64\": \"!!!\"}}", "/image/base64", "not base64");
        unusable("{\"image\": {\"base64\": \"\"}}", "/image/base64", "empty");
        unusable("{\"image\": {}}", "/image", "base64");
        unusable("{\"image\": \"AAAA\"}", "/image", "a text");
        unusable("{\"image\": {\"base64\": \"AAAA\"}}", "/image", "not a JPEG, PNG");
        String bomb = Base64.getEncoder().encodeToString(png(50_000, 50_000));
        unusable("{\"image\": {\"base64\": \"" + bomb + "\"}}", "/image", "50000 x 50000 pixels");
        byte[] whole = Files.readAllBytes(world.picture(0));
        String cut = Base64.getEncoder().encodeToString(java.util.Arrays.copyOf(whole, whole.length / 2));
        unusable("{\"image\": {\"base64\": \"" + cut + "\"}}", "/image", "cannot be decoded");
        for (String url : List.of("http://127.0.0.1/a.png", "file:///etc/passwd", "http://169.254.169.254/")) {
            unusable("{\"image\": {\"url\": \"" + url + "\"}}", "/image/url", "not fetched");
            unusable("{\"url\": \"" + url + "\"}", "/url", "not fetched");
        }
    }

    /// The head of a PNG of this size.
    private static byte[] png(int width, int height) {
        ByteBuffer chunk = ByteBuffer.allocate(17).put("IHDR".getBytes(StandardCharsets.US_ASCII));
        chunk.putInt(width).putInt(height).put(new byte[] {8, 2, 0, 0, 0});
        CRC32 sum = new CRC32();
        sum.update(chunk.array());
        return ByteBuffer.allocate(8 + 4 + 17 + 4)
                .put(new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'})
                .putInt(13)
                .put(chunk.array())
                .putInt((int) sum.getValue())
                .array();
    }

    @Test
    void addressesMethodsAndTypes() throws IOException, InterruptedException {
        problem(client.get("/v2"), 404);
        problem(client.get("/v1/collections/nowhere"), 404);
        problem(client.post("/v1/collections/nowhere/search", "{\"text\": \"a\"}"), 404);
        problem(client.get("/v1/collections/photos/items/nobody"), 404);
        problem(client.delete("/v1/collections/photos/items/nobody"), 404);
        problem(client.get("/favicon.ico"), 404);
        Reply put = client.send(client.to("/v1/collections").PUT(BodyPublishers.noBody()));
        problem(put, 405);
        assertThat(put.header("Allow")).hasValue("GET");
        assertThat(client.get(Client.SEARCH).header("Allow")).hasValue("POST");
        byte[] body = "{\"text\": \"a\"}".getBytes(StandardCharsets.UTF_8);
        problem(client.post(Client.SEARCH, "text/plain", body), 415);
        problem(client.post(Client.SEARCH, "application/json; charset=latin1", body), 415);
        problem(client.send(client.to(Client.SEARCH).POST(BodyPublishers.ofByteArray(body))), 415);
        problem(client.post(Client.ITEMS, "multipart/form-data; boundary=b", body), 415);
        for (String size : List.of("15", "1025", "x", "-1", "", "64&size=65")) {
            problem(client.get("/v1/collections/photos/items/p1/thumbnail?size=" + size), 422);
        }
        problem(client.get("/v1/collections/photos/items/p1/thumbnail?width=64"), 422);
    }

    @Test
    void bodiesThatAreTooLong() throws IOException, InterruptedException {
        byte[] large = ("{\"text\": \"" + "a".repeat(BODY) + "\"}").getBytes(StandardCharsets.UTF_8);
        problem(client.post(Client.SEARCH, "application/json", large), 413);
        // Without a length the body comes in chunks.
        problem(
                client.send(client.to(Client.SEARCH)
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofInputStream(() -> new java.io.ByteArrayInputStream(large)))),
                413);
        String announced = Client.raw(
                server.address(),
                Client.lines(
                        "POST " + Client.SEARCH + " HTTP/1.1",
                        "Host: localhost",
                        "Content-Type: application/json",
                        "Content-Length: 99999999999"));
        assertThat(announced).startsWith("HTTP/1.1 413 ");
        assertThat(client.post(Client.SEARCH, "{\"text\": \"a\"}").status()).isEqualTo(200);
    }

    @Test
    void collectionsWithoutAModel() throws IOException, InterruptedException {
        String ready = "/v1/collections/ready/search";
        assertThat(problem(client.post(ready, "{\"text\": \"a\"}"), 409)
                        .get("detail")
                        .textValue())
                .contains("ready vectors");
        assertThat(client.post(ready, "{\"vector\": [1, 1]}").status()).isEqualTo(200);
        problem(
                client.post(
                        "/v1/collections/ready/items",
                        "{\"items\": [{\"id\": \"a\", \"image\": {\"base64\": \"AAAA\"}}]}"),
                409);
    }

    @Test
    void writesOfRequestsThatCannotBeUsedChangeNothing() throws IOException, InterruptedException {
        var before = world.content("photos");
        for (String body : List.of("{\"items\": []}", "{\"items\": {}}", "{}", "{\"itmes\": [{}]}", "[]")) {
            problem(client.post(Client.ITEMS, body), 422);
        }
        problem(client.post(Client.ITEMS, "{\"items\": [" + "{},".repeat(1000) + "{}]}"), 422);
        problem(client.post(Client.ITEMS, "{\"items\": ["), 400);
        assertThat(client.post(Client.ITEMS, "{\"items\": [{\"id\": \"x\", \"vector\": [1]}]}")
                        .status())
                .isEqualTo(207);
        assertThat(world.content("photos")).isEqualTo(before);
    }

    @Test
    void anotherWriterIsAConflictUntilItIsDone() throws IOException, InterruptedException {
        String body = "{\"items\": [{\"id\": \"w\", \"vector\": [1, 1]}]}";
        try (VectorEngine _ = world.collections().write("ready")) {
            assertThat(problem(client.post("/v1/collections/ready/items", body), 409)
                            .get("detail")
                            .textValue())
                    .contains("another program");
            problem(client.delete("/v1/collections/ready/items/north"), 409);
        }
        assertThat(client.post("/v1/collections/ready/items", body).status()).isEqualTo(200);
        // The server gives the collection free again when nobody has written for a while.
        assertThat(Eventually.holds(() -> {
                    try (VectorEngine _ = world.collections().write("ready")) {
                        return true;
                    } catch (org.cl2cm.search.CollectionLockedException e) {
                        return false;
                    }
                }))
                .isTrue();
    }

    @Test
    void swapsThatCannotBeUsedBeginNothing() throws IOException, InterruptedException {
        Map<String, String> bad = new LinkedHashMap<>();
        bad.put("{}", "");
        bad.put("{\"model\": \"second\", \"to\": \"previous\"}", "");
        bad.put("{\"to\": \"next\"}", "/to");
        bad.put("{\"to\": 7}", "/to");
        bad.put("{\"to\": \"previous\", \"dry_run\": true}", "/dry_run");
        bad.put("{\"model\": \"third\"}", "/model");
        bad.put("{\"model\": \"../run/model\"}", "/model");
        bad.put("{\"model\": \"" + world.folder() + "/second/model\"}", "/model");
        bad.put("{\"model\": \"second\", \"folder\": \"/tmp\"}", "/folder");
        bad.put("{\"model\": \"second\", \"queries\": []}", "/queries");
        bad.put("{\"model\": \"second\", \"queries\": [{\"text\": \" \"}]}", "/queries/0/text");
        bad.put("{\"model\": \"second\", \"queries\": [{\"text\": \"a\"}, {}]}", "/queries/1");
        bad.put("{\"model\": \"second\", \"queries\": [{\"text\": \"a\", \"relevant\": [3]}]}", "/queries/0/relevant");
        bad.put("{\"model\": \"second\", \"min_overlap\": 0.5}", "/min_overlap");
        bad.put("{\"model\": \"second\", \"max_loss\": 0.5, \"queries\": [{\"text\": \"a\"}]}", "/max_loss");
        bad.put("{\"model\": \"second\", \"queries\": [{\"text\": \"a\"}], \"min_overlap\": 1.5}", "/min_overlap");
        bad.put("{\"model\": \"second\", \"queries\": [{\"text\": \"a\"}], \"min_overlap\": NaN}", "/min_overlap");
        bad.put("{\"model\": \"second\", \"top\": 51}", "/top");
        bad.put("{\"model\": \"second\", \"dry_run\": \"yes\"}", "/dry_run");
        for (Map.Entry<String, String> entry : bad.entrySet()) {
            JsonNode problem = problem(client.post("/v1/aliases/photos:swap", entry.getKey()), 422);
            assertThat(problem.path("pointer").asText()).as(entry.getKey()).isEqualTo(entry.getValue());
        }
        assertThat(problem(client.post("/v1/aliases/photos:swap", "{\"to\": \"previous\"}"), 409)
                        .get("detail")
                        .textValue())
                .contains("no generation before");
        assertThat(problem(
                                client.post(
                                        "/v1/aliases/ready:swap",
                                        "{\"model\": \"second\", \"queries\": [{\"text\": \"a\"}]}"),
                                422)
                        .get("pointer")
                        .textValue())
                .isEqualTo("/queries");
        problem(client.post("/v1/aliases/nowhere:swap", "{\"model\": \"second\"}"), 404);
        problem(client.get("/v1/aliases/nowhere"), 404);
        problem(client.post("/v1/aliases/photos:rename", "{}"), 405);
        problem(client.post("/v1/aliases/photos:swap", "{"), 400);
        assertThat(client.get("/v1/aliases/photos").json().has("job")).isFalse();
        assertThat(client.get("/v1/aliases/photos")
                        .json()
                        .at("/live/generation")
                        .intValue())
                .isEqualTo(1);
    }

    @Test
    void embeddings() throws IOException, InterruptedException {
        for (String body : List.of(
                "{}",
                "{\"input\": []}",
                "{\"input\": [1, 2]}",
                "{\"input\": \"\"}",
                "{\"input\": \"a\", \"model\": \"ada\"}",
                "{\"input\": \"a\", \"encoding_format\": \"int8\"}",
                "{\"input\": \"a\", \"dimensions\": 3}",
                "{\"input\": [" + "\"a\",".repeat(256) + "\"a\"]}")) {
            problem(client.post("/v1/embeddings", body), 422);
        }
    }

    @Test
    void pagesOfOtherSitesGetNothing() throws IOException {
        byte[] named = Client.lines("GET /v1/collections HTTP/1.1", "Host: evil.example", "Connection: close");
        assertThat(Client.raw(server.address(), named))
                .startsWith("HTTP/1.1 403")
                .contains("application/problem+json");
        byte[] page = Client.lines(
                "GET /v1/collections HTTP/1.1", "Host: localhost", "Origin: http://evil.example", "Connection: close");
        assertThat(Client.raw(server.address(), page))
                .startsWith("HTTP/1.1 200")
                .doesNotContainIgnoringCase("Access-Control-Allow-Origin");
    }

    @Test
    void whatIsNoHttp() throws IOException {
        for (String request : List.of(
                "\r\n\r\n",
                "GET\r\n\r\n",
                "GET / HTTP/9.9\r\n\r\n",
                "GET / HTTP/1.1\r\nHost\r\n\r\n",
                "G@T / HTTP/1.1\r\nHost: localhost\r\n\r\n",
                "GET /%zz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
                "GET /" + "a".repeat(100_000) + " HTTP/1.1\r\nHost: localhost\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: localhost\r\nX: " + "a".repeat(100_000) + "\r\n\r\n")) {
            String reply = Client.raw(server.address(), request.getBytes(StandardCharsets.US_ASCII));
            assertThat(reply)
                    .as(request.substring(0, Math.min(40, request.length())))
                    .doesNotStartWith("HTTP/1.1 5");
            if (!reply.isEmpty()) {
                assertThat(reply).startsWith("HTTP/1.1 4").doesNotContain("Exception", "io.helidon");
            }
        }
    }
}
