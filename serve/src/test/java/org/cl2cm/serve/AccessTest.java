package org.cl2cm.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.cl2cm.data.DataException;
import org.cl2cm.search.CollectionInfo;
import org.cl2cm.search.Collections;
import org.cl2cm.search.VectorEngine;
import org.cl2cm.search.VectorItem;
import org.cl2cm.serve.Client.Reply;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Who may do what: tokens, addresses, pages of other origins.
class AccessTest {
    private static final String READER = "reader-0123456789abcdef";
    private static final String WRITER = "writer-0123456789abcdef";
    private static final String OLD = "old-0123456789abcdef";
    private static final String SEARCH = "/v1/collections/few/search";
    private static final String ITEM = "/v1/collections/few/items/east";
    private static final String QUERY = "{\"vector\": [1, 1]}";

    @TempDir
    Path folder = Path.of("");

    private Collections collections = Collections.in(Path.of(""));

    @BeforeEach
    void fill() throws IOException {
        collections = Collections.in(folder.resolve("c"));
        try (VectorEngine engine = collections.create(CollectionInfo.of("few", 2, "m"))) {
            engine.upsert(List.of(new VectorItem("east", new float[] {1, 0}, Map.of())));
        }
    }

    private Path tokens(String text) throws IOException {
        return Files.writeString(folder.resolve("tokens.txt"), text);
    }

    private static Reply with(Client client, String method, String path, String authorization)
            throws IOException, InterruptedException {
        var request = client.to(path).header("Content-Type", "application/json");
        if (!authorization.isEmpty()) {
            request.header("Authorization", authorization);
        }
        var body = method.equals("POST")
                ? java.net.http.HttpRequest.BodyPublishers.ofString(QUERY)
                : java.net.http.HttpRequest.BodyPublishers.noBody();
        return client.send(request.method(method, body));
    }

    @Test
    void tokensDecideWhoReadsAndWhoWrites() throws IOException, InterruptedException, NoSuchAlgorithmException {
        String hash = HexFormat.of()
                .formatHex(MessageDigest.getInstance("SHA-256").digest(WRITER.getBytes(StandardCharsets.UTF_8)));
        Path file = tokens(
                "# who\n\nread " + READER + " 2999-12-31\nwrite sha256:" + hash + "\nwrite " + OLD + " 2020-01-01\n");
        ServeSettings settings = ServeSettings.DEFAULT.withAccess(Optional.of(file), false, List.of());
        try (Server server = Server.start(collections, settings);
                Client client = new Client(server)) {
            for (String open : List.of("/health/live", "/health/ready", "/openapi.json", "/")) {
                assertThat(with(client, "GET", open, "").status()).as(open).isEqualTo(200);
            }
            for (String closed : List.of("/v1/collections", "/metrics", ITEM)) {
                Reply reply = with(client, "GET", closed, "");
                assertThat(reply.status()).as(closed).isEqualTo(401);
                assertThat(reply.header("WWW-Authenticate")).hasValue("Bearer");
                assertThat(with(client, "GET", closed, "Bearer " + READER).status())
                        .isEqualTo(200);
            }
            for (String wrong : List.of(
                    "Bearer nobody-0123456789abcdef",
                    "Bearer " + READER + "x",
                    "Bearer",
                    "Basic cmVhZGVyOg==",
                    READER,
                    "Bearer " + hash,
                    "Bearer sha256:" + hash)) {
                assertThat(with(client, "POST", SEARCH, wrong).status())
                        .as(wrong)
                        .isEqualTo(401);
            }
            Reply expired = with(client, "POST", SEARCH, "Bearer " + OLD);
            assertThat(expired.status()).isEqualTo(401);
            assertThat(expired.json().get("detail").textValue()).contains("expired");
            assertThat(with(client, "POST", SEARCH, "bearer " + READER).status())
                    .isEqualTo(200);
            Reply forbidden = with(client, "DELETE", ITEM, "Bearer " + READER);
            assertThat(forbidden.status()).isEqualTo(403);
            assertThat(forbidden.header("WWW-Authenticate").orElseThrow()).contains("insufficient_scope");
            assertThat(with(client, "POST", "/v1/aliases/few:swap", "Bearer " + READER)
                            .status())
                    .isEqualTo(403);
            assertThat(with(client, "GET", "/v1/aliases/few", "Bearer " + READER)
                            .status())
                    .isEqualTo(200);
            assertThat(with(client, "GET", ITEM, "Bearer " + WRITER).status()).isEqualTo(200);
            assertThat(with(client, "DELETE", ITEM, "Bearer " + WRITER).status())
                    .isEqualTo(200);
        }
    }

