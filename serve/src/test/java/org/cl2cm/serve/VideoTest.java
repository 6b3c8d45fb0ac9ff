package org.cl2cm.serve;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import javax.imageio.ImageIO;
import org.cl2cm.search.Collections;
import org.cl2cm.serve.Client.Reply;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Moments of videos over HTTP: found, shown, and played in parts.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class VideoTest {
    private static final String ITEMS = "/v1/collections/videos/items/";

    private ServedFilms films = new ServedFilms(Path.of(""), List.of());
    private @Nullable Server server;
    private @Nullable Client opened;

    @BeforeAll
    void start(@TempDir Path folder) throws IOException {
        Assumptions.assumeTrue(ServedFilms.isPossible(), "no ffmpeg; install it");
        Collections collections = Collections.in(folder.resolve("c"));
        films = ServedFilms.create(folder.resolve("films"), collections);
        Files.copy(films.file("one"), folder.resolve("secret.mp4"));
        server = Server.start(collections, ServeSettings.DEFAULT);
        opened = new Client(server);
    }

    @AfterAll
    void stop() throws IOException {
        if (opened != null) {
            opened.close();
        }
        if (server != null) {
            server.close();
        }
    }

    private Client client() {
        return Objects.requireNonNull(opened);
    }

    private List<String> found(String more) throws IOException, InterruptedException {
        Reply reply = client().post("/v1/collections/videos/search", "{\"vector\": [1, 0, 0]" + more + "}");
        assertThat(reply.status()).as(reply.text()).isEqualTo(200);
        List<String> ids = new ArrayList<>();
        for (JsonNode hit : reply.json().get("hits")) {
            ids.add(hit.get("id").asText());
        }
        return ids;
    }

    @Test
    void theBestMomentOfEachVideoIsFoundUnlessMoreAreAskedFor() throws Exception {
        assertThat(found("")).startsWith("one@0-2", "two@0-2").hasSize(4);
        assertThat(found(", \"moments\": 2"))
                .startsWith("one@0-2", "two@0-2", "two@4-6")
                .hasSize(6);
        assertThat(found(", \"moments\": 0")).hasSize(8);
        assertThat(found(", \"moments\": 0, \"filter\": \"video=two AND start>=2\""))
                .hasSize(2);
        Reply wrong = client().post("/v1/collections/videos/search", "{\"vector\": [1, 0, 0], \"moments\": -1}");
        assertThat(wrong.status()).isEqualTo(422);
        assertThat(wrong.json().get("pointer").asText()).isEqualTo("/moments");
    }

    @ParameterizedTest
    @CsvSource({"one%400-2, 0", "one%402-4, 1", "two%404-6, 2"})
    void theThumbnailIsTheFrameInTheMiddle(String id, int scene) throws Exception {
        Reply reply = client().get(ITEMS + id + "/thumbnail?size=64");
        assertThat(reply.status()).as(reply.text()).isEqualTo(200);
        BufferedImage shown = ImageIO.read(new ByteArrayInputStream(reply.body()));
        BufferedImage drawn = films.scenes().get(scene).frame(3, 0.5);
        // Grounds are light and dark in turn.
        assertThat(shown.getRGB(2, 2) & 255)
                .isCloseTo(drawn.getRGB(2, 2) & 255, org.assertj.core.data.Offset.offset(30));
    }

    @Test
    void aPlayerGetsTheParts() throws Exception {
        byte[] file = Files.readAllBytes(films.file("one"));
        String media = ITEMS + "one%402-4/media";
        Reply whole = client().get(media);
        assertThat(whole.status()).isEqualTo(200);
        assertThat(whole.body()).isEqualTo(file);
        assertThat(whole.header("Content-Type")).contains("video/mp4");
        assertThat(whole.header("Accept-Ranges")).contains("bytes");
        assertThat(whole.header("X-Content-Type-Options")).contains("nosniff");
        int n = file.length;
        for (var part : List.of(
                new int[] {0, 9, 0, 9},
                new int[] {100, -1, 100, n - 1},
                new int[] {-1, 50, n - 50, n - 1},
                new int[] {n - 5, 10 * n, n - 5, n - 1},
                new int[] {-1, 10 * n, 0, n - 1})) {
            String range = "bytes=" + (part[0] < 0 ? "" : part[0]) + "-" + (part[1] < 0 ? "" : part[1]);
            Reply reply = client().send(client().to(media).header("Range", range));
            assertThat(reply.status()).as(range).isEqualTo(206);
            assertThat(reply.header("Content-Range")).contains("bytes " + part[2] + "-" + part[3] + "/" + n);
            assertThat(reply.body()).as(range).isEqualTo(Arrays.copyOfRange(file, part[2], part[3] + 1));
        }
        Reply beyond = client().send(client().to(media).header("Range", "bytes=" + n + "-"));
        assertThat(beyond.status()).isEqualTo(416);
        assertThat(beyond.header("Content-Range")).contains("bytes */" + n);
        for (String odd : List.of("bytes=0-1,5-6", "seconds=1-2", "bytes=9-2", "bytes=-", "nonsense")) {
            assertThat(client().send(client().to(media).header("Range", odd)).status())
                    .as(odd)
                    .isEqualTo(200);
        }
    }

    /// Longer than any array: it can only be read while it is sent.
    @Test
    void aLongVideoIsStreamed() throws Exception {
        long length = (1L << 31) + 100;
        Path file = films.file("long");
        try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
            sparse.setLength(length);
            sparse.seek(length - 3);
            sparse.write(new byte[] {1, 2, 3});
        }
        String item =
                "{\"items\": [{\"id\": \"long\", \"vector\": [0, 0, -1], \"fields\": {\"media\": \"long.mp4\"}}]}";
        assertThat(client().post("/v1/collections/videos/items", item).status()).isEqualTo(200);
        try {
            String media = ITEMS + "long/media";
            Reply end = client().send(client().to(media).header("Range", "bytes=" + (length - 5) + "-"));
            assertThat(end.status()).isEqualTo(206);
            assertThat(end.body()).containsExactly(0, 0, 1, 2, 3);
            try (InputStream whole = client().stream(media)) {
                whole.skipNBytes(length - 2);
                assertThat(whole.readAllBytes()).containsExactly(2, 3);
            }
            // Who goes away in the middle leaves a server that answers.
            try (InputStream left = client().stream(media)) {
                left.skipNBytes(1000);
            }
            assertThat(client().get(ITEMS + "long").status()).isEqualTo(200);
        } finally {
            client().delete(ITEMS + "long");
            Files.delete(file);
        }
    }

    @Test
    void whatIsNoVideoOrOutsideIsNotGivenOut() throws Exception {
        Reply broken = client().get(ITEMS + "broken/thumbnail");
        assertThat(broken.status()).isEqualTo(404);
        assertThat(broken.json().get("detail").asText())
                .contains("no thumbnail: the video: no video that can be read")
                .doesNotContain(films.folder().toString());
        for (String what : List.of("media", "thumbnail")) {
            assertThat(client().get(ITEMS + "outside/" + what).status()).isEqualTo(404);
        }
    }
}
