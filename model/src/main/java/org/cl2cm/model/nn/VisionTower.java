package org.cl2cm.model.nn;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/// From the features of an image to a unit vector: features are evened out and centred on the training set, then a
/// linear map and, beside it, a small network. Where the features are pixels, a residual network
/// sees them first.
public final class VisionTower {
    /// @param features length of a feature vector
    /// @param pixels side of square images when the features are their pixels and a residual network is to see
    ///     them; 0 for features of an encoder
    /// @param channels of the residual network's first stage; 0 without one
    /// @param width of the hidden layer; 0 leaves the small network out
    /// @param dropout of the features and the hidden layer in training
    /// @param dimension of the result
    public record Config(int features, int pixels, int channels, int width, double dropout, int dimension) {
        public Config {
            if (pixels > 0 && features != pixels * pixels * 3) {
                throw new IllegalArgumentException("vision.pixels: " + pixels + " needs features of length "
                        + pixels * pixels * 3 + " (encode --encoder pixels:" + pixels + "), not " + features);
            }
            if (features <= 0 || width < 0 || dimension <= 0) {
                throw new IllegalArgumentException(
                        "features " + features + ", width " + width + ", dimension " + dimension);
            }
        }
    }

    private static final int ROWS = 1_024;

    private final Config config;
    private final java.util.Optional<ResidualNetwork> residual;
    private final Tensor mean;
    private final Tensor deviation;
    private final Linear direct;
    private final java.util.Optional<Hidden> hidden;

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
    }

    public Config config() {
        return config;
    }

    /// Sets the mean of an encoder's features, and the one deviation that all of them share: a feature of small
    /// variance is not blown up, which overfits. Pixels are left as they are.
    ///
    /// @param rows features of the training set, row-major `[images, features]`
    public void standardise(float[] rows) {
        if (residual.isPresent()) {
            return;
        }
        int n = config.features();
        int count = rows.length / n;
        double[] sum = new double[n];
        double square = 0;
        for (int from = 0; from < count; from += ROWS) {
            int to = Math.min(count, from + ROWS);
            float[] some = java.util.Arrays.copyOfRange(rows, from * n, to * n);
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

    private Tensor drop(Tensor x, boolean training) {
        return training && config.dropout() > 0 ? torch.dropout(x, config.dropout(), true) : x;
    }
}
