package org.cl2cm.opensearch;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.cl2cm.fixture.cluster.OnACluster;
import org.cl2cm.fixture.cluster.TestCluster;
import org.cl2cm.search.CollectionInfo;
import org.cl2cm.search.Collections;
import org.cl2cm.search.VectorEngine;
import org.cl2cm.search.VectorEngineContract;
import org.junit.jupiter.api.io.TempDir;

/// The contract of every engine, on a cluster. Every test has collections of its own, since removing
/// an index takes longer than most tests.
@OnACluster
class OpenSearchEngineTest extends VectorEngineContract {
    private static final AtomicInteger TESTS = new AtomicInteger();

    private final TestCluster cluster;
    private final String suffix = "-" + TESTS.incrementAndGet();

    @TempDir
    Path folder = Path.of("");

    OpenSearchEngineTest(TestCluster cluster) {
        this.cluster = cluster;
    }

    @Override
    protected VectorEngine create(CollectionInfo info) throws IOException {
        return Collections.in(folder)
                .create(info.withName(info.name() + suffix).withEngine(OpenSearchProvider.NAME), cluster.options());
    }

    @Override
    protected VectorEngine read(String name) throws IOException {
        return Collections.in(folder).read(name + suffix);
    }

    @Override
    protected VectorEngine write(String name) throws IOException {
        return Collections.in(folder).write(name + suffix, MODEL);
    }
}
