package org.cl2cm.serve;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.cl2cm.search.CollectionInfo;
import org.cl2cm.search.Collections;
import org.cl2cm.search.VectorEngine;
import org.cl2cm.search.VectorItem;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is loaded before the first request is taken, and that the log tells.
class WarmUpTest {
    /// Held, because the logging system forgets loggers that nobody holds.
    private static final Logger LOG = Logger.getLogger("org.cl2cm.serve");

    private static final String LANGUAGES = "warm-up of languages";

    @TempDir
    Path folder = Path.of("");

    private final List<String> said = new CopyOnWriteArrayList<>();
    private final Handler handler = new Handler() {
        @Override
        public void publish(LogRecord record) {
            said.add(Objects.requireNonNullElse(record.getMessage(), ""));
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };

    @BeforeEach
    void listen() {
        LOG.addHandler(handler);
    }

    @AfterEach
    void forget() {
        LOG.removeHandler(handler);
    }

    private static List<String> threads() {
        return Thread.getAllStackTraces().keySet().stream().map(Thread::getName).toList();
    }

    @Test
    void modelsAndLanguagesAreReadyBeforeTheFirstRequest() throws IOException, InterruptedException {
        ServedWorld world = ServedWorld.create(folder);
        try (Server server = Server.start(world.collections(), ServeSettings.DEFAULT);
                Client client = new Client(server)) {
            assertThat(said)
                    .hasSize(2)
                    .anyMatch(line -> line.matches("the statistics of the languages are loaded after \\d+ ms"))
                    .anyMatch(
                            line -> line.matches("model [0-9a-f]{16} of collection \"photos\" is ready after \\d+ ms"));
            assertThat(threads()).doesNotContain(LANGUAGES);
            assertThat(client.get("/health/ready").status()).isEqualTo(200);
            client.post(Client.SEARCH, "{\"text\": \"a square in red and blue\"}");
            assertThat(said).hasSize(2);
        }
    }

    @Test
    void whatNobodyCanAskInWordsNeedsNoWarmUp() throws IOException {
        Collections collections = Collections.in(folder.resolve("c"));
        try (VectorEngine engine = collections.create(CollectionInfo.of("few", 2, "m"))) {
            engine.upsert(List.of(new VectorItem("east", new float[] {1, 0}, Map.of())));
        }
        Server.start(collections, ServeSettings.DEFAULT).close();
        assertThat(said).isEmpty();
    }
}
