package org.cl2cm.search.internal;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Collection;
import java.util.Optional;
import org.apache.lucene.index.IndexNotFoundException;
import org.apache.lucene.index.SegmentInfos;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;
import org.cl2cm.data.DataException;
import org.cl2cm.search.CollectionInfo;

/// Copies of a collection: `collection.json` and the index of its live generation as it was committed
/// last.
public final class Snapshot {
    private static final int ATTEMPTS = 100;

    private Snapshot() {}

    /// Says what the collection is now.
    @FunctionalInterface
    public interface Current {
        CollectionFile file() throws IOException;
    }

    /// Copies beside `to` and renames. A file of an index never changes; a writer may remove one that
    /// a later commit does not need, and then the later commit is copied.
    ///
    /// @param to must not be there
    public static void take(Path home, Current current, Path to) throws IOException {
        if (Files.exists(to)) {
            throw DataException.in(to, "is there already; name a folder that is not");
        }
        Path target = to.toAbsolutePath().normalize();
        Files.createDirectories(target.getParent());
        Path beside = target.resolveSibling(target.getFileName() + ".part");
        for (int attempt = 1; ; attempt++) {
            delete(beside);
            CollectionFile file = current.file();
            try {
                copy(home, file, file.info(), beside);
                break;
            } catch (NoSuchFileException | IndexNotFoundException e) {
                if (attempt == ATTEMPTS) {
                    throw DataException.in(home, "was written too fast to be copied; try again", e);
                }
            }
        }
        Files.move(beside, target, StandardCopyOption.ATOMIC_MOVE);
    }

    /// Copies a snapshot to the folder of a collection that is not there.
    ///
    /// @return what the collection is
    public static CollectionInfo restore(Path from, Path home, String name) throws IOException {
        CollectionFile file = CollectionFile.read(from);
        CollectionInfo info = file.info().withName(name);
        Path beside = home.resolveSibling(name + ".part");
        delete(beside);
        try {
            copy(from, file, info, beside);
        } catch (NoSuchFileException | IndexNotFoundException e) {
            throw DataException.in(from, "is no whole snapshot: " + e.getMessage(), e);
        }
        // What a kill left of an attempt to create it.
        delete(home);
        Files.move(beside, home, StandardCopyOption.ATOMIC_MOVE);
        return info;
    }

    private static void copy(Path home, CollectionFile file, CollectionInfo info, Path to) throws IOException {
        Path index = CollectionFile.generation(home, file.generation());
        Path copy = Files.createDirectories(CollectionFile.generation(to, 1));
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
        new CollectionFile(info, 1, Optional.empty()).write(to);
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
    static void delete(Path folder) throws IOException {
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
