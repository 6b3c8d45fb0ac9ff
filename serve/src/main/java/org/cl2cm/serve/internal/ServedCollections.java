package org.cl2cm.serve.internal;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.cl2cm.data.DataException;
import org.cl2cm.search.CollectionUnavailableException;
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

    /// Those that can be opened. Of the others the log tells.
    List<ServedCollection> usable() throws IOException {
        List<ServedCollection> usable = new ArrayList<>();
        for (String name : collections.names()) {
            try {
                usable.add(get(name));
            } catch (Problem _) {
                // The log has it already, or the collection has just been removed.
            }
        }
        return usable;
    }

    /// @throws Problem 404 when there is none, 503 when it cannot be opened
    synchronized ServedCollection get(String name) throws IOException {
        ServedCollection known = open.get(name);
        if (known != null) {
            return known;
        }
        if (!collections.names().contains(name)) {
            throw Problem.of(Problem.Kind.NOT_FOUND, "no such collection; GET /v1/collections names those there are");
        }
        try {
            ServedCollection opened = new ServedCollection(collections, name);
            open.put(name, opened);
            return opened;
        } catch (DataException | CollectionUnavailableException e) {
            ServerLog.warn("collection \"" + name + "\" cannot be opened: " + e.getMessage());
            throw Problem.of(Problem.Kind.UNAVAILABLE, "the collection cannot be opened; the server's log says why");
        }
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
            } catch (CollectionUnavailableException e) {
                // It stays open: the cluster may answer again.
                ServerLog.warn(String.valueOf(e.getMessage()));
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
