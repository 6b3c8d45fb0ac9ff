package org.cl2cm.evaluate;

import java.util.Arrays;
import java.util.List;

/// What is evaluated: a gallery of images (or videos), text queries, and the one gallery item each
/// query belongs to.
///
/// The score of a query and a gallery item is the dot product of their vectors, which should have unit
/// length; it is
/// summed in float32 from the first component to the last. Immutable as long as the caller leaves the
/// arrays alone:
/// they are not copied. Safe for use by many threads.
public final class Retrieval {
    private final int dimension;
    private final float[] gallery;
    private final List<String> galleryIds;
    private final float[] queries;
    private final List<String> queryIds;
    private final int[] target;

    private Retrieval(
            int dimension,
            float[] gallery,
            List<String> galleryIds,
            float[] queries,
            List<String> queryIds,
            int[] target) {
        this.dimension = dimension;
        this.gallery = gallery;
        this.galleryIds = List.copyOf(galleryIds);
        this.queries = queries;
        this.queryIds = List.copyOf(queryIds);
        this.target = target.clone();
    }

    /// @param dimension floats in one vector
    /// @param gallery `[N, dimension]`, row-major
    /// @param galleryIds N ids
    /// @param queries `[M, dimension]`, row-major
    /// @param queryIds M ids
    /// @param target for each query the row of its gallery item, `[M]`
    /// @throws IllegalArgumentException when a size does not fit, an id stands twice, or a target is no
    ///     row
    public static Retrieval of(
            int dimension,
            float[] gallery,
            List<String> galleryIds,
            float[] queries,
            List<String> queryIds,
            int[] target) {
        if (dimension < 1) {
            throw new IllegalArgumentException("the dimension is " + dimension + ", must be at least 1");
        }
        checkSize("gallery", gallery, galleryIds, dimension);
        checkSize("queries", queries, queryIds, dimension);
        if (target.length != queryIds.size()) {
            throw new IllegalArgumentException(target.length + " targets for " + queryIds.size() + " queries");
        }
        for (int query = 0; query < target.length; query++) {
            if (target[query] < 0 || target[query] >= galleryIds.size()) {
                throw new IllegalArgumentException("query \"" + queryIds.get(query) + "\" has the target row "
                        + target[query] + ", the gallery has " + galleryIds.size() + " rows");
            }
        }
        Ids.requireDistinct("gallery", galleryIds);
        Ids.requireDistinct("query", queryIds);
        return new Retrieval(dimension, gallery, galleryIds, queries, queryIds, target);
    }

    private static void checkSize(String what, float[] vectors, List<String> ids, int dimension) {
        if (ids.isEmpty()) {
            throw new IllegalArgumentException("the " + what + ": there are none");
        }
        if (vectors.length != (long) ids.size() * dimension) {
            throw new IllegalArgumentException("the " + what + ": " + vectors.length + " floats for " + ids.size()
                    + " ids of dimension " + dimension);
        }
    }

    public int dimension() {
        return dimension;
    }

    /// Gallery items, N.
    public int gallerySize() {
        return galleryIds.size();
    }

    /// Queries, M.
    public int queryCount() {
        return queryIds.size();
    }

    public List<String> galleryIds() {
        return galleryIds;
    }

    public List<String> queryIds() {
        return queryIds;
    }

    /// The gallery row that `query` belongs to.
    public int target(int query) {
        return target[query];
    }

    /// A copy of the targets, `[M]`.
    public int[] targets() {
        return Arrays.copyOf(target, target.length);
    }

    /// The gallery's vectors themselves, `[N, dimension]`; not to be written to.
    public float[] gallery() {
        return gallery;
    }

    /// The queries' vectors themselves, `[M, dimension]`; not to be written to.
    public float[] queries() {
        return queries;
    }
}
