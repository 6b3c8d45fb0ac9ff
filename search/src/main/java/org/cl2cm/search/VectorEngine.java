package org.cl2cm.search;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// An open collection: vectors of images and videos with their stored fields, searched by cosine.
///
/// Life cycle: opened by [Collections], for reading or for writing; what is written is seen by this
/// engine's searches after [#refresh], and is on the disk, and visible to others after their refresh,
/// after [#commit]. A kill at any instant leaves the last commit. Safe for use by many threads;
/// searches go on while others write.
///
/// On a cluster more is promised of an item, and less of a commit: an item is on the disks when
/// [#upsert] returns; others see a commit at their next search, perhaps before their refresh; what
/// the writer refreshes they see too; and after a kill, items that were written and not committed
/// become visible with the next commit.
///
/// The methods that write throw [UnsupportedOperationException] when the collection was opened for
/// reading.
public interface VectorEngine extends AutoCloseable {
    CollectionInfo info();

    /// Adds items, or replaces those with the same id. An item that cannot be used (wrong dimension,
    /// NaN, a vector of zeros, no id) is refused with the reason and the others go on; vectors that are
    /// not of length 1 are brought to it.
    ///
    /// @return what became of each item, in the order given
    /// @throws IOException when the disk fails; what was committed before is kept
    List<ItemStatus> upsert(List<VectorItem> items) throws IOException;

    /// Removes items. Sees what was written before without a refresh.
    ///
    /// @return [ItemStatus.Outcome#DELETED] or [ItemStatus.Outcome#MISSING] for each id, in the order
    ///     given
    List<ItemStatus> delete(List<String> ids) throws IOException;

    /// The items closest to a vector, best first, ties by id; with words, fused with those whose
    /// captions hold them.
    ///
    /// @throws IllegalArgumentException when the query was encoded by another model (names both
    ///     fingerprints), or its vector has the wrong dimension, a NaN or only zeros
    List<Hit> search(VectorQuery query) throws IOException;

    /// The item of `id` with its vector of length 1.
    Optional<VectorItem> get(String id) throws IOException;

    /// The items of these ids that are there, with their vectors of length 1, in no order.
    default List<VectorItem> getAll(List<String> ids) throws IOException {
        List<VectorItem> items = new ArrayList<>(ids.size());
        for (String id : ids) {
            get(id).ifPresent(items::add);
        }
        return items;
    }

    /// Gives every item that a search would see, in no order, with its vector of length 1. What is
    /// written meanwhile does not change it.
    void forEach(ItemVisitor visitor) throws IOException;

    /// Takes one item after another.
    @FunctionalInterface
    interface ItemVisitor {
        void visit(VectorItem item) throws IOException;
    }

    /// How many items a search sees. Costs nothing.
    long size() throws IOException;

    CollectionStats stats() throws IOException;

    /// Makes what was written through this engine, or committed by another, visible to searches.
    void refresh() throws IOException;

    /// Brings everything written so far to the disk.
    void commit() throws IOException;

    /// Gives back the space of items that are gone and leaves at most so many segments, each with a
    /// graph of its own; takes long for large collections, and searches go on meanwhile. Commits.
    ///
    /// @param segments at least 1
    void compact(int segments) throws IOException;

    /// Commits what was written and gives the collection free for the next writer.
    @Override
    void close() throws IOException;
}
