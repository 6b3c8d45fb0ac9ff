package org.cl2cm.search;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.cl2cm.data.DataException;
import org.cl2cm.data.ProgressListener;
import org.cl2cm.search.internal.CollectionFile;
import org.cl2cm.search.internal.Engines;
import org.cl2cm.search.internal.IndexCheck;
import org.cl2cm.search.internal.Snapshot;

/// The folder where collections live, each in a folder of its name: `collection.json` and, unless a
/// cluster holds them, the indexes of its generations, `generation-0001` and so on, of which one is
/// live.
///
/// Any number of readers and one writer at a time, from any processes of this machine, and of others
/// where a cluster holds the collection. Safe for use by many threads.
public final class Collections {
    private final Path folder;
    private final EngineSettings settings;
    private final Engines engines;

    private Collections(Path folder, EngineSettings settings, Engines engines) {
        this.folder = folder;
        this.settings = settings;
        this.engines = engines;
    }

    /// @param folder made when the first collection is created
    public static Collections in(Path folder) {
        return new Collections(folder, EngineSettings.DEFAULT, new Engines());
    }

    /// The same folder, searched with other settings.
    public Collections with(EngineSettings settings) {
        return new Collections(folder, settings, engines);
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
        return generations(name).live().info();
    }

    /// Creates an empty collection of the engine inside this process and opens it for writing. What a
    /// kill left of an earlier attempt is removed.
    ///
    /// @throws DataException when there is one of that name
    public VectorEngine create(CollectionInfo info) throws IOException {
        return create(info, Map.of());
    }

    /// Creates an empty collection of the engine that `info` names and opens it for writing.
    ///
    /// @param options of the engine, see [EnginePlace]
    /// @throws DataException when there is one of that name, here or where the engine keeps it, no such
    ///     engine, or an option is unusable
    public VectorEngine create(CollectionInfo info, Map<String, String> options) throws IOException {
        Path home = folder(info.name());
        if (Files.exists(CollectionFile.in(home))) {
            throw DataException.in(
                    home, "there is a collection of that name already; add to it, or remove it first (index drop)");
        }
        Generations first = Generations.first(info);
        // The index comes first and collection.json last: what has no collection.json is no collection yet.
        try (GenerationStore store = store(info.name(), info.engine(), options)) {
            VectorEngine engine = store.create(first.live());
            try {
                store.goLive(first);
                new CollectionFile(first, options).write(home);
                return engine;
            } catch (IOException | RuntimeException e) {
                engine.close();
                throw e;
            }
        }
    }

    /// Makes a collection that a cluster holds already known to this machine, or changes how it is
    /// reached from here.
    ///
    /// @param engine that holds it, not the one inside this process
    /// @param options as for [#create]
    /// @param modelFolder where its model lies on this machine, if elsewhere than the collection says
    /// @param mediaRoot where its media lie on this machine, if elsewhere
    /// @return what the collection is
    /// @throws DataException when the cluster holds no such collection, or there is another one of
    ///     that name here
    public CollectionInfo attach(
            String name,
            String engine,
            Map<String, String> options,
            Optional<String> modelFolder,
            Optional<String> mediaRoot)
            throws IOException {
        Path home = folder(name);
        if (Files.exists(CollectionFile.in(home))
                && !CollectionFile.read(home).info().engine().equals(engine)) {
            throw DataException.in(home, "there is a collection of that name already, of another engine");
        }
        try (GenerationStore store = store(name, engine, options)) {
            Generations there = store.current(Optional.empty());
            CollectionInfo info = there.live().info();
            CollectionInfo here = info.withPlaces(modelFolder.or(info::modelFolder), mediaRoot.or(info::mediaRoot));
            new CollectionFile(new Generations(new Generation(here, there.live().number()), there.previous()), options)
                    .write(home);
            return here;
        }
    }

    /// Opens the live generation of a collection for reading; it sees commits of a writer after
    /// [VectorEngine#refresh]. When another generation goes live it goes on with its own;
    /// [#generation] tells.
    public VectorEngine read(String name) throws IOException {
        try (GenerationStore store = store(name)) {
            while (true) {
                Generation live = generations(name, store).live();
                try {
                    return store.read(live);
                } catch (IOException e) {
                    // A generation that was live twice before is removed: look again which one is live.
                    if (generations(name, store).live().number() == live.number()) {
                        throw e;
                    }
                }
            }
        }
    }

    /// The number of the generation that is live now.
    public int generation(String name) throws IOException {
        return generations(name).live().number();
    }

    /// Opens a collection for writing.
    ///
    /// @throws CollectionLockedException when another writer has it open
    public VectorEngine write(String name) throws IOException {
        try (GenerationStore store = store(name)) {
            while (true) {
                Generation live = generations(name, store).live();
                VectorEngine engine = store.write(live);
                // While it waited for the lock, another generation may have gone live.
                if (generations(name, store).live().number() == live.number()) {
                    return engine;
                }
                engine.close();
            }
        }
    }

