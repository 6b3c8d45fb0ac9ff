package org.cl2cm.serve;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.cl2cm.serve.Client.Reply;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Thousands of damaged requests: none makes the server fail or hang, and it answers as before
/// afterwards.
class MutationTest {
    private static final int REQUESTS = 4000;

    @TempDir
    Path folder = Path.of("");

    private record Request(String path, String type, byte[] body) {}

    private static List<Request> valid(ServedWorld world) throws IOException {
        byte[] picture = Files.readAllBytes(world.picture(3));
        String base64 = Base64.getEncoder().encodeToString(picture);
        List<Request> requests = new ArrayList<>();
        for (String query : List.of(
                "{\"text\": \"a square in red\", \"top\": 5, \"filter\": \"split=val AND year>=2003\"}",
                "{\"parts\": [{\"text\": \"red\", \"weight\": 0.5}, {\"like\": \"p3\"}], \"without\": [{\"text\": \"x\"}]}",
                "{\"vector\": [0.25, -1, 3e-3, 0.5], \"top\": 3}",
                "{\"text\": \"green\", \"hybrid\": true}",
                "{\"image\": {\"base64\": \"" + base64 + "\"}}")) {
            requests.add(json(Client.SEARCH, query));
        }
        requests.add(json("/v1/embeddings", "{\"input\": [\"a\", \"b\"], \"encoding_format\": \"base64\"}"));
        requests.add(json(
                Client.ITEMS,
                "{\"items\": [{\"id\": \"m1\", \"vector\": [1, 2, 3, 4], \"fields\": {\"year\": 1999, \"split\": [\"a\","
                        + " \"b\"], \"media\": \"images/p1.png\"}}]}"));
        requests.add(json(
                "/v1/aliases/photos:swap",
                "{\"model\": \"second\", \"queries\": [{\"text\": \"red\", \"relevant\": [\"p3\"]}], \"top\": 5,"
                        + " \"min_overlap\": 0, \"max_loss\": 1, \"allow_missing\": true, \"dry_run\": true}"));
        requests.add(new Request(
                Client.SEARCH,
                "multipart/form-data; boundary=bo",
                Client.form("bo", Map.of("image", picture, "top", "2".getBytes(StandardCharsets.UTF_8)))));
        return requests;
    }

