package org.cl2cm.train;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.cl2cm.data.DataException;
import org.cl2cm.data.FeatureStore;
import org.cl2cm.data.VideoFrames;
import org.cl2cm.model.nn.Tensors;
import org.cl2cm.model.nn.VisionTower;

/// Features of a list of images and videos, which stay in their store.
///
/// @param rows of the frames that are seen of each, an image having one
record ImageFeatures(FeatureStore store, int[][] rows) {
    /// @param frames of a video that are seen at most, evenly spread; 0 when there are only images
    /// @throws DataException when an item has no features, or is a video where there are only images
    static ImageFeatures of(FeatureStore store, List<String> ids, int frames) throws IOException {
        int[][] rows = new int[ids.size()][];
        for (int i = 0; i < rows.length; i++) {
            int[] all = store.rows(ids.get(i));
            if (all.length == 0) {
                // The message names the store.
                store.get(ids.get(i));
            }
            if (all.length > 1 && frames == 0) {
                throw new DataException("item \"" + ids.get(i) + "\" is a video of " + all.length
                        + " frames: set the key \"vision.frames\" to how many of a video are seen, e.g. 16");
            }
            rows[i] = frames == 0 ? all : VideoFrames.evenly(all, frames);
        }
        return new ImageFeatures(store, rows);
    }

    int size() {
        return rows.length;
    }

    /// Shows the tower all rows, for [VisionTower#standardise].
    void standardise(VisionTower tower) {
        int[] all = Arrays.stream(rows).flatMapToInt(Arrays::stream).toArray();
        tower.standardise(all.length, (from, to) -> copied(Arrays.copyOfRange(all, from, to)));
    }

    /// @param items places in the list
    VisionTower.Frames batch(int[] items) {
        int[] lengths = Arrays.stream(items).map(item -> rows[item].length).toArray();
        int[] all =
                Arrays.stream(items).flatMap(item -> Arrays.stream(rows[item])).toArray();
        return new VisionTower.Frames(Tensors.of(copied(all), all.length, store.dimension()), lengths);
    }

    private float[] copied(int[] some) {
        float[] values = new float[Math.multiplyExact(some.length, store.dimension())];
        for (int i = 0; i < some.length; i++) {
            store.copy(some[i], values, i * store.dimension());
        }
        return values;
    }
}
