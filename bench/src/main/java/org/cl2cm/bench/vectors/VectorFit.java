package org.cl2cm.bench.vectors;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Measures the statistics of embeddings. How many clusters there are is not measured but chosen: the
/// number whose generated vectors have nearest neighbours as close as the real ones.
public final class VectorFit {
    private static final int[] VECTORS_A_CLUSTER = {256, 128, 64, 32, 16, 8, 4};
    private static final int FEWEST_CLUSTERS = 2;

    private final Embeddings real;
    private final long seed;
    private final Consumer<String> log;

    /// @param log hears of every number of clusters that was tried
    public VectorFit(Embeddings real, long seed, Consumer<String> log) {
        this.real = real;
        this.seed = seed;
        this.log = log;
    }

    /// @throws IllegalArgumentException when there are too few images to part into clusters
    public VectorStatistics run() {
        double[] mean = mean(real.images());
        Axes axes = Axes.of(real.images(), mean);
        float[][] images = coordinates(axes, real.images());
        double[] centre = mean(images);
        VectorStatistics.@Nullable Texts texts =
                real.texts().length < 2 ? null : texts(images, centre, coordinates(axes, real.texts()), real.targets());
        double[] wanted = Likeness.neighbourQuantiles(real.images());
        Optional<VectorStatistics> best = Optional.empty();
        double least = Double.POSITIVE_INFINITY;
        for (int count : counts(images.length)) {
            VectorStatistics statistics = parted(images, centre, axes.variances(), count, texts);
            double difference = Likeness.difference(
                    wanted, Likeness.neighbourQuantiles(new ClusteredVectors(statistics, seed).items(images.length)));
            log.accept(String.format(
                    java.util.Locale.ROOT,
                    "%d clusters: cosines of nearest neighbours differ by %.4f",
                    statistics.sizes().length,
                    difference));
            if (difference < least) {
                least = difference;
                best = Optional.of(statistics);
            }
        }
        return best.orElseThrow(
                () -> new IllegalArgumentException(images.length + " images are too few to be parted into clusters"));
    }

    private static List<Integer> counts(int images) {
        List<Integer> counts = new ArrayList<>();
        for (int size : VECTORS_A_CLUSTER) {
            if (images / size >= FEWEST_CLUSTERS) {
                counts.add(images / size);
            }
        }
        return counts;
    }

    private VectorStatistics parted(
            float[][] images, double[] mean, double[] variances, int count, VectorStatistics.@Nullable Texts texts) {
        Clusters clusters = Clusters.of(images, count, seed);
        int dimension = mean.length;
        int found = clusters.centres().length;
        double[] within = new double[dimension];
        double[] squares = new double[found];
        for (int row = 0; row < images.length; row++) {
            int cluster = clusters.of()[row];
            for (int axis = 0; axis < dimension; axis++) {
                double off = images[row][axis] - clusters.centres()[cluster][axis];
                within[axis] += off * off;
                squares[cluster] += off * off;
            }
        }
        // A centre is the mean of its vectors, which lie closer to it than to the true one.
        double all = 0;
        double[] between = new double[dimension];
        for (int axis = 0; axis < dimension; axis++) {
            within[axis] = Math.min(variances[axis], within[axis] / Math.max(1, images.length - found));
            between[axis] = variances[axis] - within[axis];
            all += within[axis];
        }
        int[] sizes = clusters.sizes();
        double[] shares = new double[found];
        double[] spreads = new double[found];
        for (int cluster = 0; cluster < found; cluster++) {
            shares[cluster] = (double) sizes[cluster] / images.length;
            // Of a single vector nothing is known: it counts as an ordinary cluster.
            double variance = sizes[cluster] < 2 ? all : squares[cluster] / (sizes[cluster] - 1);
            spreads[cluster] = all == 0 ? 0 : Math.sqrt(variance / all);
        }
        return new VectorStatistics(real.about(), images.length, mean, between, within, shares, spreads, texts);
    }

    private static VectorStatistics.Texts texts(float[][] images, double[] centre, float[][] texts, int[] targets) {
        int dimension = centre.length;
        double[] mean = mean(texts);
        double[] imageMean = new double[dimension];
        for (int target : targets) {
            for (int axis = 0; axis < dimension; axis++) {
                imageMean[axis] += (double) images[target][axis] / targets.length;
            }
        }
        double[] slope = new double[dimension];
        double[] residual = new double[dimension];
        for (int axis = 0; axis < dimension; axis++) {
            double both = 0;
            double image = 0;
            double text = 0;
            for (int i = 0; i < texts.length; i++) {
                double x = images[targets[i]][axis] - imageMean[axis];
                double y = texts[i][axis] - mean[axis];
                both += x * y;
                image += x * x;
                text += y * y;
            }
            slope[axis] = image == 0 ? 0 : both / image;
            residual[axis] = Math.max(0, (text - slope[axis] * both) / texts.length);
            // The line goes through the mean of the pairs; the generator starts at the mean of the gallery.
            mean[axis] += slope[axis] * (centre[axis] - imageMean[axis]);
        }
        return new VectorStatistics.Texts(mean, slope, residual);
    }

    private static float[][] coordinates(Axes axes, float[][] vectors) {
        return java.util.Arrays.stream(vectors)
                .parallel()
                .map(axes::coordinates)
                .toArray(float[][]::new);
    }

    private static double[] mean(float[][] rows) {
        double[] mean = new double[rows[0].length];
        for (float[] row : rows) {
            for (int i = 0; i < mean.length; i++) {
                mean[i] += (double) row[i] / rows.length;
            }
        }
        return mean;
    }
}
