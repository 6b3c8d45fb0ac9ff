package org.cl2cm.search;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.cl2cm.data.DataException;
import org.cl2cm.search.internal.CollectionFile;
import org.cl2cm.search.internal.LuceneEngine;

/// The folder where collections live, each in a folder of its name: `collection.json` and the index,
/// `generation-0001`.
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
        CollectionFile file = new CollectionFile(info, 1);
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

    /// Opens a collection for reading; it sees commits of a writer after [VectorEngine#refresh].
    public VectorEngine read(String name) throws IOException {
        return LuceneEngine.read(folder(name), file(name), settings);
    }

    /// Opens a collection for writing.
    ///
    /// @throws DataException when another writer has it open
    public VectorEngine write(String name) throws IOException {
        return LuceneEngine.write(folder(name), file(name), settings);
    }

    /// Opens a collection for writing vectors of one model.
    ///
    /// @param model fingerprint of the model that makes the vectors
    /// @throws DataException when another writer has it open
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
