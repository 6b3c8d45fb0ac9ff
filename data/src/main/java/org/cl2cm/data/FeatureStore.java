package org.cl2cm.data;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// Feature vectors of items, looked up by id, never by order: one row of an image, one for each frame
/// of a video. Safe for use by many threads.
public interface FeatureStore extends AutoCloseable {
    /// Opens what lies at `path`, memory-mapped:
    ///
    /// - a `.npy` file (two dimensions, float32 or float16, little-endian, C order) with its ids, one a line, in
    ///   `<stem>.ids.txt` or `ids.txt` beside it;
    /// - a folder of partitions, `part-00000.npy` with `part-00000.ids.txt` and so on, as one store;
    /// - a folder with one `.npy` file;
    /// - a BigFile folder: `feature.bin`, `id.txt`, `shape.txt`.
    ///
    /// Whose frames the rows are say `part-00000.videos.jsonl` beside a partition, or
    /// `video2frames.txt` in the folder.
    ///
    /// Every value is read once to see that it is finite.
    ///
    /// @throws DataException when nothing of these lies there, a file has the wrong shape or size, ids are missing
    ///     or stand twice, or a value is NaN or infinite; names the file, and where known the row and the id
    static FeatureStore open(Path path) throws IOException {
        return MappedFeatures.open(path);
    }

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

    /// What is known of a video that has frames in the store; empty for an image and for what is not
    /// there.
    default Optional<Video> video(String id) {
        return Optional.empty();
    }

    /// The rows of an item: that of an image, those of the frames of a video or of a moment
    /// ([Moment#id]) in their order; none when the store does not have it.
    default int[] rows(String item) {
        int row = indexOf(item);
        if (row >= 0) {
            return new int[] {row};
        }
        List<String> frames = video(item)
                .map(Video::frames)
                .or(() -> Moment.ofId(item)
                        .flatMap(moment ->
                                video(moment.video()).map(video -> video.framesIn(moment.start(), moment.end()))))
                .orElse(List.of());
        return frames.stream().mapToInt(this::indexOf).toArray();
    }

    /// Whether it has a row of an image, a video or a moment.
    default boolean has(String item) {
        return rows(item).length > 0;
    }

    @Override
    void close() throws IOException;
}
