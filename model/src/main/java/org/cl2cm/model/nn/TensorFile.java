package org.cl2cm.model.nn;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.cl2cm.data.DataException;
import org.cl2cm.model.Safetensors;

/// Tensors in a safetensors file. Memory mapped; saving and loading keeps every bit.
public final class TensorFile implements Weights, AutoCloseable {
    private static final List<String> PREFIXES = List.of("", "bert.", "roberta.");

    private final Path path;
    private final Safetensors file;

    private TensorFile(Path path, Safetensors file) {
        this.path = path;
        this.file = file;
    }

    /// @throws DataException when the file is damaged
    public static TensorFile open(Path path) throws IOException {
        return new TensorFile(path, Safetensors.open(path));
    }

    /// Writes float32 tensors beside `path` and renames.
    public static void write(Path path, Map<String, Tensor> tensors, Map<String, String> metadata) throws IOException {
        Map<String, Safetensors.Entry> entries = new LinkedHashMap<>();
        tensors.forEach((name, tensor) -> entries.put(
                name,
                new Safetensors.Entry(
                        Safetensors.Type.F32,
                        Tensors.shape(tensor),
                        Tensors.memory(tensor.detach().contiguous()))));
        Safetensors.write(path, entries, metadata);
    }

    /// Tells whether there is a tensor `name`, with or without the prefix of a published checkpoint.
    public boolean has(String name) {
        return PREFIXES.stream().anyMatch(prefix -> file.names().contains(prefix + name));
    }

    @Override
    public Tensor get(String name, long... shape) throws IOException {
        Tensor tensor = Tensors.empty(torch.ScalarType.Float, shape);
        copyTo(name, tensor);
        return tensor;
    }

    /// Copies a tensor of the file over `target`, which must be float32, contiguous and of the same shape.
    public void copyTo(String name, Tensor target) throws IOException {
        String full = PREFIXES.stream()
                .map(prefix -> prefix + name)
                .filter(file.names()::contains)
                .findFirst()
                .orElseThrow(() -> DataException.in(path, "tensor \"" + name + "\" is missing"));
        long[] shape = Tensors.shape(target);
        if (!Arrays.equals(file.shape(full), shape)) {
            throw DataException.in(
                    path,
                    "tensor \"" + full + "\" has the shape " + Arrays.toString(file.shape(full)) + ", expected "
                            + Arrays.toString(shape));
        }
        MemorySegment source = file.data(full);
        switch (file.type(full)) {
            case F32 -> Tensors.memory(target.detach()).copyFrom(source);
            case F16 -> widen(source, torch.ScalarType.Half, shape, target);
            case BF16 -> widen(source, torch.ScalarType.BFloat16, shape, target);
            default -> throw DataException.in(path, "tensor \"" + full + "\" is " + file.type(full) + ", not a float");
        }
    }

    private static void widen(MemorySegment source, torch.ScalarType type, long[] shape, Tensor target) {
        Tensor narrow = Tensors.empty(type, shape);
        Tensors.memory(narrow).copyFrom(source);
        target.detach().copy_(narrow);
        narrow.close();
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