    /// Begins the next generation of a collection: other vectors, another model, other declared fields.
    ///
    /// @param info what the collection is when that generation is live; of the same name
    /// @throws DataException when another one is being made
    public NextGeneration next(CollectionInfo info) throws IOException {
        GenerationStore store = store(info.name());
        try {
            return NextGeneration.begin(folder(info.name()), store, info);
        } catch (IOException | RuntimeException e) {
            store.close();
            throw e;
        }
    }

    /// What the collection was before the live generation, if that can come back.
    public Optional<CollectionInfo> previous(String name) throws IOException {
        return generations(name).previous().map(Generation::info);
    }

    /// Makes the previous generation live again, and the live one the previous: called twice, nothing
    /// has changed. What was written since that generation was live is not in it.
    ///
    /// @return what the collection is now
    /// @throws DataException when there is no previous generation, or someone else writes to the
    ///     collection
    public CollectionInfo rollback(String name) throws IOException {
        Path home = folder(name);
        try (GenerationStore store = store(name);
                Closeable _ = store.lock()) {
            Generations now = generations(name, store);
            Generation before = now.previous()
                    .orElseThrow(() -> DataException.in(home, "there is no generation before the live one"));
            // Opened, so that nobody writes to the live one, and that the other one is known to be whole.
            try (VectorEngine _ = store.write(now.live());
                    VectorEngine _ = store.read(before)) {
                put(home, store, now.superseded(before));
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
        try (GenerationStore store = store(name);
                Closeable _ = store.lock()) {
            Generations now = generations(name, store);
            try (VectorEngine engine = store.write(now.live())) {
                engine.compact(segments);
                if (withPrevious) {
                    now = now.withoutPrevious();
                    put(home, store, now);
                }
                store.clear(now);
            }
        }
    }

    private static void put(Path home, GenerationStore store, Generations generations) throws IOException {
        store.goLive(generations);
        new CollectionFile(generations, CollectionFile.read(home).options()).write(home);
    }

    /// Removes a collection: its indexes, here or on its cluster, and its folder. Whoever has it open for
    /// reading goes on with what is open, on a cluster with errors. After a kill it may be half gone;
    /// the same call removes the rest.
    ///
    /// @throws CollectionLockedException when someone else writes to it
    /// @throws DataException when there is none, or another generation is being made
    public void drop(String name) throws IOException {
        Path home = folder(name);
        try (GenerationStore store = store(name);
                Closeable _ = store.lock()) {
            store.drop();
            Files.delete(CollectionFile.in(home));
        }
        Snapshot.delete(home);
    }

    /// Looks through the live index of a collection, every part and every vector.
    ///
    /// @param progress hears of items
    /// @return what is wrong, a line each; empty when it is whole
    /// @throws CollectionLockedException when someone else writes to the collection
    public List<String> check(String name, ProgressListener progress) throws IOException {
        try (GenerationStore store = store(name)) {
            return IndexCheck.of(store, generations(name, store).live(), progress);
        }
    }

    /// Copies a collection as it was committed last, while it is searched and written: a folder of
    /// the same shape, with the live generation alone, of the engine inside this process whatever
    /// engine holds the collection. A kill leaves nothing at `to`.
    ///
    /// @param to must not be there
    public void snapshot(String name, Path to) throws IOException {
        try (GenerationStore store = store(name)) {
            Snapshot.take(store, () -> generations(name, store).live(), to);
        }
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

    /// Makes a collection of another engine of a snapshot: the way from one engine to another.
    ///
    /// @param from what [#snapshot] wrote
    /// @param name of the collection, which must not be there
    /// @param engine that is to hold it
    /// @param options of the engine, see [EnginePlace]
    public CollectionInfo restore(Path from, String name, String engine, Map<String, String> options)
            throws IOException {
        if (engine.equals(CollectionInfo.LUCENE)) {
            return restore(from, name);
        }
        try (VectorEngine snapshot = Snapshot.read(from, settings);
                VectorEngine to = create(snapshot.info().withName(name).withEngine(engine), options)) {
            Snapshot.copyItems(snapshot, to);
            return to.info();
        }
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

    private Generations generations(String name) throws IOException {
        try (GenerationStore store = store(name)) {
            return generations(name, store);
        }
    }

    private Generations generations(String name, GenerationStore store) throws IOException {
        return store.current(Optional.of(file(name).generations()));
    }

    private GenerationStore store(String name) throws IOException {
        CollectionFile file = file(name);
        return store(name, file.info().engine(), file.options());
    }

    private GenerationStore store(String name, String engine, Map<String, String> options) throws IOException {
        return engines.open(engine, new EnginePlace(folder(name), name, options, settings));
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
