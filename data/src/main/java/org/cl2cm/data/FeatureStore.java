package org.cl2cm.data;

import java.io.IOException;
import java.util.List;

/// Feature vectors of items, looked up by id, never by order. Safe for use by many threads.
public interface FeatureStore extends AutoCloseable {
    /// Floats in one vector.
    int dimension();

    /// Ids in the order of the rows.
    List<String> ids();

    /// The row of `id`, or -1.
    int indexOf(String id);

    /// Copies row `row` to `target[offset .. offset + dimension)`.
    void copy(int row, float[] target, int offset);

    /// @return a new array with the vector of `id`
    /// @throws DataException when the store has none, naming the store and the id
    float[] get(String id) throws DataException;

    @Override
    void close() throws IOException;
}
