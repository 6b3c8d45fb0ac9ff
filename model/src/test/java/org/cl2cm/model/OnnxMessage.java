package org.cl2cm.model;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/// A protocol buffer message, enough to write small ONNX graphs.
public final class OnnxMessage {
    public static final int FLOAT = 1;
    public static final int INT64 = 7;
    public static final int BOOL = 9;

    private static final int LENGTH_DELIMITED = 2;
    private static final int FIXED32 = 5;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    /// A node with one output.
    public static OnnxMessage node(String operation, String output, String... inputs) {
        OnnxMessage node = new OnnxMessage();
        for (String input : inputs) {
            node.add(1, input);
        }
        return node.add(2, output).add(4, operation);
    }

    /// A model of one graph, operator set 13.
    public static OnnxMessage model(OnnxMessage graph) {
        return new OnnxMessage()
                .add(1, 8)
                .add(7, graph)
                .add(8, new OnnxMessage().add(1, "").add(2, 13));
    }

    /// An input or output; a size that is no number is open.
    public static OnnxMessage value(String name, int type, String... sizes) {
        OnnxMessage shape = new OnnxMessage();
        for (String size : sizes) {
            OnnxMessage dimension = new OnnxMessage();
            shape.add(1, size.matches("[0-9]+") ? dimension.add(1, Integer.parseInt(size)) : dimension.add(2, size));
        }
        OnnxMessage tensor = new OnnxMessage().add(1, type).add(2, shape);
        return new OnnxMessage().add(1, name).add(2, new OnnxMessage().add(1, tensor));
    }

    /// A constant of floats.
    public static OnnxMessage floats(String name, float[] values, int... sizes) {
        ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * values.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        return constant(name, FLOAT, bytes.array(), sizes);
    }

    /// A constant list of whole numbers.
    public static OnnxMessage longs(String name, long... values) {
        ByteBuffer bytes = ByteBuffer.allocate(Long.BYTES * values.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asLongBuffer().put(values);
        return constant(name, INT64, bytes.array(), values.length);
    }

    private static OnnxMessage constant(String name, int type, byte[] bytes, int... sizes) {
        OnnxMessage tensor = new OnnxMessage();
        for (int size : sizes) {
            tensor.add(1, size);
        }
        return tensor.add(2, type).add(8, name).add(9, bytes);
    }

    /// A node's attribute that is a whole number.
    public static OnnxMessage attribute(String name, int value) {
        return new OnnxMessage().add(1, name).add(3, value).add(20, 2);
    }

    /// A node's attribute that is a graph.
    public static OnnxMessage attribute(String name, OnnxMessage graph) {
        return new OnnxMessage().add(1, name).add(6, graph).add(20, 5);
    }

    private void varint(int value) {
        int rest = value;
        while (rest > 127) {
            out.write((rest & 127) | 128);
            rest >>>= 7;
        }
        out.write(rest);
    }

    /// @param value not negative
    public OnnxMessage add(int field, int value) {
        varint(field << 3);
        varint(value);
        return this;
    }

    public OnnxMessage add(int field, float value) {
        varint((field << 3) | FIXED32);
        int bits = Float.floatToIntBits(value);
        for (int shift = 0; shift < 32; shift += 8) {
            out.write(bits >>> shift);
        }
        return this;
    }

    public OnnxMessage add(int field, String text) {
        return add(field, text.getBytes(StandardCharsets.UTF_8));
    }

    public OnnxMessage add(int field, OnnxMessage message) {
        return add(field, message.bytes());
    }

    private OnnxMessage add(int field, byte[] bytes) {
        varint((field << 3) | LENGTH_DELIMITED);
        varint(bytes.length);
        out.writeBytes(bytes);
        return this;
    }

    public byte[] bytes() {
        return out.toByteArray();
    }
}
