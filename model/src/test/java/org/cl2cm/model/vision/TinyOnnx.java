package org.cl2cm.model.vision;

import static org.cl2cm.model.OnnxMessage.node;
import static org.cl2cm.model.OnnxMessage.value;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.cl2cm.model.OnnxMessage;

/// Writes a small ONNX graph: `image` [n, 8, 8, 3] (or `pixel_values` [n, 3, 8, 8]), `grid` [n, 3, 8,
/// 8] is the image itself, `feat` [n, 3] its mean red, green and blue.
final class TinyOnnx {
    static final int SIZE = 8;

    private TinyOnnx() {}

    static Path write(Path file, ImagePreprocessing.Layout layout, String feat) throws IOException {
        boolean last = layout == ImagePreprocessing.Layout.NHWC;
        String input = last ? "image" : "pixel_values";
        OnnxMessage graph = new OnnxMessage();
        graph.add(1, last ? transpose(input) : node("Identity", "grid", input));
        graph.add(1, node("GlobalAveragePool", "mean", "grid"));
        graph.add(1, node("Flatten", feat, "mean"));
        graph.add(2, "tiny");
        String[] sizes = last ? new String[] {"n", "8", "8", "3"} : new String[] {"n", "3", "8", "8"};
        graph.add(11, value(input, OnnxMessage.FLOAT, sizes));
        graph.add(12, value("grid", OnnxMessage.FLOAT, "n", "3", "8", "8"));
        graph.add(12, value(feat, OnnxMessage.FLOAT, "n", "3"));
        return Files.write(file, OnnxMessage.model(graph).bytes());
    }

    private static OnnxMessage transpose(String input) {
        OnnxMessage order = new OnnxMessage().add(1, "perm");
        for (int axis : new int[] {0, 3, 1, 2}) {
            order.add(8, axis);
        }
        return node("Transpose", "grid", input).add(5, order.add(20, 7));
    }
}
