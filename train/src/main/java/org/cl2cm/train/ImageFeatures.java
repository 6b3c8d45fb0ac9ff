package org.cl2cm.train;

import java.io.IOException;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.cl2cm.data.FeatureStore;
import org.cl2cm.model.nn.Tensors;

/// Features of a list of images, in memory.
///
/// @param values `[images, dimension]`, row-major
record ImageFeatures(int dimension, float[] values) {
    /// @throws org.cl2cm.data.DataException when an image has no features
    static ImageFeatures of(FeatureStore store, List<String> ids) throws IOException {
        int dimension = store.dimension();
        float[] values = new float[Math.multiplyExact(ids.size(), dimension)];
        for (int i = 0; i < ids.size(); i++) {
            System.arraycopy(store.get(ids.get(i)), 0, values, i * dimension, dimension);
        }
        return new ImageFeatures(dimension, values);
    }

    int size() {
        return values.length / dimension;
    }

    /// @return `[rows.length, dimension]`
    Tensor batch(int[] rows) {
        float[] batch = new float[rows.length * dimension];
        for (int i = 0; i < rows.length; i++) {
            System.arraycopy(values, rows[i] * dimension, batch, i * dimension, dimension);
        }
        return Tensors.of(batch, rows.length, dimension);
    }
}