    private static Request json(String path, String body) {
        return new Request(path, "application/json", body.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void noDamagedRequestMakesTheServerFail() throws IOException, InterruptedException {
        long seed = Long.getLong("cl2cm.test.seed", System.nanoTime());
        System.out.println("MutationTest: -Dcl2cm.test.seed=" + seed);
        Random random = new Random(seed);
        ServedWorld world = ServedWorld.create(folder);
        ServeSettings settings = ServeSettings.DEFAULT
                .withBounds(1 << 20, 1_000_000, 1000)
                .withModels(Map.of("second", new AllowedModel(world.another("second"), Optional.empty())));
        try (Server server = Server.start(world.collections(), settings);
                Client client = new Client(server)) {
            List<Request> valid = valid(world);
            for (Request request : valid) {
                assertThat(client.post(request.path, request.type, request.body).status())
                        .as(new String(request.body, StandardCharsets.ISO_8859_1))
                        .isBetween(200, 202);
            }
            Map<Integer, Integer> statuses = new TreeMap<>();
            for (int i = 0; i < REQUESTS; i++) {
                Request request = valid.get(random.nextInt(valid.size()));
                byte[] body = mutated(request, random);
                Reply reply = client.post(request.path, request.type, body);
                assertThat(reply.status())
                        .as(
                                "seed %d, request %d: %s -> %s",
                                seed, i, new String(body, StandardCharsets.UTF_8), reply.text())
                        .isIn(200, 202, 207, 400, 404, 409, 413, 415, 422);
                if (reply.status() >= 400) {
                    assertThat(reply.json().get("status").intValue()).isEqualTo(reply.status());
                }
                statuses.merge(reply.status(), 1, Integer::sum);
            }
            assertThat(statuses).containsKeys(200, 400, 422);
            assertThat(client.post(valid.getFirst().path, valid.getFirst().type, valid.getFirst().body)
                            .status())
                    .isEqualTo(200);
            assertThat(client.get("/v1/collections/photos/items/p3").status()).isEqualTo(200);
        }
    }

    private static byte[] mutated(Request request, Random random) throws IOException {
        byte[] body = request.body;
        int changes = 1 + random.nextInt(3);
        for (int i = 0; i < changes; i++) {
            boolean asTree = request.type.equals("application/json") && random.nextBoolean() && i == 0;
            body = asTree ? tree(body, random) : bytes(body, random);
        }
        return body;
    }

    /// Flips, removes, repeats or inserts bytes.
    private static byte[] bytes(byte[] body, Random random) {
        if (body.length == 0) {
            return new byte[] {(byte) random.nextInt(256)};
        }
        int at = random.nextInt(body.length);
        int end = at + random.nextInt(Math.min(20, body.length - at) + 1);
        byte[] changed = body.clone();
        switch (random.nextInt(5)) {
            case 0 -> changed[at] ^= (byte) (1 << random.nextInt(8));
            case 1 -> changed = Arrays.copyOf(body, at);
            case 2 -> changed = joined(Arrays.copyOf(body, at), Arrays.copyOfRange(body, end, body.length));
            case 3 -> changed = joined(Arrays.copyOf(body, end), Arrays.copyOfRange(body, at, body.length));
            default -> {
                byte[] noise = new byte[1 + random.nextInt(8)];
                random.nextBytes(noise);
                changed = joined(Arrays.copyOf(body, at), noise, Arrays.copyOfRange(body, at, body.length));
            }
        }
        return changed;
    }

    private static byte[] joined(byte[]... parts) {
        var out = new java.io.ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    /// Puts a value of another kind somewhere, removes a field, or gives it another name.
    private static byte[] tree(byte[] body, Random random) throws IOException {
        JsonNode root = Client.JSON.readTree(body);
        List<JsonNode> containers = new ArrayList<>();
        collect(root, containers);
        JsonNode where = containers.get(random.nextInt(containers.size()));
        JsonNode value = odd(random);
        if (where instanceof ObjectNode object && !object.isEmpty()) {
            List<String> names = new ArrayList<>();
            object.fieldNames().forEachRemaining(names::add);
            String name = names.get(random.nextInt(names.size()));
            switch (random.nextInt(3)) {
                case 0 -> object.set(name, value);
                case 1 -> object.remove(name);
                default -> object.set(name + (char) random.nextInt(0x2000), value);
            }
        } else if (where instanceof ArrayNode array) {
            array.insert(random.nextInt(array.size() + 1), value);
        }
        return Client.JSON.writeValueAsBytes(root);
    }

    private static void collect(JsonNode node, List<JsonNode> containers) {
        if (node.isContainerNode()) {
            containers.add(node);
            node.forEach(child -> collect(child, containers));
        }
    }

    private static JsonNode odd(Random random) {
        JsonNodeFactory nodes = JsonNodeFactory.instance;
        return switch (random.nextInt(12)) {
            case 0 -> nodes.nullNode();
            case 1 -> nodes.booleanNode(random.nextBoolean());
            case 2 -> nodes.numberNode(random.nextLong());
            case 3 -> nodes.numberNode(random.nextGaussian() * 1e30);
            case 4 -> nodes.numberNode(Double.MAX_VALUE);
            case 5 -> nodes.textNode("");
            case 6 -> nodes.textNode("\u0000\u202e\ufeff" + random.nextInt());
            case 7 -> nodes.textNode("../../../etc/passwd");
            case 8 -> nodes.textNode("x".repeat(random.nextInt(20_000)));
            case 9 -> nodes.arrayNode().add(nodes.arrayNode().add(1));
            case 10 -> nodes.objectNode().put("url", "file:///etc/passwd");
            default -> nodes.numberNode(-random.nextInt(5));
        };
    }
}
