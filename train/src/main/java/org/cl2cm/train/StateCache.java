package org.cl2cm.train;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.cl2cm.data.AtomicFile;
import org.cl2cm.data.DataException;
import org.cl2cm.data.JsonLines;
import org.cl2cm.data.ProgressListener;
import org.cl2cm.model.nn.FrozenPrefix;
import org.cl2cm.model.nn.Tensors;

/// The frozen-prefix cache: what the frozen layers make of every caption, computed once, in half
/// precision, and shared by teacher, student and every run with the same frozen layers.
///
/// A folder of parts; a part is `part-N.f16` (rows of float16, one after the other) and `part-N.jsonl`
/// (`{"text", "length"}` a line), which is written last: a part without it does not count and is
/// written again. Texts that are missing are added as new parts, so a run that is killed goes on where
/// it was. One process adds at a time, any number reads.
final class StateCache implements StateSource {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int TEXTS_A_PART = 2_048;
    private static final int TOKENS_A_BATCH = 2_048;

    private record Place(int part, long row, int length) {}

    private final Path folder;
    private final int hidden;
    /// Read, not mapped: the pages of a mapped file count as this process's memory.
    private final List<FileChannel> parts = new ArrayList<>();
    private final Map<String, Place> places = new HashMap<>();

    private StateCache(Path folder, int hidden) {
        this.folder = folder;
        this.hidden = hidden;
    }

    /// Gives the frozen layers when something has to be computed.
    @FunctionalInterface
    interface Source {
        FrozenPrefix load() throws IOException;
    }

