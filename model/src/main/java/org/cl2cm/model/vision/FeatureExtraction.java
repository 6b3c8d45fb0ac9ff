package org.cl2cm.model.vision;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.cl2cm.data.DataException;
import org.cl2cm.data.FeatureWriter;
import org.cl2cm.data.ProgressListener;
import org.cl2cm.data.TextLines;
import org.cl2cm.data.Video;
import org.cl2cm.data.VideoFrames;
import org.cl2cm.data.video.Ffmpeg;
import org.cl2cm.data.video.FrameSampling;

/// Encodes many images and videos into a feature folder, one partition after another.
///
/// The folder holds `encode.json` (the plan), `part-00000.npy` with `part-00000.ids.txt` and so on, and
/// `errors.jsonl` when images failed. Where there are videos, whose frames are rows,
/// `part-00000.videos.jsonl` tells which, and `video2frames.txt` at the end tells it for all of them.
/// Killed at any instant and run again, the job skips what is finished and ends with the same bytes as
/// an undisturbed one: batches are cut by position in the list, whoever encodes them and whatever
/// fails.
///
/// Memory: for each thread one decoded image or frame and one prepared batch, and the features of about
/// one partition.
public final class FeatureExtraction {
    /// How the job is run.
    ///
    /// @param partitionSize images in one partition
    /// @param batch images encoded in one call
    /// @param threads batches worked on at the same time; open the encoder with one thread then
    /// @param maxErrors failed images after which the job stops, or -1 for no bound
    /// @param overwrite whether features of another plan in the folder are removed first
    public record Settings(int partitionSize, int batch, int threads, int maxErrors, boolean overwrite) {
        public Settings {
            if (partitionSize < 1 || batch < 1 || threads < 1 || maxErrors < -1) {
                throw new IllegalArgumentException("partition size " + partitionSize + ", batch " + batch
                        + " and threads " + threads + " must be at least 1, max errors " + maxErrors + " at least 0");
            }
        }

        /// Partitions of 1024, batches of 8, one thread, no bound on errors.
        public static Settings defaults() {
            return new Settings(1024, 8, 1, -1, false);
        }
    }

    /// How a job ended.
    ///
    /// @param images how many there were
    /// @param encoded how many have features now
    /// @param failed how many have none; `errors.jsonl` says why
    /// @param kept how many of the images were in partitions finished earlier
    public record Report(int images, int encoded, int failed, int kept) {}

    /// A stretch of one partition.
    private record Batch(int partition, int from, int to, boolean last) {}

    private record Pending(Batch batch, Future<EncodedBatch> result) {}

    private final ImageEncoder encoder;
    private final ImageList images;
    private final Settings settings;
    private final FrameSampling sampling;
    private final ProgressListener progress;

    public FeatureExtraction(ImageEncoder encoder, ImageList images, Settings settings, ProgressListener progress) {
        this(encoder, images, settings, FrameSampling.DEFAULT, progress);
    }

    /// @param sampling which frames of videos are taken
    public FeatureExtraction(
            ImageEncoder encoder,
            ImageList images,
            Settings settings,
            FrameSampling sampling,
            ProgressListener progress) {
        this.encoder = encoder;
        this.images = images;
        this.settings = settings;
        this.sampling = sampling;
        this.progress = progress;
    }

    /// Encodes what is not in `folder` yet.
    ///
    /// @throws DataException when the folder holds features of another plan, more than the bound of images
    ///     failed, no image at all could be encoded, or there are videos and no ffmpeg
    /// @throws IOException when the encoder fails or the folder cannot be written
    public Report run(Path folder) throws IOException {
        Optional<VideoReading> reading = images.hasVideos()
                ? Optional.of(new VideoReading(Ffmpeg.find(), sampling, settings.batch()))
                : Optional.empty();
        if (settings.overwrite()) {
            ExtractionPlan.clear(folder);
        }
        ExtractionPlan plan = ExtractionPlan.of(encoder, images, settings.partitionSize(), sampling);
        plan.settle(folder);
        Set<Integer> finished = finished(folder, plan);
        Set<String> finishedIds = new HashSet<>();
        finished.forEach(partition -> entries(partition).forEach(entry -> finishedIds.add(entry.id())));
        FailedImages failed = FailedImages.read(folder, finishedIds);
        for (int partition : finished) {
            check(folder, partition, failed);
        }
        int kept = finishedIds.size();
        progress.update(kept, plan.images(), detail(failed));
        encode(folder, batches(plan, finished), reading, failed, kept);
        if (failed.size() == plan.images()) {
            throw DataException.in(
                    FailedImages.file(folder), "names all " + failed.size() + " images: none could be encoded");
        }
        if (reading.isPresent()) {
            writeFrames(folder, plan);
        }
        return new Report(plan.images(), plan.images() - failed.size(), failed.size(), kept);
    }

    private static Set<Integer> finished(Path folder, ExtractionPlan plan) {
        Set<Integer> finished = new HashSet<>();
        for (int partition = 0; partition < plan.partitions(); partition++) {
            // The array is renamed to its name last.
            if (Files.exists(ExtractionPlan.npy(folder, partition))) {
                finished.add(partition);
            }
        }
        return finished;
    }

