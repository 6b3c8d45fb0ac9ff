package org.cl2cm.serve.internal;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.cl2cm.search.CollectionInfo;
import org.cl2cm.search.CollectionLockedException;
import org.cl2cm.search.Collections;
import org.cl2cm.search.VectorEngine;

/// An open generation of a collection: read by everybody, written by one request after another. Safe
/// for use by many threads, each between [#enter] and [#leave].
///
/// The writer is opened by the first request that writes, and given free again when none has come
/// for a while, so that other programs can write between.
final class ServedCollection implements AutoCloseable {
    /// Commits of other programs are seen after this long at the latest.
    private static final long REFRESH = TimeUnit.SECONDS.toNanos(1);

    private static final long IDLE = TimeUnit.SECONDS.toNanos(5);

    private final Collections collections;
    private final VectorEngine reader;
    private final int generation;
    private final ReentrantReadWriteLock open = new ReentrantReadWriteLock();
    private final ReentrantLock writing = new ReentrantLock();
    private final ReentrantLock refreshing = new ReentrantLock();
    private Optional<VectorEngine> writer = Optional.empty();
    private volatile long refreshed = System.nanoTime();
    private volatile long written = System.nanoTime();
    private boolean closed;

    /// Uses an open collection.
    @FunctionalInterface
    interface Use<T> {
        T with(VectorEngine engine) throws IOException;
    }

    /// What must be the only thing that writes.
    @FunctionalInterface
    interface Alone {
        void run() throws IOException;
    }

    ServedCollection(Collections collections, String name) throws IOException {
        this.collections = collections;
        this.reader = collections.read(name);
        try {
            this.generation = reader.stats().generation();
        } catch (IOException | RuntimeException e) {
            reader.close();
            throw e;
        }
    }

    /// Keeps it open until this thread calls [#leave]. Must not be called when [#close] may have been.
    void enter() {
        open.readLock().lock();
    }

    void leave() {
        open.readLock().unlock();
    }

    CollectionInfo info() {
        return reader.info();
    }

    int generation() {
        return generation;
    }

    <T> T read(Use<T> use) throws IOException {
        // One refreshes, the others search what is there.
        if (System.nanoTime() - refreshed > REFRESH && refreshing.tryLock()) {
            try {
                reader.refresh();
                refreshed = System.nanoTime();
            } finally {
                refreshing.unlock();
            }
        }
        return use.with(reader);
    }

    /// Writes and commits; afterwards searches see it.
    ///
    /// @throws Problem 409 when another program writes the collection or another generation has gone
    ///     live, 504 when the time is over before it begins
    <T> T write(Use<T> use, Deadline deadline) throws IOException {
        lockWriting(deadline);
        try {
            VectorEngine engine = writer();
            try {
                T result = use.with(engine);
                engine.commit();
                written = System.nanoTime();
                reader.refresh();
                return result;
            } catch (IOException | RuntimeException e) {
                giveUp(e);
                throw e;
            }
        } finally {
            writing.unlock();
        }
    }

    /// Gives the collection free for another writer of this process, and holds off those who want to
    /// write until it is done.
    void alone(Alone action) throws IOException {
        writing.lock();
        try {
            closeWriter();
            action.run();
        } finally {
            writing.unlock();
        }
    }

    private void lockWriting(Deadline deadline) {
        try {
            if (!writing.tryLock(deadline.left(), TimeUnit.NANOSECONDS)) {
                throw deadline.over("waiting for other writers");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Problem.of(Problem.Kind.UNAVAILABLE, "the server is shutting down");
        }
    }

    private VectorEngine writer() throws IOException {
        if (writer.isEmpty()) {
            try {
                writer = Optional.of(ofThisGeneration(collections.write(info().name())));
            } catch (CollectionLockedException e) {
                throw Problem.of(
                        Problem.Kind.CONFLICT,
                        "collection \"" + info().name()
                                + "\" is being written by another program; try again when it is done");
            }
        }
        return writer.get();
    }

    /// What is written must be what is read: another generation may have gone live a moment ago.
    private VectorEngine ofThisGeneration(VectorEngine engine) throws IOException {
        if (engine.info().equals(info()) && engine.stats().generation() == generation) {
            return engine;
        }
        engine.close();
        throw Problem.of(
                Problem.Kind.CONFLICT,
                "another generation of collection \"" + info().name() + "\" has just gone live; try again");
    }

    /// After a failure the writer may be of no more use: the next request opens another one.
    private void giveUp(Exception failure) {
        if (failure instanceof Problem) {
            return;
        }
        try {
            closeWriter();
        } catch (IOException | RuntimeException e) {
            failure.addSuppressed(e);
        }
    }

    private void closeWriter() throws IOException {
        if (writer.isPresent()) {
            VectorEngine engine = writer.get();
            writer = Optional.empty();
            engine.close();
        }
    }

    /// Gives the collection free for other writers when nobody has written for a while.
    void closeIdleWriter() throws IOException {
        if (System.nanoTime() - written > IDLE && writing.tryLock()) {
            try {
                closeWriter();
            } finally {
                writing.unlock();
            }
        }
    }

    /// Whether it is still the live generation of the collection of its name.
    boolean isCurrent() throws IOException {
        return collections.names().contains(info().name())
                && collections.generation(info().name()) == generation
                && collections.info(info().name()).equals(info());
    }

    /// Waits for whoever uses it, commits and closes.
    @Override
    public void close() throws IOException {
        open.writeLock().lock();
        try {
            if (!closed) {
                closed = true;
                try {
                    closeWriter();
                } finally {
                    reader.close();
                }
            }
        } finally {
            open.writeLock().unlock();
        }
    }
}
