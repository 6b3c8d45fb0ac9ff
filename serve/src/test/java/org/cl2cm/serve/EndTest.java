package org.cl2cm.serve;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.cl2cm.search.CollectionInfo;
import org.cl2cm.search.Collections;
import org.cl2cm.search.VectorEngine;
import org.cl2cm.serve.Client.Reply;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A server that is ended while clients write: what it acknowledged is there.
class EndTest {
    private static final int WRITERS = 4;
    private static final int ENOUGH = 40;

    @TempDir
    Path folder = Path.of("");

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void noAcknowledgedItemIsLost(boolean gently) throws IOException, InterruptedException {
        Collections collections = Collections.in(folder.resolve("c"));
        collections.create(CollectionInfo.of("w", 2, "m")).close();
        Process process = ServerToEnd.start(folder.resolve("c").toString());
        Set<String> acknowledged = new ConcurrentSkipListSet<>();
        CountDownLatch enough = new CountDownLatch(ENOUGH);
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            URI address = URI.create(String.valueOf(out.readLine()));
            List<Thread> writers = new ArrayList<>();
            for (int writer = 0; writer < WRITERS; writer++) {
                String prefix = "w" + writer + "-";
                writers.add(Thread.startVirtualThread(() -> write(address, prefix, acknowledged, enough)));
            }
            assertThat(enough.await(60, TimeUnit.SECONDS)).isTrue();
            if (gently) {
                process.destroy();
            } else {
                process.destroyForcibly();
            }
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            for (Thread writer : writers) {
                writer.join();
            }
        } finally {
            process.destroyForcibly();
        }
        try (VectorEngine engine = collections.write("w")) {
            List<String> lost = new ArrayList<>();
            for (String id : acknowledged) {
                if (engine.get(id).isEmpty()) {
                    lost.add(id);
                }
            }
            assertThat(acknowledged).hasSizeGreaterThanOrEqualTo(ENOUGH);
            assertThat(lost).isEmpty();
        }
    }

    /// Writes items until the server is gone or says that it goes.
    private static void write(URI address, String prefix, Set<String> acknowledged, CountDownLatch enough) {
        try (Client client = new Client(address)) {
            for (int i = 0; ; i++) {
                String id = prefix + i;
                Reply reply = client.post(
                        "/v1/collections/w/items",
                        "{\"items\": [{\"id\": \"" + id + "\", \"vector\": [1, " + i + "]}]}");
                if (reply.status() == 503) {
                    return;
                }
                assertThat(reply.status()).as(reply.text()).isEqualTo(200);
                acknowledged.add(id);
                enough.countDown();
            }
        } catch (IOException e) {
            // The server has gone: nothing was acknowledged.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
