package org.cl2cm.data;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A feature store over memory-mapped files.
final class MappedFeatures implements FeatureStore {
    private final Path path;
    private final Arena arena;
    private final FeatureIds ids = new FeatureIds();
    private final List<FeatureMatrix> matrices = new ArrayList<>();
    private final List<String> names;
    private final int[] starts;
    private final int dimension;
    private final Map<String, Video> videos;

    static MappedFeatures open(Path path) throws IOException {
        Arena arena = Arena.ofShared();
        try {
            return new MappedFeatures(path, arena);
        } catch (IOException | RuntimeException e) {
            arena.close();
            throw e;
        }
    }

    private MappedFeatures(Path path, Arena arena) throws IOException {
        this.path = path;
        this.arena = arena;
        List<Path> npys = new ArrayList<>();
        if (Files.isRegularFile(path)) {
            npys.add(path);
        } else if (Files.isRegularFile(path.resolve("feature.bin"))) {
            addBigFile(path);
        } else if (Files.isDirectory(path)) {
            npys.addAll(arrays(path));
        } else {
            throw DataException.in(path, "no such file or folder; features are made with cl2cm encode");
        }
        for (Path npy : npys) {
            addNpy(npy);
        }
        this.names = ids.all();
        this.dimension = matrices.getFirst().dimension();
        this.starts = new int[matrices.size() + 1];
        for (int i = 0; i < matrices.size(); i++) {
            starts[i + 1] = starts[i] + matrices.get(i).rows();
        }
        this.videos = StoredVideos.read(path, npys, id -> ids.row(id) >= 0);
    }

    /// The `.npy` files of a folder: its partitions, or the only one.
    private static List<Path> arrays(Path folder) throws IOException {
        List<Path> all = new ArrayList<>();
        try (var listing = Files.newDirectoryStream(folder, "*.npy")) {
            listing.forEach(all::add);
        }
        Collections.sort(all);
        List<Path> partitions = all.stream()
                .filter(file -> file.getFileName().toString().matches("part-\\d+\\.npy"))
                .toList();
        if (!partitions.isEmpty()) {
            return partitions;
        }
        if (all.size() == 1) {
            return all;
        }
        throw DataException.in(
                folder,
                all.isEmpty()
                        ? "holds no features: expected part-00000.npy, one .npy file, or feature.bin"
                        : "holds " + all.size() + " .npy files; name the one to read");
    }

    private void addNpy(Path file) throws IOException {
        NpyHeader header = NpyHeader.read(file);
        String name = file.getFileName().toString();
        String stem = name.endsWith(".npy") ? name.substring(0, name.length() - 4) : name;
        Path own = file.resolveSibling(stem + ".ids.txt");
        Path shared = file.resolveSibling("ids.txt");
        Path list = Files.exists(own) ? own : shared;
        if (!Files.exists(list)) {
            throw DataException.in(file, "has no ids: write them, one a line, to " + own.getFileName() + " beside it");
        }
        FeatureMatrix matrix =
                FeatureMatrix.map(file, header.offset(), header.rows(), header.dimension(), header.half(), arena);
        add(matrix, list, ids.addLines(list));
    }

    private void addBigFile(Path folder) throws IOException {
        Path shape = folder.resolve("shape.txt");
        String[] sizes = String.join(" ", TextLines.read(shape)).strip().split("\\s+", -1);
        if (sizes.length != 2 || !sizes[0].matches("\\d{1,18}") || !sizes[1].matches("\\d{1,18}")) {
            throw DataException.in(shape, "expected two whole numbers, rows and dimension");
        }
        FeatureMatrix matrix = FeatureMatrix.map(
                folder.resolve("feature.bin"), 0, Long.parseLong(sizes[0]), Long.parseLong(sizes[1]), false, arena);
        Path list = folder.resolve("id.txt");
        add(matrix, list, ids.addWords(list));
    }

    private void add(FeatureMatrix matrix, Path list, int count) throws DataException {
        if (count != matrix.rows()) {
            throw DataException.in(
                    list, "holds " + count + " ids, but " + matrix.file() + " has " + matrix.rows() + " rows");
        }
        if (!matrices.isEmpty() && matrices.getFirst().dimension() != matrix.dimension()) {
            FeatureMatrix first = matrices.getFirst();
            throw DataException.in(
                    matrix.file(),
                    "dimension " + matrix.dimension() + ", but " + first.file() + " has " + first.dimension()
                            + "; partitions of one store need one dimension");
        }
        int row = matrix.firstRowNotFinite();
        if (row >= 0) {
            int before = matrices.stream().mapToInt(FeatureMatrix::rows).sum();
            throw DataException.in(
                    matrix.file(),
                    "row " + row + " (id \"" + ids.id(before + row)
                            + "\") holds NaN or infinity; encode this item again");
        }
        matrices.add(matrix);
    }

    @Override
    public int dimension() {
        return dimension;
    }

    @Override
    public List<String> ids() {
        return names;
    }

    @Override
    public int indexOf(String id) {
        return ids.row(id);
    }

    @Override
    public Optional<Video> video(String id) {
        return Optional.ofNullable(videos.get(id));
    }

    @Override
    public void copy(int row, float[] target, int offset) {
        if (row < 0 || row >= names.size()) {
            throw new IndexOutOfBoundsException("row " + row + " of " + names.size() + " in " + path);
        }
        int part = 0;
        // Stores have tens of partitions, not thousands: a scan is as good as a search.
        while (row >= starts[part + 1]) {
            part++;
        }
        matrices.get(part).copy(row - starts[part], target, offset);
    }

    @Override
    public float[] get(String id) throws DataException {
        int row = ids.row(id);
        if (row < 0) {
            throw DataException.in(path, "has no features of id \"" + id + "\"");
        }
        float[] vector = new float[dimension];
        copy(row, vector, 0);
        return vector;
    }

    @Override
    public void close() {
        arena.close();
    }
}