    @Test
    void filesOfTokensThatCannotBeUsedAreRefusedWithoutTellingTheToken() throws IOException {
        for (String line : List.of(
                "read",
                "admin " + READER,
                "read short",
                "read " + READER + " soon",
                "read sha256:12",
                "read " + READER + " 2999-12-31 more")) {
            Path file = tokens("# one\n" + line + "\n");
            ServeSettings settings = ServeSettings.DEFAULT.withAccess(Optional.of(file), false, List.of());
            assertThatThrownBy(() -> Server.start(collections, settings).close())
                    .isInstanceOf(DataException.class)
                    .hasMessageContaining(file + ":2: ")
                    .message()
                    .doesNotContain(READER);
        }
        Path empty = tokens("# nobody\n");
        assertThatThrownBy(() -> Server.start(
                                collections, ServeSettings.DEFAULT.withAccess(Optional.of(empty), false, List.of()))
                        .close())
                .hasMessageContaining("holds no token");
    }

    @Test
    void withoutTokensOnlyThisMachineIsServed() throws IOException {
        assertThatThrownBy(() -> Server.start(collections, ServeSettings.DEFAULT.at("0.0.0.0", 0))
                        .close())
                .isInstanceOf(DataException.class)
                .hasMessageContainingAll("--tokens FILE", "--open");
        ServeSettings open = ServeSettings.DEFAULT.at("0.0.0.0", 0).withAccess(Optional.empty(), true, List.of());
        try (Server server = Server.start(collections, open)) {
            assertThat(server.address().getHost()).isEqualTo("localhost");
        }
    }

    @Test
    void aPortThatIsTakenIsSaid() throws IOException {
        try (Server first = Server.start(collections, ServeSettings.DEFAULT)) {
            ServeSettings same =
                    ServeSettings.DEFAULT.at("127.0.0.1", first.address().getPort());
            assertThatThrownBy(() -> Server.start(collections, same).close())
                    .isInstanceOf(DataException.class)
                    .hasMessageContaining(
                            "cannot listen at 127.0.0.1:" + first.address().getPort());
        }
    }

    @Test
    void pagesOfNamedOriginsMayUseIt() throws IOException, InterruptedException {
        String page = "https://photos.example";
        ServeSettings settings = ServeSettings.DEFAULT.withAccess(Optional.empty(), false, List.of(page));
        try (Server server = Server.start(collections, settings);
                Client client = new Client(server)) {
            Reply allowed = client.send(client.to("/v1/collections").header("Origin", page));
            assertThat(allowed.header("Access-Control-Allow-Origin")).hasValue(page);
            assertThat(allowed.header("Vary")).hasValue("Origin");
            Reply asked = client.send(client.to(SEARCH)
                    .header("Origin", page)
                    .header("Access-Control-Request-Method", "POST")
                    .method("OPTIONS", java.net.http.HttpRequest.BodyPublishers.noBody()));
            assertThat(asked.status()).isEqualTo(204);
            assertThat(asked.header("Access-Control-Allow-Methods").orElseThrow())
                    .contains("POST");
            Reply other = client.send(client.to("/v1/collections").header("Origin", "https://evil.example"));
            assertThat(other.header("Access-Control-Allow-Origin")).isEmpty();
        }
        assertThatThrownBy(() -> ServeSettings.DEFAULT.withAccess(Optional.empty(), false, List.of("*")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no origin");
    }
}
