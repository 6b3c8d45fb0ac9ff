package org.cl2cm.bench.vision;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.cl2cm.bench.Clock;
import org.cl2cm.bench.Rounds;
import org.cl2cm.data.ImageFile;
import org.cl2cm.data.ProgressListener;
import org.cl2cm.model.vision.FeatureExtraction;
import org.cl2cm.model.vision.ImageList;
import org.cl2cm.model.vision.OnnxImageEncoder;

/// [FeatureExtraction] from files to a feature folder against runs of ONNX Runtime on ready tensors.
///
/// What lies between is measured too, on one thread: decoding, and preparing (resize, crop, normalise).
public final class VisionBenchmark {
    private static final int BATCH = 8;

    private final ImageList images;
    private final int rounds;
    private final Clock clock;

    public VisionBenchmark(ImageList images, int rounds, Clock clock) {
        this.images = images;
        this.rounds = rounds;
        this.clock = clock;
    }

    /// @param encoders `.onnx` files
    /// @param threads batches in work at the same time
    /// @return the lines of a Markdown table
    public List<String> run(List<Path> encoders, List<Integer> threads) throws IOException {
        List<String> lines = new ArrayList<>();
        lines.add(images.entries().size() + " images, batches of " + BATCH + ", one thread in each call; "
                + clock.describe() + ".");
        lines.add("");
        lines.add("| encoder | threads | encode, images/s | bare engine, images/s | ratio | decode, ms | prepare, ms |"
                + " engine, ms |");
        lines.add("| --- | --- | --- | --- | --- | --- | --- | --- |");
        Path folder = Files.createTempDirectory("cl2cm-bench");
        try {
            for (Path file : encoders) {
                for (int n : threads) {
                    lines.add(row(file, n, folder));
                }
            }
        } finally {
            delete(folder);
        }
        return lines;
    }

    private String row(Path file, int threads, Path folder) throws IOException {
        try (OnnxImageEncoder encoder = OnnxImageEncoder.open(file, OnnxImageEncoder.Options.defaults())) {
            List<BufferedImage> decoded = new ArrayList<>();
            decode(decoded);
            List<float[]> prepared = decoded.stream().map(encoder::prepare).toList();
            FeatureExtraction.Settings settings = new FeatureExtraction.Settings(1024, BATCH, threads, 0, true);
            FeatureExtraction extraction = new FeatureExtraction(encoder, images, settings, ProgressListener.NONE);
            try (BareSession bare = new BareSession(file, encoder.output(), prepared, BATCH)) {
                Map<String, Rounds.Work> works = new LinkedHashMap<>();
                works.put("own", () -> extraction.run(folder));
                works.put("bare", () -> bare.run(threads));
                works.put("decode", () -> decode(new ArrayList<>()));
                works.put("prepare", () -> decoded.forEach(encoder::prepare));
                Rounds measured = Rounds.run(clock, rounds, works);
                double count = images.entries().size();
                return String.format(
                        Locale.ROOT,
                        "| %s | %d | %.1f | %.1f | %s | %.2f | %.2f | %.2f |",
                        file.getFileName(),
                        threads,
                        count / measured.median("own"),
                        count / measured.median("bare"),
                        measured.speed("own", "bare"),
                        1e3 * measured.median("decode") / count,
                        1e3 * measured.median("prepare") / count,
                        1e3 * (clock == Clock.WALL ? threads : 1) * measured.median("bare") / count);
            }
        }
    }

    private void decode(List<BufferedImage> into) throws IOException {
        for (ImageList.Entry entry : images.entries()) {
            Optional<Path> file = entry.file();
            if (file.isEmpty()) {
                throw new IOException("the manifest names no file of \"" + entry.id() + "\"");
            }
            into.add(ImageFile.read(file.get()));
        }
    }

    private static void delete(Path folder) throws IOException {
        List<Path> files;
        try (Stream<Path> listing = Files.list(folder)) {
            files = listing.toList();
        }
        for (Path file : files) {
            Files.delete(file);
        }
        Files.delete(folder);
    }
}
