package org.cl2cm.serve.internal;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.cl2cm.data.DataException;
import org.cl2cm.search.CollectionInfo;
import org.cl2cm.search.CollectionUnavailableException;
import org.cl2cm.search.Collections;

/// The collections of a folder, each opened when it is asked for. One that was removed or made anew
/// is noticed within a second: the other generation is opened with its model, takes the place, and
/// the one before is closed when the last request that uses it is answered. So no request meets a
/// closed collection. Safe for use by many threads.
final class ServedCollections implements AutoCloseable {
    private static final long CHECK = TimeUnit.SECONDS.toMillis(1);

    /// One that could not be opened is not tried again before.
    private static final long PAUSE = TimeUnit.SECONDS.toNanos(1);

    private static final String SHUTTING_DOWN = "the server is shutting down";

    private final Collections collections;
    private final ServedModels models;
    private final Map<String, ServedCollection> open = new LinkedHashMap<>();
    private final Map<String, Opening> openings = new ConcurrentHashMap<>();
    private final ReentrantLock replacing = new ReentrantLock();
    private final ScheduledExecutorService keeper = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("keeper of collections").factory());
    private boolean closed;

    /// The attempts to open a collection, one at a time.
    private static final class Opening {
        private final ReentrantLock lock = new ReentrantLock();
        private long again = System.nanoTime();
    }

    /// Uses a collection, which stays open meanwhile.
    @FunctionalInterface
    interface Use<T> {
        T with(ServedCollection collection) throws IOException;
    }

    ServedCollections(Collections collections, ServedModels models) {
        this.collections = collections;
        this.models = models;
        var _ = keeper.scheduleWithFixedDelay(this::keep, CHECK, CHECK, TimeUnit.MILLISECONDS);
    }

    /// @throws Problem 404 when there is none, 503 when it cannot be opened
    <T> T use(String name, Use<T> use) throws IOException {
        ServedCollection collection = entered(name);
        try {
            return use.with(collection);
        } finally {
            collection.leave();
        }
    }

    /// Uses each one that can be opened. Of the others the log tells.
    <T> List<T> each(Use<T> use) throws IOException {
        List<T> all = new ArrayList<>();
        for (String name : collections.names()) {
            ServedCollection collection;
            try {
                collection = entered(name);
            } catch (Problem _) {
                // The log has it already, or the collection has just been removed.
                continue;
            }
            try {
                all.add(use.with(collection));
            } finally {
                collection.leave();
            }
        }
        return all;
    }

    private ServedCollection entered(String name) throws IOException {
        Optional<ServedCollection> known = enteredIfOpen(name);
        if (known.isPresent()) {
            return known.get();
        }
        if (!collections.names().contains(name)) {
            throw Problem.of(Problem.Kind.NOT_FOUND, "no such collection; GET /v1/collections names those there are");
        }
        // What takes long to open, as on a cluster that does not answer, holds up those who ask for it, and only them.
        Opening opening = openings.computeIfAbsent(name, _ -> new Opening());
        opening.lock.lock();
        try {
            known = enteredIfOpen(name);
            return known.isPresent() ? known.get() : opened(name, opening);
        } finally {
            opening.lock.unlock();
        }
    }

    /// Who is in keeps it open: [#replace] closes only what nobody can enter any more.
    private synchronized Optional<ServedCollection> enteredIfOpen(String name) {
        if (closed) {
            throw Problem.of(Problem.Kind.UNAVAILABLE, SHUTTING_DOWN);
        }
        Optional<ServedCollection> known = Optional.ofNullable(open.get(name));
        known.ifPresent(ServedCollection::enter);
        return known;
    }

    private ServedCollection opened(String name, Opening opening) throws IOException {
        if (System.nanoTime() - opening.again < 0) {
            throw unavailable();
        }
        long start = System.nanoTime();
        try {
            return enter(name, new ServedCollection(collections, name));
        } catch (DataException | CollectionUnavailableException e) {
            ServerLog.warn("collection \"" + name + "\" cannot be opened: " + e.getMessage());
            // Not all who waited for it wait again, one after the other.
            long end = System.nanoTime();
            opening.again = end + Math.max(end - start, PAUSE);
            throw unavailable();
        }
    }

    private ServedCollection enter(String name, ServedCollection opened) throws IOException {
        synchronized (this) {
            if (!closed) {
                opened.enter();
                open.put(name, opened);
                return opened;
            }
        }
        opened.close();
        throw Problem.of(Problem.Kind.UNAVAILABLE, SHUTTING_DOWN);
    }

    private static Problem unavailable() {
        return Problem.of(Problem.Kind.UNAVAILABLE, "the collection cannot be opened; the server's log says why");
    }

    private void keep() {
        for (ServedCollection collection : all()) {
            try {
                if (collection.isCurrent()) {
                    collection.closeIdleWriter();
                } else {
                    replace(collection);
                }
            } catch (CollectionUnavailableException e) {
                // It stays open: the cluster may answer again.
                ServerLog.warn(String.valueOf(e.getMessage()));
            } catch (IOException | RuntimeException e) {
                ServerLog.failed("collection \"" + collection.info().name() + "\"", e);
            }
        }
    }

    /// Goes on with the generation that is live now. Returns when no request uses another one any
    /// more; must not be called by one that does.
    void follow(String name) throws IOException {
        ServedCollection known;
        synchronized (this) {
            known = open.get(name);
        }
        if (known != null && !known.isCurrent()) {
            replace(known);
        }
    }

    private void replace(ServedCollection old) throws IOException {
        String name = old.info().name();
        replacing.lock();
        try {
            synchronized (this) {
                if (open.get(name) != old) {
                    return;
                }
            }
            try {
                if (collections.names().contains(name)) {
                    ServedCollection next = new ServedCollection(collections, name);
                    models.warm(next.info());
                    put(name, next);
                } else {
                    forget(old);
                }
            } catch (DataException e) {
                ServerLog.warn("collection \"" + name + "\" cannot be opened: " + e.getMessage());
                forget(old);
            }
            old.close();
            releaseModels();
        } finally {
            replacing.unlock();
        }
    }

    private synchronized void put(String name, ServedCollection next) throws IOException {
        if (closed) {
            next.close();
        } else {
            open.put(name, next);
        }
    }

    /// Of the models that the collections are searched with.
    private Set<String> fingerprints() throws IOException {
        Set<String> known = new TreeSet<>();
        for (ServedCollection collection : all()) {
            known.add(collection.info().model());
        }
        for (String name : collections.names()) {
            try {
                known.add(collections.info(name).model());
            } catch (DataException _) {
                // A damaged one has no model to keep, and the log has it already.
            }
        }
        return known;
    }

    /// Closes the models that no live generation needs.
    void releaseModels() throws IOException {
        // Not while requests may still use the generation before.
        replacing.lock();
        try {
            // First those that are open, then those that are needed: what is opened meanwhile stays.
            Set<String> idle = new TreeSet<>(models.open());
            idle.removeAll(fingerprints());
            models.close(idle);
        } finally {
            replacing.unlock();
        }
    }

    private synchronized List<ServedCollection> all() {
        return new ArrayList<>(open.values());
    }

    private synchronized void forget(ServedCollection collection) {
        open.remove(collection.info().name(), collection);
    }

    /// What collection `name` is, and what it would be again after a rollback.
    ///
    /// @param previous empty where there is no way back
    record Generations(CollectionInfo live, int number, Optional<CollectionInfo> previous) {}

    /// @throws Problem 404 when there is none
    Generations generations(String name) throws IOException {
        return use(
                name,
                collection -> new Generations(collection.info(), collection.generation(), collections.previous(name)));
    }

    /// Commits and closes all of them.
    @Override
    public void close() throws IOException {
        keeper.shutdown();
        synchronized (this) {
            closed = true;
        }
        for (ServedCollection collection : all()) {
            forget(collection);
            collection.close();
        }
    }
}
