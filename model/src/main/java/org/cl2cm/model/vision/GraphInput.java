package org.cl2cm.model.vision;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.TensorInfo;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.cl2cm.data.DataException;

/// The image input of an ONNX graph.
///
/// @param name its name in the graph
/// @param layout the order of its numbers
/// @param size width and height, empty when the graph takes any
/// @param batch how many images it takes at once, empty when any number
record GraphInput(
        String name,
        ImagePreprocessing.Layout layout,
        Optional<ImagePreprocessing.Size> size,
        Optional<Integer> batch) {

    /// @throws DataException when the graph has not exactly one input, or it is not a float32 image
    ///     batch
    static GraphInput of(Path file, Collection<NodeInfo> inputs) throws DataException {
        if (inputs.size() != 1) {
            throw DataException.in(
                    file,
                    "has " + inputs.size() + " inputs (" + names(inputs)
                            + "), an image encoder has one; export the image part of the model alone");
        }
        NodeInfo node = inputs.iterator().next();
        if (!(node.getInfo() instanceof TensorInfo info)
                || info.type != OnnxJavaType.FLOAT
                || info.getShape().length != 4) {
            throw DataException.in(
                    file,
                    "input \"" + node.getName() + "\" is " + node.getInfo()
                            + ", expected float32 of shape [n, height, width, 3] or [n, 3, height, width]");
        }
        long[] shape = info.getShape();
        ImagePreprocessing.Layout layout = layout(file, node.getName(), info);
        int rows = layout == ImagePreprocessing.Layout.NHWC ? 1 : 2;
        Optional<ImagePreprocessing.Size> size = shape[rows] > 0 && shape[rows + 1] > 0
                ? Optional.of(new ImagePreprocessing.Size((int) shape[rows + 1], (int) shape[rows]))
                : Optional.empty();
        return new GraphInput(
                node.getName(), layout, size, shape[0] > 0 ? Optional.of((int) shape[0]) : Optional.empty());
    }

    private static ImagePreprocessing.Layout layout(Path file, String name, TensorInfo info) throws DataException {
        long[] shape = info.getShape();
        if (shape[1] == 3) {
            return ImagePreprocessing.Layout.NCHW;
        }
        if (shape[3] == 3) {
            return ImagePreprocessing.Layout.NHWC;
        }
        if (shape[1] > 0 && shape[3] > 0) {
            throw DataException.in(
                    file,
                    "input \"" + name + "\" is " + info + ", which has no dimension of three channels in place 1 or 3");
        }
        if (shape[1] > 0 || shape[3] > 0) {
            // The open one of the two is not height or width, which are given.
            return shape[1] > 0 ? ImagePreprocessing.Layout.NHWC : ImagePreprocessing.Layout.NCHW;
        }
        // Exporters that leave every dimension open name it; without a name, channels first is ONNX's own order.
        String[] names = info.getDimensionNames();
        return names.length == 4 && names[3].toLowerCase(Locale.ROOT).contains("channel")
                ? ImagePreprocessing.Layout.NHWC
                : ImagePreprocessing.Layout.NCHW;
    }

    private static String names(Collection<NodeInfo> nodes) {
        return nodes.stream().map(NodeInfo::getName).sorted().collect(Collectors.joining(", "));
    }

    /// The shape of a batch of `count` images of `size`.
    long[] shape(int count, ImagePreprocessing.Size size) {
        return layout == ImagePreprocessing.Layout.NHWC
                ? new long[] {count, size.height(), size.width(), 3}
                : new long[] {count, 3, size.height(), size.width()};
    }
}
