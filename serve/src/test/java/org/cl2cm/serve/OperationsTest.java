package org.cl2cm.serve;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// What lies in `operations` asks for metrics that a server really has.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OperationsTest {
    private static final Path OPERATIONS = Path.of(System.getProperty("cl2cm.root", ".."), "operations");
    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

    /// Prometheus adds these to what it scrapes.
    private static final Set<String> ADDED = Set.of("job", "instance");

    private static final Pattern SAMPLE = Pattern.compile("([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\\{(.*)\\})? \\S+");
    private static final Pattern LABEL = Pattern.compile("([a-zA-Z_][a-zA-Z0-9_]*)=\"((?:[^\"\\\\]|\\\\.)*)\"");

    /// A name, a text in quotes, a range in brackets, or a sign.
    private static final Pattern TOKEN =
            Pattern.compile("\"(?:[^\"\\\\]|\\\\.)*\"|\\[[^\\]]*\\]|[a-zA-Z_:][a-zA-Z0-9_:]*|[0-9.]+|=~|!~|!=|[^\\s]");

    private static final Set<String> GROUPING = Set.of("by", "without", "on", "ignoring");

    private Server server;
    private Client client;

    /// By the name of a metric and of its label: the values that there are.
    private final Map<String, Map<String, Set<String>>> known = new TreeMap<>();

    @BeforeAll
    void useAndScrape(@TempDir Path folder) throws IOException, InterruptedException {
        ServedWorld world = ServedWorld.create(folder);
        server = Server.start(world.collections(), ServeSettings.DEFAULT);
        client = new Client(server);
        String picture = Base64.getEncoder().encodeToString(Files.readAllBytes(world.picture(3)));
        client.post(Client.SEARCH, "{\"text\": \"a square in red\"}");
        client.post(Client.SEARCH, "{\"image\": {\"base64\": \"" + picture + "\"}}");
        client.get("/v1/collections/nowhere");
        for (String line : client.get("/metrics").text().split("\n", -1)) {
            Matcher sample = SAMPLE.matcher(line);
            if (!line.startsWith("#") && sample.matches()) {
                Map<String, Set<String>> labels = known.computeIfAbsent(sample.group(1), _ -> new HashMap<>());
                Matcher label = LABEL.matcher(sample.group(2) == null ? "" : sample.group(2));
                while (label.find()) {
                    labels.computeIfAbsent(label.group(1), _ -> new TreeSet<>()).add(label.group(2));
                }
            }
        }
        known.put("up", new HashMap<>());
    }

    @AfterAll
    void stop() throws IOException {
        client.close();
        server.close();
    }

    /// What an expression asks for that is not there.
    private List<String> missing(String expression) {
        List<String> tokens = new ArrayList<>();
        Matcher matcher = TOKEN.matcher(expression);
        while (matcher.find()) {
            tokens.add(matcher.group());
        }
        List<String> missing = new ArrayList<>();
        Set<String> labels = new HashSet<>(ADDED);
        Set<String> grouped = new TreeSet<>();
        for (int i = 0; i < tokens.size(); i++) {
            String token = tokens.get(i);
            String next = i + 1 < tokens.size() ? tokens.get(i + 1) : "";
            if (!token.matches("[a-zA-Z_:].*")) {
                continue;
            }
            if (GROUPING.contains(token)) {
                for (i += 2; !tokens.get(i).equals(")"); i++) {
                    if (!tokens.get(i).equals(",")) {
                        grouped.add(tokens.get(i));
                    }
                }
            } else if (!next.equals("(") && !GROUPING.contains(next)) {
                Map<String, Set<String>> its = known.get(token);
                if (its == null) {
                    missing.add("metric " + token);
                    its = Map.of();
                }
                labels.addAll(its.keySet());
                if (next.equals("{")) {
                    for (i += 2; !tokens.get(i).equals("}"); i++) {
                        String label = tokens.get(i);
                        if (tokens.get(i).equals(",")) {
                            continue;
                        }
                        String sign = tokens.get(i + 1);
                        String value = tokens.get(i + 2).replace("\"", "");
                        i += 2;
                        if (!ADDED.contains(label) && !its.containsKey(label)) {
                            missing.add("label " + label + " of " + token);
                        } else if (!ADDED.contains(label)
                                && !label.equals("status")
                                && sign.equals("=")
                                && !its.getOrDefault(label, Set.of()).contains(value)) {
                            missing.add("value " + value + " of label " + label + " of " + token);
                        }
                    }
                }
            }
        }
        grouped.removeAll(labels);
        grouped.forEach(label -> missing.add("label " + label + " in " + expression));
        return missing;
    }

    @Test
    void everyPanelOfTheBoardAsksForWhatThereIs() throws IOException {
        JsonNode board = Client.JSON.readTree(
                OPERATIONS.resolve("grafana-dashboard.json").toFile());
        List<String> expressions = board.get("panels").findValuesAsText("expr");
        assertThat(expressions).hasSizeGreaterThan(15);
        assertThat(expressions)
                .allSatisfy(expression -> assertThat(missing(expression)).isEmpty());
        Matcher variable = Pattern.compile("label_values\\((\\w+), (\\w+)\\)")
                .matcher(board.at("/templating/list/1/definition").asText());
        assertThat(variable.matches()).isTrue();
        assertThat(known).containsKey(variable.group(1));
        // Panels do not lie upon each other.
        Set<String> cells = new HashSet<>();
        for (JsonNode panel : board.get("panels")) {
            JsonNode at = panel.get("gridPos");
            for (int x = 0; x < at.get("w").intValue(); x++) {
                assertThat(cells.add(at.get("x").intValue() + x + ":" + at.get("y")))
                        .isTrue();
            }
            assertThat(at.get("x").intValue() + at.get("w").intValue()).isLessThanOrEqualTo(24);
        }
    }

    @Test
    void everyAlertAsksForWhatThereIs() throws IOException {
        JsonNode alerts = YAML.readTree(OPERATIONS.resolve("alerts.yml").toFile());
        List<JsonNode> rules = new ArrayList<>();
        alerts.get("groups").forEach(group -> group.get("rules").forEach(rules::add));
        assertThat(rules).hasSizeGreaterThan(5);
        assertThat(rules).allSatisfy(rule -> {
            assertThat(missing(rule.get("expr").textValue())).isEmpty();
            assertThat(rule.get("alert").textValue()).startsWith("Cl2cm");
            assertThat(rule.at("/annotations/summary").asText()).isNotBlank();
        });
        JsonNode scrape = YAML.readTree(OPERATIONS.resolve("prometheus.yml").toFile());
        String path = scrape.at("/scrape_configs/0/metrics_path").asText();
        assertThat(path).isEqualTo("/metrics");
        assertThat(OPERATIONS.resolve(scrape.at("/rule_files/0").asText())).exists();
        assertThat(scrape.at("/scrape_configs/0/job_name").asText()).isEqualTo("cl2cm");
    }

    @Test
    void whatIsNotThereIsFound() {
        assertThat(missing("rate(cl2cm_requests_total[5m])")).containsExactly("metric cl2cm_requests_total");
        assertThat(missing("sum by (code) (cl2cm_queue_length{queue=\"texts\"})"))
                .hasSize(1);
        assertThat(missing("cl2cm_queue_length{que=\"texts\"}")).containsExactly("label que of cl2cm_queue_length");
        assertThat(missing("cl2cm_queue_length{queue=\"words\"}"))
                .containsExactly("value words of label queue of cl2cm_queue_length");
        assertThat(missing("sum by (le, job) (rate(cl2cm_search_seconds_bucket{collection=\"photos\"}[5m])) / up > 1"))
                .isEmpty();
    }

    @Test
    void theScriptOfTheHealthCheckKnowsAServerThatIsReady() throws IOException, InterruptedException {
        assertThat(ready(server.address().getPort())).isZero();
        int free;
        try (var socket = new java.net.ServerSocket(0)) {
            free = socket.getLocalPort();
        }
        assertThat(ready(free)).isNotZero();
    }

    private static int ready(int port) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(OPERATIONS.resolve("ready").toString(), Integer.toString(port))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        return process.exitValue();
    }

    /// As systemd reads it, where there is a systemd.
    @Test
    void theUnitIsOneThatSystemdTakes(@TempDir Path folder) throws IOException, InterruptedException {
        Path tool = Path.of("/usr/bin/systemd-analyze");
        Assumptions.assumeTrue(Files.isExecutable(tool), "no systemd here");
        Path program = Files.writeString(folder.resolve("cl2cm"), "#!/bin/sh\n");
        assertThat(program.toFile().setExecutable(true)).isTrue();
        String unit = Files.readString(OPERATIONS.resolve("cl2cm.service"));
        assertThat(unit).contains("/opt/cl2cm/cl2cm serve");
        Path file = folder.resolve("cl2cm.service");
        Files.writeString(file, unit.replace("/opt/cl2cm/cl2cm", program.toString()));
        assertThat(verify(tool, file)).isEmpty();
        Files.writeString(
                file, unit.replace("/opt/cl2cm/cl2cm", program.toString()).replace("KillMode", "KilMode"));
        assertThat(verify(tool, file)).contains("KilMode");
    }

    /// What is wrong with a unit, in the words of systemd; others of this machine do not count.
    private static String verify(Path tool, Path unit) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(tool.toString(), "verify", "--man=no", unit.toString())
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return String.join(
                "\n", said.lines().filter(line -> line.contains("cl2cm")).toList());
    }
}
