package org.cl2cm.opensearch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.cl2cm.data.DataException;
import org.cl2cm.search.CollectionUnavailableException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClusterClientTest {
    private static final String TOO_MANY =
            "{\"error\": {\"type\": \"rejected_execution_exception\", \"reason\": \"queue full\"}, \"status\": 429}";

    /// Half of a search was done when a node went.
    private static final String LOST_NODE = """
            {"error": {"type": "search_phase_execution_exception", "reason": "Partial shards failure", "failed_shards": [
            {"shard": 1, "reason": {"type": "node_disconnected_exception", "reason": "disconnected"}}]}, "status": 500}
            """;

    /// A key for `localhost`, one of another authority, and their certificates: `host` and `other`.
    @TempDir
    private static Path keys;

    @TempDir
    private Path folder;

    @BeforeAll
    static void makeKeys() throws IOException, InterruptedException {
        FakeHost.keys(keys, "host");
        FakeHost.keys(keys, "other");
    }

    private static FakeHost secure() throws IOException {
        return FakeHost.secure(keys.resolve("host.p12"));
    }

    private static ClusterClient client(Map<String, String> options) throws IOException {
        Connections connections = new Connections(variable -> variable.equals("SECRET") ? "pass:wörd" : null);
        return new ClusterClient(connections.to(ClusterOptions.of(options).access()), "photos");
    }

    private static void ask(ClusterClient client) throws IOException {
        client.json(new ClusterClient.Ask("GET", "/_cluster/health"), Duration.ofSeconds(10));
    }

    @Test
    void userAndPasswordAreSentOverATrustedConnection() throws Exception {
        try (FakeHost host = secure()) {
            host.answers(200, "{}");
            Map<String, String> options = Map.of(
                    "hosts",
                    "https://localhost:" + host.port(),
                    "user",
                    "anna",
                    "passwordEnv",
                    "SECRET",
                    "ca",
                    keys.resolve("host.pem").toString());
            try (ClusterClient client = client(options)) {
                ask(client);
            }
            String both =
                    "Basic " + Base64.getEncoder().encodeToString("anna:pass:wörd".getBytes(StandardCharsets.UTF_8));
            assertThat(host.asked()).extracting(FakeHost.Asked::authorization).containsExactly(both);
        }
    }

    @Test
    void aCertificateThatIsNotTrustedIsAnErrorAndNothingIsSent() throws Exception {
        try (FakeHost host = secure()) {
            host.answers(200, "{}");
            String hosts = "https://localhost:" + host.port();
            try (ClusterClient client = client(Map.of("hosts", hosts))) {
                assertThatThrownBy(() -> ask(client))
                        .isInstanceOf(DataException.class)
                        .hasMessageContaining("\"photos\"")
                        .hasMessageContaining(hosts)
                        .hasMessageContaining("--ca");
            }
            String other = keys.resolve("other.pem").toString();
            try (ClusterClient client = client(Map.of("hosts", hosts, "ca", other))) {
                assertThatThrownBy(() -> ask(client))
                        .isInstanceOf(DataException.class)
                        .hasMessageContaining(other);
            }
            assertThat(host.asked()).isEmpty();
        }
    }

    @Test
    void aHostOfAnotherNameIsNotTrusted() throws Exception {
        try (FakeHost host = secure()) {
            host.answers(200, "{}");
            // The certificate is for localhost and 127.0.0.1.
            String hosts = "https://127.0.0.2:" + host.port();
            try (ClusterClient client =
                    client(Map.of("hosts", hosts, "ca", keys.resolve("host.pem").toString()))) {
                assertThatThrownBy(() -> ask(client))
                        .isInstanceOf(IOException.class)
                        .hasMessageContaining("127.0.0.2");
            }
            assertThat(host.asked()).isEmpty();
        }
    }

    @Test
    void aWrongPasswordIsAnErrorThatNamesHostAndCollection() throws Exception {
        try (FakeHost host = FakeHost.plain()) {
            host.answers(401, "Unauthorized");
            String hosts = "http://127.0.0.1:" + host.port();
            try (ClusterClient client = client(Map.of("hosts", hosts, "user", "anna", "passwordEnv", "SECRET"))) {
                assertThatThrownBy(() -> ask(client))
                        .isInstanceOf(DataException.class)
                        .hasMessageContaining("\"photos\"")
                        .hasMessageContaining(hosts)
                        .hasMessageContaining("\"anna\"")
                        .hasMessageContaining("401")
                        .hasMessageNotContaining("wörd");
            }
            assertThat(host.asked()).hasSize(1);
        }
    }

    @Test
    void whatPassesIsAskedAgainAndWhatDoesNotIsNot() throws Exception {
        try (FakeHost host = FakeHost.plain()) {
            host.answers(429, TOO_MANY);
            host.answers(503, "{}");
            host.answers(500, LOST_NODE);
            host.answers(200, "{}");
            host.answers(400, "{\"error\": {\"type\": \"parsing_exception\", \"reason\": \"no such thing\"}}");
            try (ClusterClient client = client(Map.of("hosts", "http://127.0.0.1:" + host.port()))) {
                ask(client);
                assertThat(host.asked()).hasSize(4);
                assertThatThrownBy(() -> ask(client))
                        .isInstanceOf(ClusterException.class)
                        .hasMessageContaining("\"photos\"")
                        .hasMessageContaining("127.0.0.1:" + host.port())
                        .hasMessageContaining("no such thing");
                assertThat(host.asked()).hasSize(5);
            }
        }
    }

    @Test
    void patienceEnds() throws Exception {
        try (FakeHost host = FakeHost.plain()) {
            host.answers(429, TOO_MANY);
            try (ClusterClient client = client(Map.of("hosts", "http://127.0.0.1:" + host.port()))) {
                assertThatThrownBy(() ->
                                client.json(new ClusterClient.Ask("GET", "/_cluster/health"), Duration.ofMillis(700)))
                        .isInstanceOf(CollectionUnavailableException.class)
                        .hasMessageContaining("\"photos\"")
                        .hasMessageContaining("queue full");
                assertThat(host.asked()).hasSizeBetween(2, 20);
            }
        }
    }

    @Test
    void aHostThatIsDownIsPassedOverAndAllHostsDownAreAnError() throws Exception {
        int down;
        try (ServerSocket socket = new ServerSocket(0)) {
            down = socket.getLocalPort();
        }
        String dead = "http://127.0.0.1:" + down;
        try (FakeHost host = FakeHost.plain()) {
            host.answers(200, "{}");
            try (ClusterClient client = client(Map.of("hosts", dead + ",http://127.0.0.1:" + host.port()))) {
                for (int i = 0; i < 5; i++) {
                    ask(client);
                }
            }
            assertThat(host.asked()).hasSize(5);
        }
        try (ClusterClient client = client(Map.of("hosts", dead))) {
            assertThatThrownBy(() -> ask(client))
                    .isInstanceOf(CollectionUnavailableException.class)
                    .hasMessageContaining("\"photos\"")
                    .hasMessageContaining(dead)
                    .hasMessageContaining("refused");
        }
    }

    @Test
    void ofABatchOnlyWhatWasRefusedIsSentAgain() throws Exception {
        try (FakeHost host = FakeHost.plain()) {
            String done = "{\"index\": {\"status\": 201, \"result\": \"created\"}}";
            String busy = "{\"index\": {\"status\": 429, \"error\": {\"type\": \"rejected\", \"reason\": \"busy\"}}}";
            String wrong = "{\"index\": {\"status\": 400, \"error\": {\"type\": \"mapper\", \"reason\": \"odd\"}}}";
            host.answers(200, "{\"items\": [" + String.join(",", done, busy, wrong, busy) + "]}");
            host.answers(200, "{\"items\": [" + String.join(",", busy, done) + "]}");
            host.answers(200, "{\"items\": [" + done + "]}");
            List<BulkWriter.Operation> operations = IntStream.range(0, 4)
                    .mapToObj(i ->
                            new BulkWriter.Operation("id" + i, ("line" + i + "\n").getBytes(StandardCharsets.UTF_8)))
                    .toList();
            try (ClusterClient client = client(Map.of("hosts", "http://127.0.0.1:" + host.port()))) {
                assertThat(new BulkWriter(client, "cl2cm-photos-0001").send(operations))
                        .extracting(Answers.Done::status)
                        .containsExactly(201, 201, 400, 201);
            }
            assertThat(host.asked())
                    .extracting(FakeHost.Asked::body)
                    .containsExactly("line0\nline1\nline2\nline3\n", "line1\nline3\n", "line1\n");
        }
    }

    @Test
    void requestsAreBoundedAndTwoOperationsOfOneItemNeverShareOne() throws Exception {
        try (FakeHost host = FakeHost.plain()) {
            String done = "{\"index\": {\"status\": 201}}";
            host.answers(200, "{\"items\": [" + String.join(",", done, done) + "]}");
            host.answers(200, "{\"items\": [" + done + "]}");
            byte[] large = "x".repeat(3 << 20).getBytes(StandardCharsets.UTF_8);
            byte[] small = "y\n".getBytes(StandardCharsets.UTF_8);
            try (ClusterClient client = client(Map.of("hosts", "http://127.0.0.1:" + host.port()))) {
                assertThat(new BulkWriter(client, "cl2cm-photos-0001")
                                .send(List.of(
                                        new BulkWriter.Operation("a", small),
                                        new BulkWriter.Operation("b", large),
                                        new BulkWriter.Operation("c", large),
                                        new BulkWriter.Operation("c", small))))
                        .hasSize(4);
            }
            assertThat(host.asked())
                    .extracting(asked -> asked.body().length())
                    .containsExactly(small.length + large.length, large.length, small.length);
        }
    }

    @Test
    void optionsThatCannotBeUsedAreNamed() throws Exception {
        Map<String, Map<String, String>> wrong = Map.of(
                "needs hosts", Map.of(),
                "\"ftp://a\" is no host", Map.of("hosts", "ftp://a"),
                "\"https://user:pw@a\" is no host", Map.of("hosts", "https://user:pw@a"),
                "no option \"password\"", Map.of("hosts", "a", "password", "x"),
                "\"shards\" is \"0\"", Map.of("hosts", "a", "shards", "0"),
                "\"int8\" is \"no\"", Map.of("hosts", "a", "int8", "no"),
                "needs a password", Map.of("hosts", "a", "user", "anna"),
                "by https only", Map.of("hosts", "http://198.51.100.1", "user", "anna", "passwordEnv", "SECRET"));
        wrong.forEach((message, options) -> assertThatThrownBy(() -> ClusterOptions.of(options))
                .isInstanceOf(DataException.class)
                .hasMessageContaining(message));
        assertThatThrownBy(() -> client(Map.of("hosts", "a", "user", "anna", "passwordEnv", "NOT_SET")))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("NOT_SET")
                .hasMessageContaining("https://a:9200");
        Path file = Files.writeString(folder.resolve("no.pem"), "nothing");
        assertThatThrownBy(() -> client(Map.of("hosts", "a", "ca", file.toString())))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("no.pem");
    }

    @Test
    void whoAsksTheSameClusterSharesItsConnections() throws Exception {
        Connections connections = new Connections(_ -> null);
        ClusterOptions.Access access =
                ClusterOptions.of(Map.of("hosts", "http://127.0.0.1:1")).access();
        Connections.Shared first = connections.to(access);
        Connections.Shared second =
                connections.to(ClusterOptions.of(Map.of("hosts", "http://127.0.0.1:1", "shards", "7"))
                        .access());
        assertThat(second.client()).isSameAs(first.client());
        first.close();
        Connections.Shared third = connections.to(access);
        assertThat(third.client()).as("one is left").isSameAs(second.client());
        third.close();
        second.close();
        try (Connections.Shared fourth = connections.to(access)) {
            assertThat(fourth.client()).as("all were closed").isNotSameAs(second.client());
        }
    }
}
