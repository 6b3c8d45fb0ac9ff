package org.cl2cm.data;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/// Several stores of the same items side by side: the vector of an id is the vectors of the parts one after another,
/// each brought to length 1 first when asked, so that no encoder outweighs another by its scale alone.
///
/// Closing it closes the parts.
public final class ConcatenatedFeatures implements FeatureStore {
    private final List<FeatureStore> parts;
    private final boolean normalise;
    private final int[][] rows;
    private final int dimension;

    /// @param parts at least one; their rows may stand in different orders
    /// @param normalise whether each part's vector is divided by its Euclidean length
    /// @throws DataException when an id of one part is missing in another
    public ConcatenatedFeatures(List<FeatureStore> parts, boolean normalise) throws DataException {
        if (parts.isEmpty()) {
            throw new IllegalArgumentException("no feature store to concatenate");
        }
        this.parts = List.copyOf(parts);
        this.normalise = normalise;
        this.dimension = parts.stream().mapToInt(FeatureStore::dimension).sum();
        List<String> ids = parts.getFirst().ids();
        this.rows = new int[parts.size()][ids.size()];
        for (int part = 0; part < parts.size(); part++) {
            FeatureStore store = parts.get(part);
            for (int row = 0; row < ids.size(); row++) {
                rows[part][row] = store.indexOf(ids.get(row));
                if (rows[part][row] < 0) {
                    throw new DataException("feature store " + (part + 1) + " of " + parts.size() + " has no id \""
                            + ids.get(row) + "\" of the first; encode the same items with every encoder");
                }
            }
            if (store.ids().size() != ids.size()) {
                throw new DataException("feature store " + (part + 1) + " of " + parts.size() + " has "
                        + store.ids().size() + " ids, the first " + ids.size()
                        + "; encode the same items with every encoder");
            }
        }
    }

    @Override
    public int dimension() {
        return dimension;
    }

    @Override
    public List<String> ids() {
        return parts.getFirst().ids();
    }

    @Override
    public int indexOf(String id) {
        return parts.getFirst().indexOf(id);
    }

    @Override
    public Optional<Video> video(String id) {
        return parts.getFirst().video(id);
    }

    @Override
    public void copy(int row, float[] target, int offset) {
        int at = offset;
        for (int part = 0; part < parts.size(); part++) {
            FeatureStore store = parts.get(part);
            store.copy(rows[part][row], target, at);
            if (normalise) {
                normalise(target, at, store.dimension());
            }
            at += store.dimension();
        }
    }

    /// A vector of zeros stays one.
    private static void normalise(float[] vector, int offset, int length) {
        double sum = 0;
        for (int i = offset; i < offset + length; i++) {
            sum += (double) vector[i] * vector[i];
        }
        if (sum > 0) {
            float scale = (float) (1 / Math.sqrt(sum));
            for (int i = offset; i < offset + length; i++) {
                vector[i] *= scale;
            }
        }
    }

    @Override
    public float[] get(String id) throws DataException {
        int row = indexOf(id);
        if (row < 0) {
            // The first part's message names the store.
            return parts.getFirst().get(id);
        }
        float[] vector = new float[dimension];
        copy(row, vector, 0);
        return vector;
    }

    @Override
    public void close() throws IOException {
        IOException first = null;
        for (FeatureStore part : parts) {
            try {
                part.close();
            } catch (IOException e) {
                if (first == null) {
                    first = e;
                } else {
                    first.addSuppressed(e);
                }
            }
        }
        if (first != null) {
            throw first;
        }
    }
}
