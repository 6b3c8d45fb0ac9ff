package org.cl2cm.model.vision;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/// Writes a small ONNX graph: `image` [n, 8, 8, 3] (or `pixel_values` [n, 3, 8, 8]), `grid` [n, 3, 8, 8]
/// is the image itself, `feat` [n, 3] its mean red, green and blue.
final class TinyOnnx {
    static final int SIZE = 8;

    private static final int LENGTH_DELIMITED = 2;

    private TinyOnnx() {}

    static Path write(Path file, ImagePreprocessing.Layout layout, String feat) throws IOException {
        boolean last = layout == ImagePreprocessing.Layout.NHWC;
        String input = last ? "image" : "pixel_values";
        Message graph = new Message();
        graph.add(1, last ? transpose(input) : node("Identity", input, "grid"));
        graph.add(1, node("GlobalAveragePool", "grid", "mean"));
        graph.add(1, node("Flatten", "mean", feat));
        graph.add(2, "tiny");
        graph.add(11, last ? value(input, SIZE, SIZE, 3) : value(input, 3, SIZE, SIZE));
        graph.add(12, value("grid", 3, SIZE, SIZE));
        graph.add(12, value(feat, 3));
        Message model = new Message();
        model.add(1, 8);
        model.add(7, graph);
        model.add(8, new Message().add(1, "").add(2, 13));
        return Files.write(file, model.bytes());
    }

    private static Message node(String operation, String input, String output) {
        return new Message().add(1, input).add(2, output).add(4, operation);
    }

    private static Message transpose(String input) {
        Message order = new Message().add(1, "perm");
        for (int axis : new int[] {0, 3, 1, 2}) {
            order.add(8, axis);
        }
        return node("Transpose", input, "grid").add(5, order.add(20, 7));
    }

    private static Message value(String name, int... sizes) {
        Message shape = new Message().add(1, new Message().add(2, "n"));
        for (int size : sizes) {
            shape.add(1, new Message().add(1, size));
        }
        Message tensor = new Message().add(1, 1).add(2, shape);
        return new Message().add(1, name).add(2, new Message().add(1, tensor));
    }

    /// A protocol buffer message.
    private static final class Message {
        private final ByteArrayOutputStream out = new ByteArrayOutputStream();

        private void varint(int value) {
            int rest = value;
            while (rest > 127) {
                out.write((rest & 127) | 128);
                rest >>>= 7;
            }
            out.write(rest);
        }

        Message add(int field, int value) {
            varint(field << 3);
            varint(value);
            return this;
        }

        Message add(int field, String text) {
            return add(field, text.getBytes(StandardCharsets.UTF_8));
        }

        Message add(int field, Message message) {
            return add(field, message.bytes());
        }

        private Message add(int field, byte[] bytes) {
            varint((field << 3) | LENGTH_DELIMITED);
            varint(bytes.length);
            out.writeBytes(bytes);
            return this;
        }

        byte[] bytes() {
            return out.toByteArray();
        }
    }
}
