package org.cl2cm.model.nn;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/// From the features of an image to a unit vector: features are standardised with the mean and the deviation of the
/// training set, then a linear map and, beside it, a small network.
public final class VisionTower {
    /// @param features length of a feature vector
    /// @param width of the hidden layer; 0 leaves the small network out
    /// @param dropout of the features and the hidden layer in training
    /// @param dimension of the result
    public record Config(int features, int width, double dropout, int dimension) {
        public Config {
            if (features <= 0 || width < 0 || dimension <= 0) {
                throw new IllegalArgumentException(
                        "features " + features + ", width " + width + ", dimension " + dimension);
            }
        }
    }

    private final Config config;
    private final Tensor mean;
    private final Tensor deviation;
    private final Linear direct;
    private final java.util.Optional<Hidden> hidden;

    private record Hidden(Linear in, Linear out) {}

    public VisionTower(Config config, Parameters parameters, String prefix) {
        this.config = config;
        this.mean = parameters.buffer(prefix + "mean", 0, config.features());
        this.deviation = parameters.buffer(prefix + "deviation", 1, config.features());
        this.direct = Linear.create(parameters, prefix + "direct", config.features(), config.dimension());
        this.hidden = config.width() == 0
                ? java.util.Optional.empty()
                : java.util.Optional.of(new Hidden(
                        Linear.create(parameters, prefix + "hidden", config.features(), config.width()),
                        Linear.create(parameters, prefix + "output", config.width(), config.dimension())));
    }

    public Config config() {
        return config;
    }

    /// Sets mean and deviation of the features.
    ///
    /// @param rows features of the training set, row-major `[images, features]`
    public void standardise(float[] rows) {
        int n = config.features();
        double[] sum = new double[n];
        double[] square = new double[n];
        for (int i = 0; i < rows.length; i++) {
            sum[i % n] += rows[i];
            square[i % n] += (double) rows[i] * rows[i];
        }
        int count = rows.length / n;
        float[] means = new float[n];
        float[] deviations = new float[n];
        for (int j = 0; j < n; j++) {
            means[j] = (float) (sum[j] / count);
            double variance = square[j] / count - sum[j] / count * (sum[j] / count);
            // A feature that never varies tells nothing and must not be blown up.
            deviations[j] = (float) Math.max(Math.sqrt(Math.max(variance, 0)), 1e-4);
        }
        mean.copy_(Tensors.of(means, n));
        deviation.copy_(Tensors.of(deviations, n));
    }

    /// @param features `[batch, features]`, float32
    /// @return unit vectors, `[batch, dimension]`
    public Tensor forward(Tensor features, boolean training) {
        Tensor x = drop(features.sub(mean).div(deviation), training);
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
