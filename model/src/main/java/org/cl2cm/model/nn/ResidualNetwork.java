package org.cl2cm.model.nn;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/// A small residual network on pixels (He et al., CVPR 2016) with group normalisation (Wu and He, ECCV 2018), for
/// small closed domains: it trains with everything else, no pre-trained encoder is needed.
final class ResidualNetwork {
    private static final int GROUPS = 8;
    private static final int STAGES = 3;

    private record Convolution(Tensor weight, Tensor scale, Tensor shift, int stride) {
        static Convolution create(Parameters parameters, String name, int in, int out, int size, int stride) {
            return new Convolution(
                    parameters.normal(name + ".weight", Math.sqrt(2.0 / (in * size * size)), out, in, size, size),
                    parameters.constant(name + ".norm.weight", 1, out),
                    parameters.constant(name + ".norm.bias", 0, out),
                    stride);
        }

        Tensor forward(Tensor x) {
            Tensor y = weight.size(2) == 1 ? pointwise(x) : convolve(x);
            return torch.group_norm(y, GROUPS, Tensors.some(scale), Tensors.some(shift), 1e-5, false);
        }

        private Tensor convolve(Tensor x) {
            long side = weight.size(2);
            return torch.conv2d(
                    x,
                    weight,
                    Tensors.none(),
                    new long[] {stride, stride},
                    new long[] {side / 2, side / 2},
                    new long[] {1, 1},
                    1);
        }

        /// A 1 x 1 convolution as a matrix product: the engine's own (oneDNN, AVX-512) writes past its memory in the
        /// backward pass of small maps, which ends the process.
        private Tensor pointwise(Tensor x) {
            long batch = x.size(0);
            long in = x.size(1);
            long height = x.size(2) / stride;
            long columns = x.size(3) / stride;
            Tensor seen = x.view(batch, in, height, stride, columns, stride)
                    .select(5, 0)
                    .select(3, 0)
                    .reshape(batch, in, height * columns);
            return torch.matmul(weight.view(weight.size(0), in), seen).view(batch, weight.size(0), height, columns);
        }
    }

    private record Block(Convolution first, Convolution second, Optional<Convolution> shortcut) {
        Tensor forward(Tensor x) {
            Tensor y = second.forward(torch.relu(first.forward(x)));
            return torch.relu(y.add(shortcut.map(path -> path.forward(x)).orElse(x)));
        }
    }

    private final int side;
    private final int width;
    private final Convolution stem;
    private final List<Block> blocks = new ArrayList<>();

    /// @param side of the square images in pixels, a multiple of 16
    /// @param channels of the first stage, a multiple of 8; every stage doubles them and halves the side
    ResidualNetwork(int side, int channels, Parameters parameters, String prefix) {
        if (channels <= 0 || channels % GROUPS != 0) {
            throw new IllegalArgumentException("vision.channels: " + channels + " is no multiple of " + GROUPS);
        }
        if (side % 16 != 0) {
            throw new IllegalArgumentException("vision.pixels: " + side + " is no multiple of 16");
        }
        this.side = side;
        this.stem = Convolution.create(parameters, prefix + "stem", 3, channels, 3, 1);
        int in = channels;
        for (int stage = 0; stage < STAGES; stage++) {
            int out = channels << stage;
            String name = prefix + "stage." + stage + ".";
            blocks.add(new Block(
                    Convolution.create(parameters, name + "first", in, out, 3, 2),
                    Convolution.create(parameters, name + "second", out, out, 3, 1),
                    Optional.of(Convolution.create(parameters, name + "shortcut", in, out, 1, 2))));
            in = out;
        }
        this.width = in;
    }

    /// Length of a result: the channels of the last stage in each of 2 x 2 quarters of the image, since where a
    /// thing is belongs to what is said about it.
    int features() {
        return 4 * width;
    }

    /// @param pixels 0 to 1, rows of `side * side * 3`, red, green, blue
    /// @return `[batch, features]`
    Tensor forward(Tensor pixels) {
        long batch = pixels.size(0);
        Tensor x = pixels.view(batch, side, side, 3)
                .permute(0, 3, 1, 2)
                .sub(Tensors.scalar(0.5))
                .mul(Tensors.scalar(4));
        x = torch.relu(stem.forward(x));
        for (Block block : blocks) {
            x = block.forward(x);
        }
        long half = x.size(2) / 2;
        return x.view(batch, width, 2, half, 2, half)
                .mean(new long[] {3, 5}, false, new ScalarTypeOptional())
                .reshape(batch, features());
    }
}
