package org.cl2cm.bench.http;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import org.cl2cm.bench.search.CollectionBuild;
import org.cl2cm.bench.vectors.VectorFile;
import org.cl2cm.data.DataException;
import org.cl2cm.model.ModelDescription;
import org.cl2cm.search.CollectionInfo;
import org.cl2cm.search.Collections;
import org.cl2cm.search.VectorEngine;

/// What is served: a collection in a folder of its own.
///
/// @param folder of the collections
/// @param items in it
/// @param about what the items are
public record ServedCollection(Path folder, String name, long items, String about) {
    /// A collection that is there.
    ///
    /// @throws DataException when there is none, or it does not say where its model lies
    public static ServedCollection existing(Path folder, String name) throws IOException {
        try (VectorEngine engine = Collections.in(folder).read(name)) {
            if (engine.info().modelFolder().isEmpty()) {
                throw new DataException("collection \"" + name + "\" names no model folder: texts cannot be encoded");
            }
            return new ServedCollection(folder, name, engine.size(), "collection " + name);
        }
    }

    /// Makes a collection of generated vectors with a real model, unless it is there.
    ///
    /// @param work folder with `vectors.npy`
    /// @param model folder of a trained model whose vectors have that dimension
    public static ServedCollection make(Path work, Path model, int items, Consumer<String> log) throws IOException {
        ModelDescription description = ModelDescription.read(model);
        Path vectors = work.resolve("vectors.npy");
        try (VectorFile file = VectorFile.open(vectors)) {
            if (file.dimension() != description.dimension() || file.rows() < items) {
                throw DataException.in(
                        vectors,
                        file.rows() + " vectors of dimension " + file.dimension() + "; needed are " + items
                                + " of dimension " + description.dimension());
            }
        }
        Path folder = work.resolve("served");
        String name = "n" + items + "-" + description.fingerprint();
        Collections collections = Collections.in(folder);
        if (!collections.names().contains(name)) {
            log.accept(String.format(Locale.ROOT, "making a collection of %,d items", items));
            CollectionInfo info = new CollectionInfo(
                    name,
                    description.dimension(),
                    description.fingerprint(),
                    Optional.empty(),
                    CollectionInfo.LUCENE,
                    Instant.now(),
                    Optional.of(model.toAbsolutePath().normalize().toString()),
                    Optional.empty(),
                    CollectionBuild.fields());
            CollectionBuild.fill(collections, info, vectors, items);
        }
        return new ServedCollection(folder, name, items, "generated vectors");
    }

    String searchPath() {
        return "/v1/collections/" + name + "/search";
    }
}
