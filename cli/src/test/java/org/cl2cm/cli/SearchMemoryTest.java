package org.cl2cm.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.cl2cm.data.ProgressListener;
import org.cl2cm.model.RetrievalModel;
import org.cl2cm.search.CollectionInfo;
import org.cl2cm.search.Collections;
import org.cl2cm.search.EngineSettings;
import org.cl2cm.search.Hit;
import org.cl2cm.search.VectorEngine;
import org.cl2cm.search.VectorItem;
import org.cl2cm.search.VectorQuery;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// 10,000 searches from text to hits, in a process of its own, need no more memory at the end than after the warm-up.
class SearchMemoryTest {
    /// A search makes tensors of 2 to 6 kB; one that is left behind each time adds up to 6 % of the process or more.
    private static final int SEARCHES = 10_000;
    private static final int EVERY = 100;
    private static final int ITEMS = 2_000;

    @TempDir
    Path folder;

    @Test
    void tenThousandSearchesStayFlat() throws Exception {
        TinyWorld world = new TinyWorld(folder);
        Said trained = Said.by((Object[]) world.train(folder.resolve("run"), "train.epochs=1"));
        assertThat(trained.exit()).as(trained.err()).isEqualTo(ExitCode.DONE);
        // A heap that is small and of one size, and the compiler that is done early, so that what is seen is what
        // searching needs.
        List<String> command = Said.java(Main.class, "-Xms96m", "-Xmx96m", "-Xmn24m", "-XX:TieredStopAtLevel=1");
        command.add(folder.toString());

        Said said = Said.by(command, folder);

        assertThat(said.exit()).as(said.err()).isZero();
        List<Long> kilobytes = said.out().lines().map(Long::valueOf).toList();
        assertThat(kilobytes).hasSize(SEARCHES / EVERY);
        double warm = mean(kilobytes.subList(20, 30));
        double end = mean(kilobytes.subList(90, 100));
        System.err.printf(
                "resident memory: %.1f MB after %d searches, %.1f MB after %d (%+.2f %%)%n",
                warm / 1024, 30 * EVERY, end / 1024, SEARCHES, 100 * (end / warm - 1));
        assertThat(end).as("%s", kilobytes).isLessThan(1.05 * warm);
    }

    private static double mean(List<Long> kilobytes) {
        return kilobytes.stream().mapToLong(Long::longValue).average().orElseThrow();
    }

    /// What the process runs: prints resident kilobytes after every 100 searches.
    static final class Main {
        private Main() {}

        public static void main(String[] arguments) throws IOException {
            Path folder = Path.of(arguments[0]);
            Collections exact = Collections.in(folder.resolve("collections"));
            Collections graph = exact.with(new EngineSettings(0, 4));
            try (RetrievalModel model = RetrievalModel.open(folder.resolve("run/model"), ProgressListener.NONE)) {
                fill(exact, model);
                try (VectorEngine scan = exact.read("photos");
                        VectorEngine walk = graph.read("photos")) {
                    for (int search = 1; search <= SEARCHES; search++) {
                        String words = TinyWorld.english(search) + " " + TinyWorld.english(search / 7) + " a red dog";
                        float[] vector = model.encodeTexts(List.of(words));
                        VectorEngine engine = search % 2 == 0 ? scan : walk;
                        List<Hit> hits = engine.search(new VectorQuery(model.fingerprint(), vector, 10));
                        if (hits.size() != 10) {
                            throw new IllegalStateException("search " + search + ": " + hits);
                        }
                        if (search % EVERY == 0) {
                            System.out.println(resident());
                        }
                    }
                }
            }
        }

        private static void fill(Collections collections, RetrievalModel model) throws IOException {
            CollectionInfo info = CollectionInfo.of("photos", model.dimension(), model.fingerprint());
            try (VectorEngine engine = collections.create(info)) {
                Random random = new Random(1);
                List<VectorItem> items = new ArrayList<>();
                for (int i = 0; i < ITEMS; i++) {
                    float[] vector = new float[model.dimension()];
                    for (int j = 0; j < vector.length; j++) {
                        vector[j] = (float) random.nextGaussian();
                    }
                    items.add(new VectorItem("item" + i, vector, Map.of(VectorItem.MEDIA, "images/" + i + ".jpg")));
                }
                engine.upsert(items);
            }
        }

        private static long resident() {
            try (Stream<String> lines = Files.lines(Path.of("/proc/self/status"))) {
                return lines.filter(line -> line.startsWith("VmRSS:"))
                        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                        .findFirst()
                        .orElseThrow();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
