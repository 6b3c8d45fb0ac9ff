package org.cl2cm.opensearch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.cl2cm.fixture.cluster.OnACluster;
import org.cl2cm.fixture.cluster.TestCluster;
import org.cl2cm.search.CollectionInfo;
import org.cl2cm.search.CollectionStats;
import org.cl2cm.search.Collections;
import org.cl2cm.search.EngineSettings;
import org.cl2cm.search.ItemStatus;
import org.cl2cm.search.TestVectors;
import org.cl2cm.search.VectorEngine;
import org.cl2cm.search.VectorItem;
import org.cl2cm.search.VectorQuery;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a cluster is for: a node dies while everybody searches and somebody writes.
@OnACluster
class NodeKillTest {
    private static final String MODEL = "model";
    private static final int DIMENSION = 64;
    private static final int ITEMS = 4_000;
    private static final int QUERIES = 300;
    private static final int WRITTEN = 400;
    private static final int BEFORE = 100;

    private final TestCluster cluster;

    @TempDir
    private Path folder;

    NodeKillTest(TestCluster cluster) {
        this.cluster = cluster;
    }

    /// A query, and the ten items that the embedded engine's exact search finds for it.
    private record Question(float[] vector, List<String> answer) {}

    @Test
    void noQueryFailsAndNothingIsLostWhenTheLeadingNodeIsKilled() throws Exception {
        Collections collections = Collections.in(folder).with(new EngineSettings(0, 4));
        List<VectorItem> items = TestVectors.clustered(31, ITEMS, DIMENSION, 60);
        List<Question> questions = questions(items);
        CollectionInfo info = CollectionInfo.of("killed", DIMENSION, MODEL).withEngine(OpenSearchProvider.NAME);
        collections
                .create(info, cluster.options("shards", "3", "replicas", "1", "lease", "60"))
                .close();
        try (VectorEngine writer = collections.write("killed")) {
            assertThat(writer.upsert(items)).noneMatch(ItemStatus::isRefused);
            writer.commit();
            writer.compact(1);
        }
        cluster.awaitGreen();
        int killed = cluster.manager();
        AtomicBoolean done = new AtomicBoolean();
        AtomicInteger asked = new AtomicInteger();
        AtomicInteger right = new AtomicInteger();
        ConcurrentLinkedQueue<Exception> failures = new ConcurrentLinkedQueue<>();
        Set<String> acknowledged = new TreeSet<>();
        try (VectorEngine reader = collections.read("killed");
                ExecutorService threads = Executors.newFixedThreadPool(3)) {
            assertThat(reader.stats().method()).isEqualTo(CollectionStats.Method.GRAPH);
            List<Future<?>> running = new ArrayList<>();
            for (int thread = 0; thread < 2; thread++) {
                int first = thread * QUERIES / 2;
                running.add(threads.submit(() -> {
                    for (int i = first; !done.get() || i < first + QUERIES; i++) {
                        try {
                            Question question = questions.get(i % QUERIES);
                            List<String> ids =
                                    TestVectors.ids(reader.search(new VectorQuery(MODEL, question.vector, 10)));
                            asked.incrementAndGet();
                            if (ids.equals(question.answer)) {
                                right.incrementAndGet();
                            }
                        } catch (IOException | RuntimeException e) {
                            failures.add(e);
                        }
                    }
                }));
            }
            running.add(threads.submit(() -> {
                write(collections, acknowledged);
                return null;
            }));
            while (asked.get() < BEFORE && failures.isEmpty()) {
                Thread.sleep(10);
            }
            cluster.kill(killed);
            int before = asked.get();
            running.getLast().get();
            // Long enough after the kill that the cluster has noticed and chosen other primaries.
            Thread.sleep(2_000);
            done.set(true);
            for (Future<?> search : running) {
                search.get();
            }
            System.err.println("queries before and after the kill of node " + killed + ": " + before + ", "
                    + (asked.get() - before) + "; exactly the exact ten: " + right.get() + "; failed: "
                    + failures.size());
            assertThat(failures).isEmpty();
            assertThat(asked.get() - before).isGreaterThan(BEFORE);
            assertThat(right.get()).isGreaterThanOrEqualTo((int) Math.ceil(0.99 * asked.get()));
        }
        Set<String> found = new TreeSet<>();
        try (VectorEngine reader = collections.read("killed")) {
            reader.forEach(item -> assertThat(found.add(item.id())).isTrue());
        }
        assertThat(acknowledged).hasSize(WRITTEN);
        assertThat(found).hasSize(ITEMS + WRITTEN).containsAll(acknowledged);
        cluster.start(killed);
        cluster.awaitGreen();
    }

    private List<Question> questions(List<VectorItem> items) throws IOException {
        List<Question> questions = new ArrayList<>();
        Random random = new Random(32);
        try (VectorEngine exact =
                Collections.in(folder.resolve("exact")).create(CollectionInfo.of("exact", DIMENSION, MODEL))) {
            exact.upsert(items);
            exact.refresh();
            assertThat(exact.stats().method()).isEqualTo(CollectionStats.Method.EXACT);
            for (int i = 0; i < QUERIES; i++) {
                float[] query = TestVectors.near(
                        random, items.get(random.nextInt(ITEMS)).vector(), 0.05);
                questions.add(new Question(query, TestVectors.ids(exact.search(new VectorQuery(MODEL, query, 10)))));
            }
        }
        return questions;
    }

    /// Items far from every question, in small commits, so that writing is under way when the node
    /// dies.
    private static void write(Collections collections, Set<String> acknowledged) throws Exception {
        float[] away = new float[DIMENSION];
        try (VectorEngine writer = collections.write("killed")) {
            for (int i = 0; i < WRITTEN; i += 10) {
                List<VectorItem> batch = new ArrayList<>();
                for (int j = i; j < i + 10; j++) {
                    batch.add(new VectorItem("written-" + j, away(j, away), Map.of()));
                }
                for (ItemStatus status : writer.upsert(batch)) {
                    assertThat(status.outcome()).as(status.reason()).isEqualTo(ItemStatus.Outcome.STORED);
                    acknowledged.add(status.id());
                }
                writer.commit();
                Thread.sleep(50);
            }
        }
    }

    private static float[] away(int i, float[] vector) {
        float[] other = vector.clone();
        other[i % DIMENSION] = -1;
        return other;
    }
}
