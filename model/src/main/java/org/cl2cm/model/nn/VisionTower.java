package org.cl2cm.model.nn;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/// From the features of an image to a unit vector: a linear map and, beside it, a small network.
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
    private final Linear direct;
    private final java.util.Optional<Hidden> hidden;

    private record Hidden(Linear in, Linear out) {}

    public VisionTower(Config config, Parameters parameters, String prefix) {
        this.config = config;
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

    /// @param features `[batch, features]`, float32
    /// @return unit vectors, `[batch, dimension]`
    public Tensor forward(Tensor features, boolean training) {
        Tensor x = drop(features, training);
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
