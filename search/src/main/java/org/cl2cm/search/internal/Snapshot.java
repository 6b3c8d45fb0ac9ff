package org.cl2cm.search.internal;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.lucene.index.IndexNotFoundException;
import org.apache.lucene.index.SegmentInfos;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;
import org.cl2cm.data.DataException;
import org.cl2cm.search.CollectionInfo;
import org.cl2cm.search.EngineSettings;
import org.cl2cm.search.Generation;
import org.cl2cm.search.GenerationStore;
import org.cl2cm.search.Generations;
import org.cl2cm.search.ItemStatus;
import org.cl2cm.search.VectorEngine;
import org.cl2cm.search.VectorItem;

/// Copies of a collection: `collection.json` and the index of its live generation as it was committed
/// last, whatever engine holds it, in the shape of a collection of Lucene.
public final class Snapshot {
    private static final int ATTEMPTS = 100;
    private static final int BATCH = 256;

    private Snapshot() {}

    /// Says which generation is live now.
    @FunctionalInterface
    public interface Current {
        Generation generation() throws IOException;
    }

    /// Copies beside `to` and renames. A file of an index never changes; a writer may remove one that
    /// a later commit does not need, and then the later commit is copied.
    ///
    /// @param to must not be there
    public static void take(GenerationStore store, Current current, Path to) throws IOException {
        if (Files.exists(to)) {
            throw DataException.in(to, "is there already; name a folder that is not");
        }
        Path target = to.toAbsolutePath().normalize();
        Files.createDirectories(target.getParent());
        Path beside = target.resolveSibling(target.getFileName() + ".part");
        for (int attempt = 1; ; attempt++) {
            delete(beside);
            Generation live = current.generation();
            Optional<Path> index = store.files(live);
            try {
                if (index.isPresent()) {
                    copy(index.get(), live.info(), beside);
                } else {
                    copyItems(store, live, beside);
                }
                break;
            } catch (NoSuchFileException | IndexNotFoundException e) {
                if (attempt == ATTEMPTS) {
                    throw DataException.in(index.orElse(beside), "was written too fast to be copied; try again", e);
                }
            }
        }
        Files.move(beside, target, StandardCopyOption.ATOMIC_MOVE);
    }

    /// Copies a snapshot to the folder of a collection of Lucene that is not there.
    ///
    /// @return what the collection is
    public static CollectionInfo restore(Path from, Path home, String name) throws IOException {
        CollectionInfo info = CollectionFile.read(from).info().withName(name);
        Path beside = home.resolveSibling(name + ".part");
        delete(beside);
        try {
            copy(index(from), info, beside);
        } catch (NoSuchFileException | IndexNotFoundException e) {
            throw DataException.in(from, "is no whole snapshot: " + e.getMessage(), e);
        }
        // What a kill left of an attempt to create it.
        delete(home);
        Files.move(beside, home, StandardCopyOption.ATOMIC_MOVE);
        return info;
    }

    /// Opens a snapshot for reading.
    public static VectorEngine read(Path from, EngineSettings settings) throws IOException {
        return LuceneEngine.read(
                index(from), CollectionFile.read(from).generations().live(), settings);
    }

    /// Writes every item of one engine to another, and commits.
    ///
    /// @throws DataException when one is refused, naming it
    public static void copyItems(VectorEngine from, VectorEngine to) throws IOException {
        List<VectorItem> batch = new ArrayList<>(BATCH);
        from.forEach(item -> {
            batch.add(item);
            if (batch.size() == BATCH) {
                store(batch, to);
            }
        });
        store(batch, to);
        to.commit();
    }

    private static void store(List<VectorItem> batch, VectorEngine to) throws IOException {
        for (ItemStatus status : to.upsert(batch)) {
            if (status.isRefused()) {
                throw new DataException("item \"" + status.id() + "\" cannot be copied: " + status.reason());
            }
        }
        batch.clear();
    }

    private static void copyItems(GenerationStore store, Generation live, Path to) throws IOException {
        CollectionInfo info = live.info().withEngine(CollectionInfo.LUCENE);
        try (VectorEngine from = store.read(live);
                VectorEngine copy = LuceneEngine.create(index(to), new Generation(info, 1), EngineSettings.DEFAULT)) {
            copyItems(from, copy);
        }
        describe(info, to);
    }

    private static void copy(Path index, CollectionInfo info, Path to) throws IOException {
        Path copy = Files.createDirectories(index(to));
        for (String name : files(index)) {
            try (FileChannel in = FileChannel.open(index.resolve(name), StandardOpenOption.READ);
                    FileChannel out = FileChannel.open(
                            copy.resolve(name), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                for (long done = 0; done < in.size(); ) {
                    done += in.transferTo(done, in.size() - done, out);
                }
                out.force(true);
            }
        }
        describe(info, to);
    }

    private static void describe(CollectionInfo info, Path folder) throws IOException {
        new CollectionFile(Generations.first(info), Map.of()).write(folder);
    }

    /// The one index that a snapshot has.
    private static Path index(Path snapshot) {
        return LuceneStore.folder(snapshot, 1);
    }

    private static Collection<String> files(Path index) throws IOException {
        if (!Files.isDirectory(index)) {
            throw new NoSuchFileException(index.toString());
        }
        try (Directory directory = FSDirectory.open(index)) {
            return SegmentInfos.readLatestCommit(directory).files(true);
        }
    }

    /// Removes a folder and all that is in it; nothing when it is missing.
    public static void delete(Path folder) throws IOException {
        if (Files.exists(folder)) {
            try (var files = Files.walk(folder)) {
                for (Path file :
                        files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }
}
