package org.cl2cm.serve.internal;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.cl2cm.search.Collections;

/// The collections of a folder, each opened when it is asked for. One that was removed or made anew
/// is noticed within a second. Safe for use by many threads.
final class ServedCollections implements AutoCloseable {
    private static final long CHECK = TimeUnit.SECONDS.toMillis(1);

    private final Collections collections;
    private final Map<String, ServedCollection> open = new LinkedHashMap<>();
    private final ScheduledExecutorService keeper = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("keeper of collections").factory());

    ServedCollections(Collections collections) {
        this.collections = collections;
        var _ = keeper.scheduleWithFixedDelay(this::keep, CHECK, CHECK, TimeUnit.MILLISECONDS);
    }

    List<String> names() throws IOException {
        return collections.names();
    }

    /// @throws Problem 404 when there is none
    synchronized ServedCollection get(String name) throws IOException {
        ServedCollection known = open.get(name);
        if (known != null) {
            return known;
        }
        if (!collections.names().contains(name)) {
            throw Problem.of(Problem.Kind.NOT_FOUND, "no such collection; GET /v1/collections names those there are");
        }
        ServedCollection opened = new ServedCollection(collections, name);
        open.put(name, opened);
        return opened;
    }

    private void keep() {
        for (ServedCollection collection : all()) {
            try {
                if (collection.isCurrent()) {
                    collection.closeIdleWriter();
                } else {
                    forget(collection);
                    collection.close();
                }
            } catch (IOException | RuntimeException e) {
                ServerLog.failed("collection \"" + collection.info().name() + "\"", e);
            }
        }
    }

    private synchronized List<ServedCollection> all() {
        return new ArrayList<>(open.values());
    }

    private synchronized void forget(ServedCollection collection) {
        open.remove(collection.info().name(), collection);
    }

    /// Commits and closes all of them.
    @Override
    public void close() throws IOException {
        keeper.shutdown();
        for (ServedCollection collection : all()) {
            forget(collection);
            collection.close();
        }
    }
}
