package org.cl2cm.serve;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.cl2cm.fixture.PictureWorld;
import org.cl2cm.search.CollectionInfo;
import org.cl2cm.search.Collections;
import org.cl2cm.search.VectorEngine;
import org.cl2cm.search.VectorItem;
import org.cl2cm.serve.Client.Reply;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// No address and no stored path leads to a file that the collection does not name, or out of its
/// media root.
class PathTest {
    @TempDir
    Path folder = Path.of("");

    private static final String SECRET = "top secret";

    private Server server(Path media) throws IOException {
        PictureWorld.write(media);
        Files.writeString(folder.resolve("secret.txt"), SECRET);
        Files.copy(media.resolve("images/p0.png"), folder.resolve("outside.png"));
        Files.createSymbolicLink(media.resolve("link.png"), folder.resolve("outside.png"));
        Files.createSymbolicLink(media.resolve("text.png"), folder.resolve("secret.txt"));
        Files.writeString(media.resolve("inside.txt"), SECRET);
        Files.writeString(media.resolve("damaged.png"), "no picture");
        Collections collections = Collections.in(folder.resolve("c"));
        CollectionInfo info = new CollectionInfo(
                "files",
                2,
                "m",
                Optional.empty(),
                CollectionInfo.LUCENE,
                Instant.now(),
                Optional.empty(),
                Optional.of(media.toString()),
                Map.of());
        try (VectorEngine engine = collections.create(info)) {
            engine.upsert(List.of(
                    item("good", "images/p1.png"),
                    item("absolute", folder.resolve("outside.png").toString()),
                    item("up", "../outside.png"),
                    item("link", "link.png"),
                    item("text-link", "text.png"),
                    item("text", "inside.txt"),
                    item("folder", "images"),
                    item("nul", "images/p1.png\0.jpg"),
                    item("damaged", "damaged.png"),
                    item("absent", "images/p99.png"),
                    item("absolute-text", folder.resolve("secret.txt").toString()),
                    item("../secret.txt", "images/p2.png")));
        }
        return Server.start(collections, ServeSettings.DEFAULT);
    }

    private static VectorItem item(String id, String media) {
        return new VectorItem(id, new float[] {1, 0}, Map.of("media", media));
    }

    @Test
    void onlyPicturesThatTheCollectionNamesAreGivenOut() throws IOException, InterruptedException {
        try (Server server = server(Files.createDirectory(folder.resolve("media")));
                Client client = new Client(server)) {
            for (String id : List.of("good", "absolute", "..%2Fsecret.txt")) {
                assertThat(client.get("/v1/collections/files/items/" + id + "/media")
                                .status())
                        .as(id)
                        .isEqualTo(200);
                assertThat(client.get("/v1/collections/files/items/" + id + "/thumbnail")
                                .status())
                        .as(id)
                        .isEqualTo(200);
            }
            for (String id : List.of("up", "link", "text-link", "text", "folder", "nul", "absent", "absolute-text")) {
                for (String what : List.of("media", "thumbnail")) {
                    Reply reply = client.get("/v1/collections/files/items/" + id + "/" + what);
                    assertThat(reply.status()).as(id).isEqualTo(404);
                    assertThat(reply.text()).doesNotContain(SECRET, folder.toString());
                }
            }
            Reply damaged = client.get("/v1/collections/files/items/damaged/thumbnail");
            assertThat(damaged.status()).isEqualTo(404);
            assertThat(damaged.text()).doesNotContain(folder.toString());
        }
    }

    @Test
    void addressesLeadNowhereElse() throws IOException {
        try (Server server = server(Files.createDirectory(folder.resolve("media")))) {
            for (String path : List.of(
                    "/../../etc/passwd",
                    "/..%2f..%2fetc%2fpasswd",
                    "/%2e%2e/%2e%2e/etc/passwd",
                    "/page/../openapi.json/..",
                    "/..%5c..%5csecret.txt",
                    "/v1/collections/../../secret.txt",
                    "/v1/collections/..%2f..%2fc/items/good",
                    "/v1/collections/%2e%2e",
                    "/v1/collections/files%00",
                    "/v1/collections/files/items/%00",
                    "/v1/collections/files/items/..%2f..%2f..%2fsecret.txt/media",
                    "/v1/collections/files/items/%2e%2e/%2e%2e/secret.txt",
                    "/v1/collections/files/items/%ff",
                    "/v1/collections/files/items/" + "a".repeat(5000),
                    "/v1/collections/" + "%E5%9B%BE".repeat(1000) + "/search",
                    "//secret.txt",
                    "/%",
                    "/%4",
                    "/;/..;/secret.txt")) {
                String reply = Client.raw(
                        server.address(),
                        Client.lines("GET " + path + " HTTP/1.1", "Host: localhost", "Connection: close"));
                assertThat(reply).as(path).startsWith("HTTP/1.1 4").doesNotContain(SECRET, "root:", folder.toString());
            }
        }
    }

    @Test
    void clientsNameNoFilesOutsideTheMediaRoot() throws IOException, InterruptedException {
        try (Server server = server(Files.createDirectory(folder.resolve("media")));
                Client client = new Client(server)) {
            for (String media :
                    List.of("../outside.png", "/etc/passwd", "images/../../outside.png", "a\\u0000b.png", "", "..")) {
                Reply reply = client.post(
                        "/v1/collections/files/items",
                        "{\"items\": [{\"id\": \"x\", \"vector\": [1, 0], \"fields\": {\"media\": \"" + media
                                + "\"}}]}");
                assertThat(reply.status()).as(media + reply.text()).isEqualTo(207);
                assertThat(reply.json().at("/items/0/pointer").textValue()).isEqualTo("/items/0/fields/media");
            }
            // What the collection held before may stay.
            Reply same = client.post(
                    "/v1/collections/files/items",
                    "{\"items\": [{\"id\": \"absolute\", \"vector\": [0, 1], \"fields\": {\"media\": \""
                            + folder.resolve("outside.png") + "\"}}, {\"id\": \"new\", \"vector\": [0, 1], \"fields\":"
                            + " {\"media\": \"images/p3.png\"}}]}");
            assertThat(same.status()).as(same.text()).isEqualTo(200);
            assertThat(client.get("/v1/collections/files/items/new/media").status())
                    .isEqualTo(200);
        }
    }
}