    private List<ImageList.Entry> entries(int partition) {
        int from = partition * settings.partitionSize();
        int to = Math.min(from + settings.partitionSize(), images.entries().size());
        return images.entries().subList(from, to);
    }

    /// Sees that a finished partition has every image that did not fail.
    private void check(Path folder, int partition, FailedImages failed) throws IOException {
        Path ids = ExtractionPlan.ids(folder, partition);
        Map<String, List<String>> frames = new HashMap<>();
        Path videos = ExtractionPlan.videos(folder, partition);
        if (Files.exists(videos)) {
            Video.read(videos).forEach(video -> frames.put(video.id(), video.frames()));
        }
        List<String> expected = entries(partition).stream()
                .map(ImageList.Entry::id)
                .filter(id -> !failed.contains(id))
                .flatMap(id -> frames.getOrDefault(id, List.of(id)).stream())
                .toList();
        if (!Files.exists(ids) || !TextLines.read(ids).equals(expected)) {
            throw DataException.in(
                    ids,
                    "does not name the images of its partition less those of errors.jsonl; the folder was changed:"
                            + " use --overwrite to begin anew");
        }
    }

    private List<Batch> batches(ExtractionPlan plan, Set<Integer> finished) {
        List<Batch> batches = new ArrayList<>();
        for (int partition = 0; partition < plan.partitions(); partition++) {
            if (!finished.contains(partition)) {
                int size = entries(partition).size();
                for (int from = 0; from < size; from += settings.batch()) {
                    int to = Math.min(from + settings.batch(), size);
                    batches.add(new Batch(partition, from, to, to == size));
                }
            }
        }
        return batches;
    }

    /// Keeps a few batches in work and takes their results in order.
    private void encode(Path folder, List<Batch> batches, Optional<VideoReading> reading, FailedImages failed, int kept)
            throws IOException {
        Iterator<Batch> next = batches.iterator();
        Deque<Pending> window = new ArrayDeque<>();
        List<EncodedBatch> partition = new ArrayList<>();
        int done = kept;
        try (ExecutorService workers = Executors.newFixedThreadPool(settings.threads())) {
            try {
                while (next.hasNext() || !window.isEmpty()) {
                    while (next.hasNext() && window.size() < 2 * settings.threads()) {
                        Batch batch = next.next();
                        window.add(new Pending(batch, workers.submit(() -> work(batch, reading))));
                    }
                    Pending first = window.remove();
                    EncodedBatch result = await(first.result());
                    partition.add(result);
                    failed.add(result.failures());
                    refuseTooMany(folder, failed);
                    if (first.batch().last()) {
                        write(folder, first.batch().partition(), partition, failed);
                        partition.clear();
                    }
                    done += first.batch().to() - first.batch().from();
                    progress.update(done, images.entries().size(), detail(failed));
                }
            } finally {
                workers.shutdownNow();
            }
        }
    }

    private EncodedBatch work(Batch batch, Optional<VideoReading> reading) throws IOException {
        return EncodedBatch.of(encoder, entries(batch.partition()).subList(batch.from(), batch.to()), reading);
    }

    private static EncodedBatch await(Future<EncodedBatch> result) throws IOException {
        try {
            return result.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw (IOException) new InterruptedIOException("encoding was interrupted").initCause(e);
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case IOException io -> throw io;
                case RuntimeException runtime -> throw runtime;
                case Error error -> throw error;
                case null, default -> throw new IllegalStateException(e);
            }
        }
    }

    private void refuseTooMany(Path folder, FailedImages failed) throws IOException {
        if (settings.maxErrors() >= 0 && failed.size() > settings.maxErrors()) {
            failed.write();
            throw DataException.in(
                    FailedImages.file(folder),
                    failed.size() + " images failed, more than --max-errors " + settings.maxErrors()
                            + "; the file names them");
        }
    }

    /// The failures go first, the array last: a partition that is there is complete.
    private void write(Path folder, int partition, List<EncodedBatch> batches, FailedImages failed) throws IOException {
        EncodedBatch whole = EncodedBatch.joined(batches);
        if (!whole.failures().isEmpty()) {
            failed.write();
        }
        if (!whole.videos().isEmpty()) {
            Video.write(ExtractionPlan.videos(folder, partition), whole.videos());
        }
        FeatureWriter.write(ExtractionPlan.npy(folder, partition), whole.ids(), encoder.dimension(), whole.rows());
    }

    /// Tells in one file whose frames the rows of all partitions are, as other programs read it.
    private static void writeFrames(Path folder, ExtractionPlan plan) throws IOException {
        Map<String, List<String>> frames = new LinkedHashMap<>();
        for (int partition = 0; partition < plan.partitions(); partition++) {
            Path videos = ExtractionPlan.videos(folder, partition);
            if (Files.exists(videos)) {
                Video.read(videos).forEach(video -> frames.put(video.id(), video.frames()));
            }
        }
        if (!frames.isEmpty()) {
            VideoFrames.write(folder.resolve("video2frames.txt"), frames);
        }
    }

    private static String detail(FailedImages failed) {
        return failed.size() == 0 ? "" : failed.size() + " failed";
    }
}
