package org.cl2cm.model;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.cl2cm.data.DataException;

/// Carries vectors of a model into the space of an older one, so that new queries search a gallery that
/// the older model encoded, and new items go into it: an affine map that was fitted on texts alone
/// (after XBT, 2024, which learns a projection on text for the vectors of both modalities).
///
/// In a model folder it is `compatible/SPACE.safetensors`, SPACE the older model's fingerprint.
/// Immutable; safe for use by many threads.
public final class CompatibleProjection {
    /// Its folder in a model folder.
    public static final String FOLDER = "compatible";

    private static final String SUFFIX = ".safetensors";
    private static final String TENSOR = "projection";
    private static final String MODEL = "model";
    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final String space;
    private final int from;
    private final int to;
    private final float[] weights;

    /// @param space fingerprint of the model whose space it leads into
    /// @param from dimension of the vectors that it takes
    /// @param to dimension of that space
    /// @param weights row-major `[to, from + 1]`, a row's last number is added to the product of the
    ///     others
    public CompatibleProjection(String space, int from, int to, float[] weights) {
        if (from < 1 || to < 1 || weights.length != Math.multiplyExact(to, from + 1)) {
            throw new IllegalArgumentException(weights.length + " weights do not carry " + from + " numbers to " + to);
        }
        this.space = space;
        this.from = from;
        this.to = to;
        this.weights = weights.clone();
    }

    /// Fingerprint of the model whose space it leads into.
    public String space() {
        return space;
    }

    /// Dimension of that space.
    public int dimension() {
        return to;
    }

    /// @param rows vectors of the newer model, row-major
    /// @return unit vectors of the older model's space, row-major
    public float[] apply(float[] rows) {
        if (rows.length % from != 0) {
            throw new IllegalArgumentException(rows.length + " numbers are no rows of " + from);
        }
        int count = rows.length / from;
        float[] result = new float[count * to];
        for (int row = 0; row < count; row++) {
            double squares = 0;
            double[] carried = new double[to];
            for (int i = 0; i < to; i++) {
                int at = i * (from + 1);
                double sum = weights[at + from];
                for (int j = 0; j < from; j++) {
                    sum += (double) weights[at + j] * rows[row * from + j];
                }
                carried[i] = sum;
                squares += sum * sum;
            }
            double scale = squares == 0 ? 0 : 1 / Math.sqrt(squares);
            for (int i = 0; i < to; i++) {
                result[row * to + i] = (float) (carried[i] * scale);
            }
        }
        return result;
    }

    /// Writes it into the folder of the newer model, in the place of an earlier one into the same
    /// space.
    public void write(Path model) throws IOException {
        Files.createDirectories(model.resolve(FOLDER));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment data = arena.allocate(4L * weights.length, 4);
            for (int i = 0; i < weights.length; i++) {
                data.set(FLOAT, 4L * i, weights[i]);
            }
            Safetensors.write(
                    file(model, space),
                    Map.of(TENSOR, new Safetensors.Entry(Safetensors.Type.F32, new long[] {to, from + 1L}, data)),
                    Map.of(MODEL, ModelDescription.read(model).fingerprint()));
        }
    }

    /// The projection of a model into a space, where its folder has one.
    ///
    /// @throws DataException when the file is damaged or belongs to another model
    public static Optional<CompatibleProjection> read(Path model, String space) throws IOException {
        Path file = file(model, space);
        if (!Files.isRegularFile(file)) {
            return Optional.empty();
        }
        ModelDescription description = ModelDescription.read(model);
        try (Safetensors tensors = Safetensors.open(file)) {
            long[] shape = tensors.shape(TENSOR);
            if (tensors.type(TENSOR) != Safetensors.Type.F32
                    || shape.length != 2
                    || shape[0] < 1
                    || shape[1] != description.dimension() + 1L) {
                throw DataException.in(
                        file,
                        "tensor \"" + TENSOR + "\" does not take vectors of " + description.dimension() + " numbers");
            }
            String made = tensors.metadata().getOrDefault(MODEL, "");
            if (!made.equals(description.fingerprint())) {
                throw DataException.in(
                        file,
                        "was made for model " + made + ", but the folder holds model " + description.fingerprint()
                                + ": make it anew with train --compatible-with");
            }
            MemorySegment data = tensors.data(TENSOR);
            float[] weights = new float[Math.toIntExact(data.byteSize() / 4)];
            for (int i = 0; i < weights.length; i++) {
                weights[i] = data.get(FLOAT, 4L * i);
                if (!Float.isFinite(weights[i])) {
                    throw DataException.in(file, "tensor \"" + TENSOR + "\" holds " + weights[i]);
                }
            }
            return Optional.of(
                    new CompatibleProjection(space, description.dimension(), Math.toIntExact(shape[0]), weights));
        }
    }

    /// Fingerprints of the older models that a model can stand in for.
    public static List<String> spaces(Path model) throws IOException {
        Path folder = model.resolve(FOLDER);
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(SUFFIX))
                    .map(name -> name.substring(0, name.length() - SUFFIX.length()))
                    .sorted()
                    .toList();
        }
    }

    private static Path file(Path model, String space) {
        if (!space.matches("[A-Za-z0-9._-]+")) {
            throw new IllegalArgumentException("\"" + space + "\" is no fingerprint");
        }
        return model.resolve(FOLDER).resolve(space + SUFFIX);
    }
}
