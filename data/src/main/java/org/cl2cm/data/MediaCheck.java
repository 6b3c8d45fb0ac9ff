package org.cl2cm.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.cl2cm.data.Finding.Severity;
import org.cl2cm.data.video.Ffmpeg;
import org.cl2cm.data.video.VideoFile;

/// The part of [DataCheck] that looks at images and videos.
final class MediaCheck {
    /// What one file gave: what is wrong with it, or the sum of its bytes.
    private record Seen(Optional<String> wrong, String sum) {}

    private final Path manifest;
    private final List<Finding> findings;

    MediaCheck(Path manifest, List<Finding> findings) {
        this.manifest = manifest;
        this.findings = findings;
    }

    private void add(Severity severity, DataCheck.Line line, String message) {
        findings.add(new Finding(severity, manifest, line.number(), line.item().id(), message));
    }

    /// @param decode whether the files are opened; else only their names are compared
    void run(List<DataCheck.Line> lines, boolean decode, ProgressListener progress) throws IOException {
        List<DataCheck.Line> with = new ArrayList<>();
        Map<String, DataCheck.Line> names = new HashMap<>();
        for (DataCheck.Line line : lines) {
            Optional<String> media = line.item().media();
            if (media.isPresent()) {
                with.add(line);
                compare(names, path(media.get()).toString(), line, "media \"" + media.get() + "\"");
            }
        }
        if (decode) {
            decode(with, progress);
        }
    }

    private Path path(String media) {
        return manifest.toAbsolutePath().resolveSibling(media).normalize();
    }

    /// The same picture in two splits is an error, twice in one split a warning.
    private void compare(Map<String, DataCheck.Line> seen, String key, DataCheck.Line line, String what) {
        DataCheck.Line before = seen.putIfAbsent(key, line);
        if (before == null) {
            return;
        }
        boolean one = before.item().split().equals(line.item().split());
        add(
                one ? Severity.WARNING : Severity.ERROR,
                line,
                what + " is that of \"" + before.item().id() + "\" in line " + before.number() + " too"
                        + (one
                                ? ""
                                : ", in two splits: " + before.item().split().orElse("none") + " and "
                                        + line.item().split().orElse("none")));
    }

    private void decode(List<DataCheck.Line> lines, ProgressListener progress) throws IOException {
        int threads = Runtime.getRuntime().availableProcessors();
        Map<String, DataCheck.Line> sums = new HashMap<>();
        try (ExecutorService workers = Executors.newFixedThreadPool(threads)) {
            try {
                // A window of open work bounds memory, and results come in the manifest's order.
                int window = 16 * threads;
                List<Future<Seen>> open = new ArrayList<>();
                for (int done = 0; done < lines.size(); done++) {
                    while (open.size() < lines.size() && open.size() < done + window) {
                        Path file = path(lines.get(open.size()).item().media().orElseThrow());
                        open.add(workers.submit(() -> look(file)));
                    }
                    Seen seen = open.get(done).get();
                    DataCheck.Line line = lines.get(done);
                    if (seen.wrong().isPresent()) {
                        add(Severity.ERROR, line, seen.wrong().get());
                    } else {
                        compare(
                                sums,
                                seen.sum(),
                                line,
                                "the content of \"" + line.item().media().orElse("") + "\"");
                    }
                    progress.update(done + 1L, lines.size(), "");
                }
            } catch (InterruptedException e) {
                workers.shutdownNow();
                Thread.currentThread().interrupt();
                throw new IOException("interrupted while media were checked", e);
            } catch (ExecutionException e) {
                workers.shutdownNow();
                throw new IOException("checking media failed: " + e.getCause(), e);
            }
        }
    }

    /// Images are decoded; of videos the header is read, where ffmpeg is there to do it; of other files
    /// only their being
    /// there and not empty is seen.
    private static Seen look(Path file) {
        if (!Files.isRegularFile(file)) {
            return new Seen(Optional.of("media " + file + " is missing"), "");
        }
        try {
            if (!ImageFile.hasName(file)) {
                if (Files.size(file) == 0) {
                    return new Seen(Optional.of("media " + file + " is empty"), "");
                }
                Optional<Ffmpeg> ffmpeg = VideoFile.hasName(file) ? Ffmpeg.present() : Optional.empty();
                if (ffmpeg.isPresent()) {
                    ffmpeg.get().probe(file, ImageFile.DEFAULT_MAX_PIXELS);
                }
                return new Seen(Optional.empty(), file.toString());
            }
            byte[] bytes = Files.readAllBytes(file);
            ImageFile.decode(bytes, file.toString(), ImageFile.DEFAULT_MAX_PIXELS);
            byte[] sum = MessageDigest.getInstance("SHA-256").digest(bytes);
            return new Seen(Optional.empty(), HexFormat.of().formatHex(sum));
        } catch (IOException | NoSuchAlgorithmException e) {
            return new Seen(Optional.of("media " + e.getMessage()), "");
        }
    }
}
