package org.cl2cm.search.internal;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.lucene.index.CheckIndex;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.store.LockObtainFailedException;
import org.cl2cm.data.DataException;
import org.cl2cm.search.CollectionLockedException;
import org.cl2cm.search.EngineSettings;
import org.cl2cm.search.Generation;
import org.cl2cm.search.GenerationStore;
import org.cl2cm.search.Generations;
import org.cl2cm.search.VectorEngine;
import org.jspecify.annotations.Nullable;

/// The indexes of one collection in its folder: `generation-0001` and so on. Which one is live only
/// `collection.json` says.
final class LuceneStore implements GenerationStore {
    private final Path home;
    private final EngineSettings settings;

    LuceneStore(Path home, EngineSettings settings) {
        this.home = home;
        this.settings = settings;
    }

    /// The folder of a generation's index.
    static Path folder(Path home, int number) {
        return home.resolve("generation-%04d".formatted(number));
    }

    private Path folder(int number) {
        return folder(home, number);
    }

    @Override
    public Generations current(Optional<Generations> written) throws IOException {
        return written.orElseThrow(() -> DataException.in(CollectionFile.in(home), "no such file"));
    }

    @Override
    public VectorEngine create(Generation generation) throws IOException {
        return LuceneEngine.create(folder(generation.number()), generation, settings);
    }

    @Override
    public VectorEngine write(Generation generation) throws IOException {
        return LuceneEngine.write(folder(generation.number()), generation, settings);
    }

    @Override
    public VectorEngine read(Generation generation) throws IOException {
        return LuceneEngine.read(folder(generation.number()), generation, settings);
    }

    @Override
    public Closeable lock() throws IOException {
        FileChannel channel =
                FileChannel.open(home.resolve("swap.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            FileLock lock = channel.tryLock();
            if (lock != null) {
                return channel;
            }
        } catch (OverlappingFileLockException e) {
            // Another thread of this process holds it.
            channel.close();
            throw busy(e);
        }
        channel.close();
        throw busy(null);
    }

    private DataException busy(@Nullable Exception cause) {
        return new DataException(
                home + ": another generation of this collection is being made, or put in place; wait for it", cause);
    }

    @Override
    public void goLive(Generations generations) {
        // collection.json alone says so.
    }

    @Override
    public void clear(Generations kept) throws IOException {
        int previous = kept.previous().map(Generation::number).orElse(0);
        try (var children = Files.newDirectoryStream(home, "generation-*")) {
            for (Path child : children) {
                if (!child.equals(folder(kept.live().number())) && !child.equals(folder(previous))) {
                    Snapshot.delete(child);
                }
            }
        }
    }

    @Override
    public void drop() throws IOException {
        List<Path> indexes = new ArrayList<>();
        try (var children = Files.newDirectoryStream(home, "generation-*")) {
            children.forEach(indexes::add);
        }
        List<Closeable> locks = new ArrayList<>();
        try {
            for (Path index : indexes) {
                locks.addAll(locked(index));
            }
            for (Path index : indexes) {
                Snapshot.delete(index);
            }
        } finally {
            for (Closeable lock : locks.reversed()) {
                lock.close();
            }
        }
    }

    /// Holds off writers of an index.
    private static List<Closeable> locked(Path index) throws IOException {
        Directory directory = FSDirectory.open(index);
        try {
            return List.of(directory, directory.obtainLock(IndexWriter.WRITE_LOCK_NAME));
        } catch (LockObtainFailedException e) {
            directory.close();
            throw new CollectionLockedException(index + " is being written by someone else", e);
        }
    }

    @Override
    public List<String> faults(Generation generation) throws IOException {
        Path index = folder(generation.number());
        List<String> faults = new ArrayList<>();
        // Whoever asks holds the lock already, so the check takes none.
        try (Directory directory = FSDirectory.open(index);
                CheckIndex check = new CheckIndex(directory, null)) {
            check.setLevel(CheckIndex.Level.MIN_LEVEL_FOR_INTEGRITY_CHECKS);
            CheckIndex.Status status = check.checkIndex();
            if (status.missingSegments) {
                faults.add(index + ": the list of segments cannot be read");
            }
            for (CheckIndex.Status.SegmentInfoStatus segment : status.segmentInfos) {
                if (segment.error != null) {
                    faults.add(index + ": segment " + segment.name + " is damaged: " + segment.error.getMessage());
                } else if (segment.toLoseDocCount > 0) {
                    faults.add(index + ": segment " + segment.name + " is damaged; " + segment.toLoseDocCount
                            + " items cannot be read");
                }
            }
            if (!status.clean && faults.isEmpty()) {
                faults.add(index + ": the index is damaged");
            }
        }
        return faults;
    }

    @Override
    public Optional<Path> files(Generation generation) {
        return Optional.of(folder(generation.number()));
    }

    @Override
    public void close() {
        // Holds nothing open.
    }
}
