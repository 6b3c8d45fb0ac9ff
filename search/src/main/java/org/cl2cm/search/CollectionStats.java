package org.cl2cm.search;

/// How large a collection is and how it is searched.
///
/// @param items that a search sees
/// @param deleted items that are gone but still take space until segments are merged
/// @param segments parts of the index
/// @param bytes on the disk
/// @param method how the next query is answered
/// @param generation number of the index that this is of, from 1; see [NextGeneration]
public record CollectionStats(long items, long deleted, int segments, long bytes, Method method, int generation) {
    /// How a query is answered.
    public enum Method {
        /// Every vector is compared: the true nearest ones.
        EXACT,
        /// A graph is walked and its best candidates are compared in full precision: nearly the true
        /// ones.
        GRAPH
    }
}
