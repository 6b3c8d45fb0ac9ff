package org.cl2cm.bench.vectors;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.cl2cm.search.UnitVector;

/// Unit vectors with the statistics of real embeddings, in any number, from a seed. Vector `i` depends
/// on the seed and on `i` alone, so that a smaller file is the beginning of a larger one. Immutable;
/// safe for use by many threads.
public final class ClusteredVectors {
    /// Separate streams of random numbers of one seed.
    private static final long CENTRES = 1;

    private static final long ROTATION = 2;
    private static final long GALLERY = 3;
    private static final long QUERIES = 4;

    private final VectorStatistics statistics;
    private final long seed;
    private final Rotation rotation;
    private final float[][] centres;
    private final double[] upTo;

    public ClusteredVectors(VectorStatistics statistics, long seed) {
        this.statistics = statistics;
        this.seed = seed;
        int dimension = statistics.dimension();
        this.rotation = new Rotation(dimension, mixed(seed, ROTATION, 0));
        this.centres = new float[statistics.sizes().length][dimension];
        this.upTo = statistics.sizes().clone();
        Arrays.parallelPrefix(upTo, Double::sum);
        for (int cluster = 0; cluster < centres.length; cluster++) {
            SplittableRandom random = new SplittableRandom(mixed(seed, CENTRES, cluster));
            for (int axis = 0; axis < dimension; axis++) {
                centres[cluster][axis] = (float)
                        (statistics.mean()[axis] + Math.sqrt(statistics.between()[axis]) * random.nextGaussian());
            }
        }
    }

    public int dimension() {
        return statistics.dimension();
    }

    /// Vector `row` of the gallery.
    public float[] item(int row) {
        return turned(image(GALLERY, row));
    }

    /// Query `row`: a text about an image that is not in the gallery; where texts are not known, such
    /// an image itself.
    public float[] query(int row) {
        float[] image = image(QUERIES, row);
        VectorStatistics.Texts texts = statistics.texts();
        if (texts == null) {
            return turned(image);
        }
        SplittableRandom random = new SplittableRandom(~mixed(seed, QUERIES, row));
        float[] text = new float[image.length];
        for (int axis = 0; axis < text.length; axis++) {
            text[axis] = (float) (texts.mean()[axis]
                    + texts.slope()[axis] * (image[axis] - statistics.mean()[axis])
                    + Math.sqrt(texts.residual()[axis]) * random.nextGaussian());
        }
        return turned(text);
    }

    private float[] image(long stream, int row) {
        SplittableRandom random = new SplittableRandom(mixed(seed, stream, row));
        int cluster = Arrays.binarySearch(upTo, random.nextDouble() * upTo[upTo.length - 1]);
        cluster = Math.min(cluster < 0 ? -cluster - 1 : cluster, centres.length - 1);
        float[] vector = new float[dimension()];
        double spread = statistics.spreads()[cluster];
        for (int axis = 0; axis < vector.length; axis++) {
            vector[axis] = (float)
                    (centres[cluster][axis] + spread * Math.sqrt(statistics.within()[axis]) * random.nextGaussian());
        }
        return vector;
    }

    private float[] turned(float[] vector) {
        rotation.apply(vector, new float[vector.length]);
        return UnitVector.of(vector, vector.length);
    }

    private static long mixed(long seed, long stream, long row) {
        return mix(mix(seed + (stream << 48)) ^ (row * 0x9e3779b97f4a7c15L));
    }

    /// Stafford's variant 13 of the finaliser of MurmurHash3.
    private static long mix(long value) {
        long z = (value ^ (value >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }

    /// Writes the first `count` vectors of the gallery.
    public void write(Path file, int count) throws IOException {
        VectorFile.write(
                file,
                count,
                dimension(),
                out -> IntStream.range(0, count).parallel().forEach(row -> out.put(row, item(row))));
    }

    /// Writes the first `count` queries.
    public void writeQueries(Path file, int count) throws IOException {
        VectorFile.write(
                file,
                count,
                dimension(),
                out -> IntStream.range(0, count).parallel().forEach(row -> out.put(row, query(row))));
    }

    /// The first `count` vectors of the gallery, `[count][dimension]`.
    public float[][] items(int count) {
        return IntStream.range(0, count).parallel().mapToObj(this::item).toArray(float[][]::new);
    }

    /// The first `count` queries, `[count][dimension]`.
    public float[][] queries(int count) {
        return IntStream.range(0, count).parallel().mapToObj(this::query).toArray(float[][]::new);
    }
}
