package org.cl2cm.search;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// The indexes of one collection, one for each generation. An engine that was opened here goes on
/// after the store is closed. For one thread.
public interface GenerationStore extends AutoCloseable {
    /// Which generation is live now.
    ///
    /// @param written what `collection.json` says, where there is one
    /// @throws org.cl2cm.data.DataException when there is no such collection
    Generations current(Optional<Generations> written) throws IOException;

    /// Makes an empty index and opens it for writing. What a kill left of an earlier attempt is
    /// removed; an index that is live or the previous one never is.
    ///
    /// @throws org.cl2cm.data.DataException when generation 1 is to be made of a collection that is
    ///     there already
    VectorEngine create(Generation generation) throws IOException;

    /// @throws CollectionLockedException when another writer has it open
    /// @throws org.cl2cm.data.DataException when the index is missing, damaged or another model's
    VectorEngine write(Generation generation) throws IOException;

    /// @throws org.cl2cm.data.DataException when the index is missing, damaged or another model's
    VectorEngine read(Generation generation) throws IOException;

    /// Holds off everyone else who would change which generation is live.
    ///
    /// @return the lock, until it is closed
    /// @throws org.cl2cm.data.DataException when someone else holds it
    Closeable lock() throws IOException;

    /// Called just before `collection.json` is written: whoever asks for the live generation gets this
    /// one from now on, in one instant, if the engine keeps account of it itself.
    void goLive(Generations generations) throws IOException;

    /// Removes the indexes of all other generations.
    void clear(Generations kept) throws IOException;

    /// Removes all indexes; that there are none is no error.
    ///
    /// @throws CollectionLockedException when someone writes to one of them; nothing is removed then
    void drop() throws IOException;

    /// What is wrong with the parts of an index, a line each, as far as can be seen without looking at
    /// items; empty when it is whole. Nobody writes meanwhile.
    List<String> faults(Generation generation) throws IOException;

    /// The folder of the generation's Lucene index, when it lies on this machine.
    Optional<Path> files(Generation generation);

    @Override
    void close() throws IOException;
}
