package org.cl2cm.serve;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.cl2cm.serve.Client.Reply;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/// Every example of the served description is sent to a server: the status and the answer must be
/// as described.
class OpenApiTest {
    private static final String FORM = "multipart/form-data";
    private static final Set<String> METHODS = Set.of("get", "post", "delete");

    @TempDir
    Path folder = Path.of("");

    private record Call(
            String name,
            String method,
            String path,
            String type,
            Optional<JsonNode> body,
            int status,
            JsonNode answers) {}

    @TestFactory
    List<DynamicTest> everyExample() throws IOException, InterruptedException {
        ServedWorld world = ServedWorld.create(folder);
        Map<String, AllowedModel> models =
                Map.of("second", new AllowedModel(world.another("second"), Optional.empty()));
        Server server = Server.start(world.collections(), ServeSettings.DEFAULT.withModels(models));
        Client client = new Client(server);
        JsonNode api = client.get("/openapi.json").json();
        List<DynamicTest> tests = new ArrayList<>();
        for (Call call : calls(api)) {
            tests.add(DynamicTest.dynamicTest(call.name, () -> check(client, api, call)));
        }
        assertThat(tests).hasSizeGreaterThan(25);
        tests.add(DynamicTest.dynamicTest("the end", () -> {
            client.close();
            server.close();
        }));
        return tests;
    }

    private static void check(Client client, JsonNode api, Call call) throws IOException, InterruptedException {
        HttpRequest.Builder request = client.to(call.path);
        Reply reply = client.send(
                call.body.isEmpty()
                        ? request.method(call.method.toUpperCase(Locale.ROOT), BodyPublishers.noBody())
                        : request.header("Content-Type", call.type.equals(FORM) ? FORM + "; boundary=b-o" : call.type)
                                .POST(BodyPublishers.ofByteArray(body(call))));
        assertThat(reply.status()).as(reply.text()).isEqualTo(call.status);
        JsonNode content = call.answers.path(Integer.toString(call.status)).path("content");
        String type = reply.header("Content-Type").orElseThrow().replaceAll(";.*", "");
        assertThat(content.fieldNames())
                .toIterable()
                .anySatisfy(known ->
                        assertThat(type).matches(known.replace("+", "\\+").replace("*", ".*")));
        JsonNode schema = content.path(type).path("schema");
        if (schema.isObject()) {
            assertThat(errors(api, schema, reply.text())).as(reply.text()).isEmpty();
        }
        if (call.status == 202) {
            // What goes on after the answer must be over before the next example.
            String address = reply.header("Location").orElseThrow();
            assertThat(Eventually.holds(() -> !client.get(address)
                            .json()
                            .at("/job/state")
                            .asText()
                            .equals("running")))
                    .isTrue();
        }
    }

    private static byte[] body(Call call) throws IOException {
        if (!call.type.equals(FORM)) {
            return Client.JSON.writeValueAsBytes(call.body.orElseThrow());
        }
        Map<String, byte[]> parts = new LinkedHashMap<>();
        call.body.orElseThrow().properties().forEach(entry -> {
            JsonNode value = entry.getValue();
            byte[] plain =
                    (value.isContainerNode() ? value.toString() : value.asText()).getBytes(StandardCharsets.UTF_8);
            parts.put(
                    entry.getKey(),
                    entry.getKey().equals("image") ? Base64.getDecoder().decode(value.asText()) : plain);
        });
        return Client.form("b-o", parts);
    }

    private static List<com.networknt.schema.Error> errors(JsonNode api, JsonNode schema, String json) {
        ObjectNode whole = schema.deepCopy();
        whole.set("components", api.get("components"));
        return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                .getSchema(whole.toString(), InputFormat.JSON)
                .validate(json, InputFormat.JSON);
    }

    private static List<Call> calls(JsonNode api) {
        List<Call> calls = new ArrayList<>();
        api.get("paths")
                .properties()
                .forEach(path -> path.getValue().properties().stream()
                        .filter(operation -> METHODS.contains(operation.getKey()))
                        .forEach(operation -> add(path.getKey(), operation.getKey(), operation.getValue(), calls)));
        return calls;
    }

    private static void add(String template, String method, JsonNode operation, List<Call> calls) {
        String path = template;
        for (JsonNode parameter : operation.path("parameters")) {
            if (parameter.get("in").textValue().equals("header")) {
                continue;
            }
            String value = parameter.get("example").asText();
            String name = parameter.get("name").textValue();
            path = parameter.get("in").textValue().equals("path")
                    ? path.replace("{" + name + "}", value)
                    : path + "?" + name + "=" + value;
        }
        JsonNode answers = operation.get("responses");
        String name = method + " " + template;
        JsonNode bodies = operation.path("requestBody").path("content");
        if (bodies.isMissingNode()) {
            calls.add(new Call(name, method, path, "", Optional.empty(), 200, answers));
        }
        String address = path;
        bodies.properties()
                .forEach(body -> body.getValue().get("examples").properties().forEach(example -> {
                    JsonNode value = example.getValue().get("value");
                    int status = example.getValue().path("x-status").asInt(200);
                    calls.add(new Call(
                            name + ": " + example.getKey(),
                            method,
                            address,
                            body.getKey(),
                            Optional.of(value),
                            status,
                            answers));
                }));
    }

    /// What an example is said to be, it is: those that are answered suit the schema of the request.
    @Test
    void examplesSuitTheSchemaOfTheRequest() throws IOException {
        JsonNode api;
        try (InputStream in = Objects.requireNonNull(Server.class.getResourceAsStream("openapi.json"))) {
            api = Client.JSON.readTree(in);
        }
        Set<String> wrong = new TreeSet<>();
        api.findValues("requestBody")
                .forEach(request -> request.get("content").properties().forEach(body -> {
                    JsonNode schema = body.getValue().get("schema");
                    body.getValue().get("examples").properties().forEach(example -> {
                        JsonNode value = example.getValue().get("value");
                        if (example.getValue().path("x-status").asInt(200) < 300
                                && !errors(api, schema, value.toString()).isEmpty()) {
                            wrong.add(example.getKey());
                        }
                    });
                }));
        assertThat(wrong).isEmpty();
    }
}
