package org.cl2cm.model.vision;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.TensorInfo;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.cl2cm.data.DataException;

/// The output of an ONNX graph that is taken as feature vector: `[n, dimension]`, or `[n, channels,
/// height, width]` pooled to a grid.
///
/// @param name its name in the graph
/// @param grid cells in a row and in a column of the pooled grid, 0 for an output that has no places
record GraphOutput(String name, int grid) {
    /// What exporters call the pooled features, the likeliest first.
    private static final List<String> USUAL = List.of("feat", "image_embeds", "pooler_output");

    /// @param wanted the output the user named, if any
    /// @param pool cells in a row and in a column the user asked for, 0 for none
    /// @throws DataException when the choice is not clear or cannot be a feature vector; lists the
    ///     outputs
    static GraphOutput choose(Path file, Map<String, NodeInfo> outputs, Optional<String> wanted, int pool)
            throws DataException {
        String name = wanted.isPresent() ? named(file, outputs, wanted.get()) : likeliest(file, outputs);
        int rank = rank(outputs, name);
        if (rank == (pool == 0 ? 2 : 4)) {
            return new GraphOutput(name, pool);
        }
        String reason = switch (rank) {
            case 2 -> "has one vector an image and cannot be pooled; leave --pool away";
            case 4 -> "is spatial; add --pool 1 for its mean or --pool 2 for the means of four quarters";
            default -> "is no feature vector [n, dimension] or [n, channels, height, width] of floats";
        };
        throw DataException.in(file, "output \"" + name + "\" " + reason + "; " + list(outputs));
    }

    private static String named(Path file, Map<String, NodeInfo> outputs, String wanted) throws DataException {
        if (!outputs.containsKey(wanted)) {
            throw DataException.in(file, "has no output \"" + wanted + "\"; " + list(outputs));
        }
        return wanted;
    }

    private static String likeliest(Path file, Map<String, NodeInfo> outputs) throws DataException {
        for (String name : USUAL) {
            if (outputs.containsKey(name)) {
                return name;
            }
        }
        List<String> flat = outputs.keySet().stream()
                .filter(name -> rank(outputs, name) == 2)
                .toList();
        if (flat.size() != 1) {
            throw DataException.in(file, "which output are the features? Name one with --output; " + list(outputs));
        }
        return flat.getFirst();
    }

    /// Dimensions of an output of floats, or -1.
    private static int rank(Map<String, NodeInfo> outputs, String name) {
        NodeInfo node = outputs.get(name);
        return node != null
                        && node.getInfo() instanceof TensorInfo info
                        && (info.type == OnnxJavaType.FLOAT || info.type == OnnxJavaType.FLOAT16)
                ? info.getShape().length
                : -1;
    }

    private static String list(Map<String, NodeInfo> outputs) {
        return "its outputs: "
                + outputs.values().stream().map(GraphOutput::describe).collect(Collectors.joining(", "));
    }

    private static String describe(NodeInfo node) {
        return node.getInfo() instanceof TensorInfo info
                ? node.getName() + " "
                        + Arrays.stream(info.getShape())
                                .mapToObj(size -> size < 0 ? "n" : Long.toString(size))
                                .collect(Collectors.joining(", ", "[", "]"))
                : node.getName();
    }

    /// Feature vectors of the values of a batch.
    ///
    /// @param values `[shape]` in C order
    /// @return `[shape[0], ...]`, row by row
    float[] features(float[] values, long[] shape) {
        return grid == 0 ? values : pool(values, shape, grid);
    }

    /// Means over the cells of a `grid x grid` division, cell after cell, in a cell channel after
    /// channel. Cells of a size that does not divide share their border rows, as adaptive average
    /// pooling has it.
    static float[] pool(float[] values, long[] shape, int grid) {
        int channels = (int) shape[1];
        int height = (int) shape[2];
        int width = (int) shape[3];
        if (grid > height || grid > width) {
            throw new IllegalArgumentException(
                    "a map of " + height + " x " + width + " places cannot be pooled to " + grid + " x " + grid);
        }
        float[] pooled = new float[(int) shape[0] * grid * grid * channels];
        int at = 0;
        for (int image = 0; image < shape[0]; image++) {
            for (int cell = 0; cell < grid * grid; cell++) {
                int row = cell / grid;
                int column = cell % grid;
                for (int channel = 0; channel < channels; channel++) {
                    int plane = (image * channels + channel) * height * width;
                    double sum = 0;
                    int top = row * height / grid;
                    int bottom = Math.ceilDiv((row + 1) * height, grid);
                    int left = column * width / grid;
                    int right = Math.ceilDiv((column + 1) * width, grid);
                    for (int y = top; y < bottom; y++) {
                        for (int x = left; x < right; x++) {
                            sum += values[plane + y * width + x];
                        }
                    }
                    pooled[at++] = (float) (sum / ((bottom - top) * (right - left)));
                }
            }
        }
        return pooled;
    }
}
