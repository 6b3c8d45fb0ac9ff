package org.cl2cm.model.nn;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/// From the vectors of a video's frames to one vector: their mean, and what a transformer adds to it
/// that sees all frames and their order (the "sequential" similarity of CLIP4Clip, Luo et al., 2022).
///
/// What the transformer adds goes through a matrix that starts as zeros, so a network starts as the
/// mean, which is hard to beat with little data, and learns where to leave it.
final class TemporalTransformer {
    private final int most;
    private final Tensor positions;
    private final LayerNorm norm;
    private final List<TransformerLayer> layers = new ArrayList<>();
    private final Linear output;

    /// @param config with at least one temporal layer
    TemporalTransformer(VisionTower.Config config, Parameters parameters, String prefix) {
        int width = config.dimension();
        most = config.frames();
        // As long as the frames' vectors: with shorter ones the order was hardly learnt.
        positions = parameters.normal(prefix + "positions", 1 / Math.sqrt(width), most, width);
        norm = LayerNorm.create(parameters, prefix + "norm", width, 1e-6);
        TransformerLayer.Shape shape = new TransformerLayer.Shape(
                width, config.temporalHeads(), 4 * width, 1e-6, Math.min(config.dropout(), 0.1));
        for (int i = 0; i < config.temporalLayers(); i++) {
            layers.add(TransformerLayer.random(shape, parameters, prefix + "layer." + i + "."));
        }
        output = new Linear(
                parameters.constant(prefix + "output.weight", 0, width, width),
                parameters.constant(prefix + "output.bias", 0, width));
    }

    /// @param frames unit vectors, `[frames, dimension]`, those of a video one after another
    /// @param lengths frames of each video, at most as many as the network was made for
    /// @return unit vectors, `[videos, dimension]`
    Tensor forward(Tensor frames, int[] lengths, boolean training) {
        int longest = Arrays.stream(lengths).max().orElse(0);
        if (longest > most) {
            throw new IllegalArgumentException("a video of " + longest + " frames; the network sees " + most);
        }
        Tensor x = FrameMean.padded(frames, lengths);
        Tensor padding = Padding.bias(lengths, longest);
        Tensor y = norm.forward(x.add(positions.narrow(0, 0, longest)));
        for (TransformerLayer layer : layers) {
            y = layer.forward(y, padding, training);
        }
        Tensor added = output.forward(FrameMean.ofPadded(y, lengths));
        return Tensors.unit(FrameMean.ofPadded(x, lengths).add(added));
    }
}
