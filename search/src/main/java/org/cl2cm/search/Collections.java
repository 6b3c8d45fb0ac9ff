package org.cl2cm.search;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.cl2cm.data.DataException;
import org.cl2cm.data.ProgressListener;
import org.cl2cm.search.internal.CollectionFile;
import org.cl2cm.search.internal.IndexCheck;
import org.cl2cm.search.internal.LuceneEngine;
import org.cl2cm.search.internal.Snapshot;

/// The folder where collections live, each in a folder of its name: `collection.json` and the indexes
/// of its generations, `generation-0001` and so on, of which one is live.
///
/// Any number of readers and one writer at a time, from any processes of this machine. Safe for use by
/// many threads.
public final class Collections {
    private final Path folder;
    private final EngineSettings settings;

    private Collections(Path folder, EngineSettings settings) {
        this.folder = folder;
        this.settings = settings;
    }

    /// @param folder made when the first collection is created
    public static Collections in(Path folder) {
        return new Collections(folder, EngineSettings.DEFAULT);
    }

    /// The same folder, searched with other settings.
    public Collections with(EngineSettings settings) {
        return new Collections(folder, settings);
    }

    /// Names of all collections, sorted.
    public List<String> names() throws IOException {
        List<String> names = new ArrayList<>();
        if (Files.isDirectory(folder)) {
            try (var listing = Files.newDirectoryStream(folder)) {
                for (Path child : listing) {
                    if (Files.exists(CollectionFile.in(child))) {
                        names.add(child.getFileName().toString());
                    }
                }
            }
        }
        names.sort(null);
        return names;
    }

    /// The folder of the collection `name`, whether it is there or not.
    public Path folder(String name) {
        CollectionInfo.checkName(name);
        return folder.resolve(name);
    }

    /// @throws DataException when there is no such collection, naming those there are
    public CollectionInfo info(String name) throws IOException {
        return file(name).info();
    }

    /// Creates an empty collection and opens it for writing. What a kill left of an earlier attempt is
    /// removed.
    ///
    /// @throws DataException when there is one of that name
    public VectorEngine create(CollectionInfo info) throws IOException {
        Path home = folder(info.name());
        if (Files.exists(CollectionFile.in(home))) {
            throw DataException.in(
                    home, "there is a collection of that name already; add to it, or remove the folder first");
        }
        CollectionFile file = CollectionFile.first(info);
        // The index comes first and collection.json last: what has no collection.json is no collection yet.
        VectorEngine engine = LuceneEngine.create(home, file, settings);
        try {
            file.write(home);
            return engine;
        } catch (IOException | RuntimeException e) {
            engine.close();
            throw e;
        }
    }

    /// Opens the live generation of a collection for reading; it sees commits of a writer after
    /// [VectorEngine#refresh]. When another generation goes live it goes on with its own;
    /// [#generation] tells.
    public VectorEngine read(String name) throws IOException {
        Path home = folder(name);
        while (true) {
            CollectionFile file = file(name);
            try {
                return LuceneEngine.read(home, file, settings);
            } catch (IOException e) {
                // A generation that was live twice before is removed: look again which one is live.
                if (file(name).generation() == file.generation()) {
                    throw e;
                }
            }
        }
    }

    /// The number of the generation that is live now.
    public int generation(String name) throws IOException {
        return file(name).generation();
    }

    /// Opens a collection for writing.
    ///
    /// @throws CollectionLockedException when another writer has it open
    public VectorEngine write(String name) throws IOException {
        Path home = folder(name);
        while (true) {
            CollectionFile file = file(name);
            VectorEngine engine = LuceneEngine.write(home, file, settings);
            // While it waited for the lock, another generation may have gone live.
            if (file(name).generation() == file.generation()) {
                return engine;
            }
            engine.close();
        }
    }