    /// Opens the cache in `folder` and computes what is missing of `texts`.
    ///
    /// @param hidden width of the states
    /// @param threads texts computed at once, each by one thread of the engine
    static StateCache open(
            Path folder, int hidden, Collection<String> texts, Source source, int threads, ProgressListener progress)
            throws IOException {
        Files.createDirectories(folder);
        StateCache cache = new StateCache(folder, hidden);
        try (FileChannel channel =
                        FileChannel.open(folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = channel.lock()) {
            cache.readParts();
            List<String> missing = new ArrayList<>(new LinkedHashSet<>(texts));
            missing.removeIf(cache.places::containsKey);
            if (!missing.isEmpty()) {
                cache.compute(missing, source.load(), threads, progress);
            }
            if (!lock.isValid()) {
                throw new IOException(folder + ": the lock was lost");
            }
        } catch (IOException | RuntimeException e) {
            cache.close();
            throw e;
        }
        return cache;
    }

    private Path file(int part, String ending) {
        return folder.resolve(String.format("part-%05d.%s", part, ending));
    }

    private void readParts() throws IOException {
        while (Files.exists(file(parts.size(), "jsonl"))) {
            int part = parts.size();
            long[] row = {0};
            JsonLines.forEach(file(part, "jsonl"), (line, node) -> {
                int length = node.path("length").asInt();
                places.put(node.path("text").asText(), new Place(part, row[0], length));
                row[0] += length;
            });
            Path file = file(part, "f16");
            if (Files.size(file) != row[0] * hidden * Short.BYTES) {
                throw DataException.in(
                        file,
                        Files.size(file) + " bytes, expected " + row[0] * hidden * Short.BYTES
                                + "; remove the folder and it will be computed again");
            }
            parts.add(FileChannel.open(file, StandardOpenOption.READ));
        }
    }

    private void compute(List<String> missing, FrozenPrefix prefix, int threads, ProgressListener progress)
            throws IOException {
        // Alike in length within a part, so that little is padded; the order does not depend on the caller's.
        Map<String, int[]> tokens = new HashMap<>();
        for (int from = 0; from < missing.size(); from += TEXTS_A_PART) {
            List<String> some = missing.subList(from, Math.min(missing.size(), from + TEXTS_A_PART));
            int[][] rows = prefix.tokens(some);
            for (int i = 0; i < rows.length; i++) {
                tokens.put(some.get(i), rows[i]);
            }
        }
        List<String> sorted = new ArrayList<>(missing);
        sorted.sort(Comparator.comparingInt((String text) -> tokens.getOrDefault(text, new int[0]).length)
                .thenComparing(Comparator.naturalOrder()));
        AtomicLong done = new AtomicLong();
        progress.update(0, sorted.size(), "");
        for (int from = 0; from < sorted.size(); from += TEXTS_A_PART) {
            List<String> texts = sorted.subList(from, Math.min(sorted.size(), from + TEXTS_A_PART));
            int[][] rows = texts.stream()
                    .map(text -> tokens.getOrDefault(text, new int[0]))
                    .toArray(int[][]::new);
            writePart(
                    parts.size(),
                    texts,
                    rows,
                    prefix,
                    threads,
                    () -> progress.update(
                            done.get(), sorted.size(), "layer " + prefix.bert().depth()),
                    done);
            readParts();
        }
    }

    private void writePart(
            int part,
            List<String> texts,
            int[][] tokens,
            FrozenPrefix prefix,
            int threads,
            Runnable report,
            AtomicLong done)
            throws IOException {
        long[] starts = new long[texts.size() + 1];
        for (int i = 0; i < tokens.length; i++) {
            starts[i + 1] = starts[i] + tokens[i].length;
        }
        Path file = file(part, "f16");
        Path beside = AtomicFile.beside(file);
        // Written, not mapped: on a full disk a mapped file ends the process without a word.
        try (FileChannel channel = FileChannel.open(
                beside, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            List<Callable<Void>> jobs = new ArrayList<>();
            int from = 0;
            while (from < tokens.length) {
                int to = from + 1;
                while (to < tokens.length && (to + 1 - from) * tokens[to].length <= TOKENS_A_BATCH) {
                    to++;
                }
                int[][] batch = Arrays.copyOfRange(tokens, from, to);
                long[] places = Arrays.copyOfRange(starts, from, to);
                jobs.add(() -> {
                    if (threads > 1) {
                        // One engine thread for each of ours: two small teams beat one large one.
                        torch.set_num_threads(1);
                    }
                    computeBatch(batch, places, prefix, channel);
                    done.addAndGet(batch.length);
                    return null;
                });
                from = to;
            }
            run(jobs, threads, report);
            channel.force(true);
        } catch (IOException e) {
            Files.deleteIfExists(beside);
            throw DataException.in(file, "cannot be written: " + e.getMessage(), e);
        }
        Files.move(
                beside,
                file,
                java.nio.file.StandardCopyOption.ATOMIC_MOVE,
                java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        AtomicFile.write(file(part, "jsonl"), out -> {
            for (int i = 0; i < texts.size(); i++) {
                out.write(JSON.writeValueAsBytes(Map.of("text", texts.get(i), "length", tokens[i].length)));
                out.write('\n');
            }
        });
    }

    private void computeBatch(int[][] tokens, long[] starts, FrozenPrefix prefix, FileChannel channel)
            throws IOException {
        try (PointerScope _ = new PointerScope()) {
            Tensor states = prefix.states(tokens).toType(torch.ScalarType.Half).contiguous();
            MemorySegment memory = Tensors.memory(states);
            long padded = states.size(1) * hidden * Short.BYTES;
            for (int i = 0; i < tokens.length; i++) {
                long size = (long) tokens[i].length * hidden * Short.BYTES;
                ByteBuffer rows = memory.asSlice(i * padded, size).asByteBuffer();
                long start = starts[i] * hidden * Short.BYTES;
                while (rows.hasRemaining()) {
                    channel.write(rows, start + rows.position());
                }
            }
        }
    }

    private static void run(List<Callable<Void>> jobs, int threads, Runnable report) throws IOException {
        try (ExecutorService workers = Executors.newFixedThreadPool(threads)) {
            List<Future<Void>> results = jobs.stream().map(workers::submit).toList();
            for (Future<Void> result : results) {
                result.get();
                report.run();
            }
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException failed) {
                throw failed;
            }
            throw new IOException("the frozen layers failed: " + e.getCause(), e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    private Place place(String text) {
        Place place = places.get(text);
        if (place == null) {
            throw new IllegalArgumentException("the cache " + folder + " was not prepared for the text: " + text);
        }
        return place;
    }

    @Override
    public int hidden() {
        return hidden;
    }

    @Override
    public int length(String text) {
        return place(text).length();
    }

    @Override
    public TokenStates gather(List<String> texts, int[][] kept) {
        int[] lengths = Arrays.stream(kept).mapToInt(places -> places.length).toArray();
        int longest = Arrays.stream(lengths).max().orElseThrow();
        Tensor states = Tensors.zeros(torch.ScalarType.Half, texts.size(), longest, hidden);
        MemorySegment target = Tensors.memory(states);
        long row = (long) hidden * Short.BYTES;
        long padded = longest * row;
        for (int i = 0; i < lengths.length; i++) {
            Place place = place(texts.get(i));
            for (int from = 0; from < lengths[i]; ) {
                int to = from + 1;
                while (to < lengths[i] && kept[i][to] == kept[i][to - 1] + 1) {
                    to++;
                }
                read(
                        place.part(),
                        (place.row() + kept[i][from]) * row,
                        target.asSlice(i * padded + from * row, (to - from) * row));
                from = to;
            }
        }
        return new TokenStates(states, lengths);
    }

    private void read(int part, long position, MemorySegment target) {
        ByteBuffer buffer = target.asByteBuffer();
        try {
            while (buffer.hasRemaining()) {
                if (parts.get(part).read(buffer, position + buffer.position()) < 0) {
                    throw DataException.in(file(part, "f16"), "ends too early; was it changed during the run?");
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        for (FileChannel part : parts) {
            part.close();
        }
    }
}
