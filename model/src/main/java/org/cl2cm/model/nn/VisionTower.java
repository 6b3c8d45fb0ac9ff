package org.cl2cm.model.nn;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/// From the features of an image to a unit vector: features are evened out and centred on the training set, then a
/// linear map and, beside it, a small network. Where the features are pixels, a residual network
/// sees them first.
///
/// A video is the vectors of its frames, which become one: their mean, or by a [TemporalTransformer].
/// An image is a video of one frame.
public final class VisionTower {
    /// @param features length of a feature vector
    /// @param pixels side of square images when the features are their pixels and a residual network is to see
    ///     them; 0 for features of an encoder
    /// @param channels of the residual network's first stage; 0 without one
    /// @param width of the hidden layer; 0 leaves the small network out
    /// @param dropout of the features and the hidden layer in training
    /// @param dimension of the result
    /// @param frames of a video that are seen at most; 0 for a model of images, to which a video is the
    ///     mean of its frames
    /// @param temporalLayers transformer layers over the frames; 0 takes their mean
    /// @param temporalHeads attention heads of these
    public record Config(
            int features,
            int pixels,
            int channels,
            int width,
            double dropout,
            int dimension,
            @JsonInclude(JsonInclude.Include.NON_DEFAULT) int frames,

            @JsonInclude(JsonInclude.Include.NON_DEFAULT) @JsonProperty("temporal_layers")
            int temporalLayers,

            @JsonInclude(JsonInclude.Include.NON_DEFAULT) @JsonProperty("temporal_heads")
            int temporalHeads) {
        public Config {
            if (frames < 0 || temporalLayers < 0 || (temporalLayers > 0 && frames == 0)) {
                throw new IllegalArgumentException(
                        "vision.frames " + frames + ", vision.temporal_layers " + temporalLayers);
            }
            if (pixels > 0 && features != pixels * pixels * 3) {
                throw new IllegalArgumentException("vision.pixels: " + pixels + " needs features of length "
                        + pixels * pixels * 3 + " (encode --encoder pixels:" + pixels + "), not " + features);
            }
            if (features <= 0 || width < 0 || dimension <= 0) {
                throw new IllegalArgumentException(
                        "features " + features + ", width " + width + ", dimension " + dimension);
            }
        }

        /// A tower of images.
        public Config(int features, int pixels, int channels, int width, double dropout, int dimension) {
            this(features, pixels, channels, width, dropout, dimension, 0, 0, 0);
        }
    }

    /// Features of a batch of images and videos.
    ///
    /// @param rows those of all frames, the ones of a video one after another, `[frames, features]`
    /// @param lengths how many of them each image (1) or video has
    public record Frames(Tensor rows, int[] lengths) {
        /// The features of each image, and the mean of those of each video's frames, `[batch, features]`.
        public Tensor means() {
            return areImages() ? rows : FrameMean.of(rows, lengths);
        }

        boolean areImages() {
            return java.util.Arrays.stream(lengths).allMatch(length -> length == 1);
        }
    }

    /// Rows of features that need not all be in memory.
    @FunctionalInterface
    public interface Rows {
        /// @return rows `from` to `to`, exclusive, row-major
        float[] copy(int from, int to);
    }

    private static final int ROWS = 1_024;

    private final Config config;
    private final java.util.Optional<ResidualNetwork> residual;
    private final Tensor mean;
    private final Tensor deviation;
    private final Linear direct;
    private final java.util.Optional<Hidden> hidden;
    private final java.util.Optional<TemporalTransformer> temporal;

    private record Hidden(Linear in, Linear out) {}

    public VisionTower(Config config, Parameters parameters, String prefix) {
        this.config = config;
        this.residual = config.pixels() == 0
                ? java.util.Optional.empty()
                : java.util.Optional.of(
                        new ResidualNetwork(config.pixels(), config.channels(), parameters, prefix + "residual."));
        int features = residual.map(ResidualNetwork::features).orElse(config.features());
        this.mean = parameters.buffer(prefix + "mean", 0, features);
        this.deviation = parameters.buffer(prefix + "deviation", 1, 1);
        this.direct = Linear.create(parameters, prefix + "direct", features, config.dimension());
        this.hidden = config.width() == 0
                ? java.util.Optional.empty()
                : java.util.Optional.of(new Hidden(
                        Linear.create(parameters, prefix + "hidden", features, config.width()),
                        Linear.create(parameters, prefix + "output", config.width(), config.dimension())));
        this.temporal = config.temporalLayers() == 0
                ? java.util.Optional.empty()
                : java.util.Optional.of(new TemporalTransformer(config, parameters, prefix + "temporal."));
    }

    public Config config() {
        return config;
    }

    /// Sets the mean of an encoder's features, and the one deviation that all of them share: a feature of small
    /// variance is not blown up, which overfits. Pixels are left as they are.
    ///
    /// @param count rows of features of the training set
    public void standardise(int count, Rows rows) {
        if (residual.isPresent()) {
            return;
        }
        int n = config.features();
        double[] sum = new double[n];
        double square = 0;
        for (int from = 0; from < count; from += ROWS) {
            int to = Math.min(count, from + ROWS);
            float[] some = rows.copy(from, to);
            float[] prepared = Tensors.floats(prepared(Tensors.of(some, to - from, n)));
            for (int i = 0; i < prepared.length; i++) {
                sum[i % n] += prepared[i];
                square += (double) prepared[i] * prepared[i];
            }
        }
        float[] means = new float[n];
        double variance = square / count;
        for (int j = 0; j < n; j++) {
            means[j] = (float) (sum[j] / count);
            variance -= (double) means[j] * means[j];
        }
        mean.copy_(Tensors.of(means, n));
        deviation.copy_(Tensors.of(new float[] {(float) Math.sqrt(Math.max(variance / n, 1e-12))}, 1));
    }

    /// The signed square root, which evens out bursty features (Perronnin et al., ECCV 2010), on the unit sphere.
    private static Tensor prepared(Tensor features) {
        return Tensors.unit(features.sign().mul(features.abs().sqrt()));
    }

    /// @param features `[batch, features]`, float32
    /// @return unit vectors, `[batch, dimension]`
    public Tensor forward(Tensor features, boolean training) {
        Tensor seen = residual.isPresent() ? residual.get().forward(features) : prepared(features);
        Tensor x = drop(seen.sub(mean).div(deviation), training);
        Tensor y = direct.forward(x);
        if (hidden.isPresent()) {
            Hidden net = hidden.get();
            y = y.add(net.out().forward(drop(torch.gelu(net.in().forward(x)), training)));
        }
        return Tensors.unit(y.toType(torch.ScalarType.Float));
    }

    /// @return unit vectors, one for each image or video, `[batch, dimension]`
    public Tensor forward(Frames frames, boolean training) {
        Tensor images = forward(frames.rows(), training);
        if (temporal.isPresent()) {
            return temporal.get().forward(images, frames.lengths(), training);
        }
        return frames.areImages() ? images : Tensors.unit(FrameMean.of(images, frames.lengths()));
    }

    private Tensor drop(Tensor x, boolean training) {
        return training && config.dropout() > 0 ? torch.dropout(x, config.dropout(), true) : x;
    }
}