    /// Begins the next generation of a collection: other vectors, another model, other declared fields.
    ///
    /// @param info what the collection is when that generation is live; of the same name
    /// @throws DataException when another one is being made
    public NextGeneration next(CollectionInfo info) throws IOException {
        file(info.name());
        return NextGeneration.begin(folder(info.name()), info, settings);
    }

    /// What the collection was before the live generation, if that can come back.
    public Optional<CollectionInfo> previous(String name) throws IOException {
        return file(name).previous().map(CollectionFile::info);
    }

    /// Makes the previous generation live again, and the live one the previous: called twice, nothing
    /// has changed. What was written since that generation was live is not in it.
    ///
    /// @return what the collection is now
    /// @throws DataException when there is no previous generation, or someone else writes to the
    ///     collection
    public CollectionInfo rollback(String name) throws IOException {
        Path home = folder(name);
        file(name);
        try (FileChannel _ = NextGeneration.lock(home)) {
            CollectionFile file = file(name);
            CollectionFile before = file.previous()
                    .orElseThrow(() -> DataException.in(home, "there is no generation before the live one"));
            // Opened, so that nobody writes to the live one, and that the other one is known to be whole.
            try (VectorEngine _ = LuceneEngine.write(home, file, settings);
                    VectorEngine _ = LuceneEngine.read(home, before, settings)) {
                file.superseded(before.info(), before.generation()).write(home);
                return before.info();
            }
        }
    }

    /// Gives back the space of a collection: merges its live index, and removes what no generation
    /// needs.
    ///
    /// @param segments see [VectorEngine#compact]
    /// @param withPrevious whether the previous generation goes too; [#rollback] is then no longer
    ///     possible
    public void compact(String name, int segments, boolean withPrevious) throws IOException {
        Path home = folder(name);
        file(name);
        try (FileChannel _ = NextGeneration.lock(home)) {
            CollectionFile file = file(name);
            try (VectorEngine engine = LuceneEngine.write(home, file, settings)) {
                engine.compact(segments);
                if (withPrevious) {
                    file = new CollectionFile(file.info(), file.generation(), Optional.empty());
                    file.write(home);
                }
                CollectionFile.clear(home, file);
            }
        }
    }

    /// Looks through the live index of a collection, every byte and every vector.
    ///
    /// @param progress hears of items
    /// @return what is wrong, a line each; empty when it is whole
    /// @throws CollectionLockedException when someone else writes to the collection
    public List<String> check(String name, ProgressListener progress) throws IOException {
        return IndexCheck.of(folder(name), file(name), settings, progress);
    }

    /// Copies a collection as it was committed last, while it is searched and written: a folder of
    /// the same shape, with the live generation alone. A kill leaves nothing at `to`.
    ///
    /// @param to must not be there
    public void snapshot(String name, Path to) throws IOException {
        Snapshot.take(folder(name), () -> file(name), to);
    }

    /// Makes a collection of a snapshot.
    ///
    /// @param from what [#snapshot] wrote
    /// @param name of the collection, which must not be there; may be another than it had
    public CollectionInfo restore(Path from, String name) throws IOException {
        Path home = folder(name);
        if (Files.exists(CollectionFile.in(home))) {
            throw DataException.in(home, "there is a collection of that name already; name another");
        }
        Files.createDirectories(folder);
        return Snapshot.restore(from, home, name);
    }

    /// Opens a collection for writing vectors of one model.
    ///
    /// @param model fingerprint of the model that makes the vectors
    /// @throws CollectionLockedException when another writer has it open
    /// @throws IllegalArgumentException when the collection is of another model, naming both
    public VectorEngine write(String name, String model) throws IOException {
        info(name).checkModel(model);
        return write(name);
    }

    private CollectionFile file(String name) throws IOException {
        Path home = folder(name);
        if (!Files.exists(CollectionFile.in(home))) {
            List<String> names = names();
            throw new DataException("no collection \"" + name + "\" in " + folder + "; there "
                    + (names.isEmpty() ? "are none: create one first" : "are: " + String.join(", ", names)));
        }
        return CollectionFile.read(home);
    }
}
