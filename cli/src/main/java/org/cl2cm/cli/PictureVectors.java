package org.cl2cm.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import org.cl2cm.data.DataException;
import org.cl2cm.data.ImageFile;
import org.cl2cm.data.Item;
import org.cl2cm.data.Manifest;
import org.cl2cm.data.Moment;
import org.cl2cm.data.MomentCut;
import org.cl2cm.data.video.Ffmpeg;
import org.cl2cm.data.video.FrameSampling;
import org.cl2cm.data.video.VideoFile;
import org.cl2cm.model.Fingerprint;
import org.cl2cm.model.RetrievalModel;
import org.cl2cm.model.vision.EncodedVideo;
import org.cl2cm.model.vision.EncoderDescription;
import org.cl2cm.model.vision.ImageEncoder;

/// Vectors that a model and its image encoders make of picture and video files. On all cores.
final class PictureVectors implements ItemVectors, AutoCloseable {
    private static final int CHUNK = 8;

    private final Manifest manifest;
    private final RetrievalModel model;
    private final ImageEncoder encoder;
    private final Videos videos;

    /// How videos are read.
    ///
    /// @param sampling which frames are taken
    /// @param cut how they are cut into moments
    record Videos(FrameSampling sampling, MomentCut cut) {}

    private PictureVectors(Manifest manifest, RetrievalModel model, ImageEncoder encoder, Videos videos) {
        this.manifest = manifest;
        this.model = model;
        this.encoder = encoder;
        this.videos = videos;
    }

    /// @param folder of the model
    /// @param space fingerprint of the model whose vectors they are to stand beside: the folder's own,
    ///     or one that it was made compatible with
    /// @param places where the model's image encoders lie now; empty when they did not move
    static PictureVectors open(Manifest manifest, Path folder, String space, List<String> places, Videos videos)
            throws IOException {
        EncoderDescription description = RetrievalModel.describe(folder)
                .encoder()
                .orElseThrow(
                        () -> DataException.in(
                                folder,
                                "was trained on ready-made features and names no image encoder: give --manifest and --features"));
        ImageEncoder encoder = description.open(folder, places);
        try (ProgressLine progress = new ProgressLine("model", "steps")) {
            return new PictureVectors(manifest, RetrievalModel.open(folder, space, progress), encoder, videos);
        } catch (IOException | RuntimeException e) {
            encoder.close();
            throw e;
        }
    }

    @Override
    public List<Made> make(List<Item> items) throws IOException {
        List<List<Item>> chunks = new ArrayList<>();
        // A video is work enough for one core.
        int size = items.stream().anyMatch(this::isVideo) ? 1 : CHUNK;
        for (int from = 0; from < items.size(); from += size) {
            chunks.add(items.subList(from, Math.min(items.size(), from + size)));
        }
        try {
            // An encoder uses one thread a call, and the chunks all cores.
            return chunks.parallelStream()
                    .map(this::makeChunk)
                    .flatMap(List::stream)
                    .toList();
        } catch (UncheckedIOException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private List<Made> makeChunk(List<Item> items) {
        Map<Item, float[]> prepared = new LinkedHashMap<>();
        Map<Item, Made> made = new HashMap<>();
        for (Item item : items) {
            try {
                Path file = manifest.media(item).orElseThrow(() -> new DataException("the item names no picture"));
                if (VideoFile.hasName(file)) {
                    made.put(item, moments(item.id(), file));
                } else {
                    prepared.put(item, encoder.prepare(ImageFile.read(file)));
                }
            } catch (IOException e) {
                made.put(item, Made.refused(String.valueOf(e.getMessage())));
            }
        }
        Iterator<float[]> rows = rows(List.copyOf(prepared.values())).iterator();
        prepared.keySet().forEach(item -> made.put(item, Made.of(rows.next())));
        return items.stream().map(made::get).map(Objects::requireNonNull).toList();
    }

    private boolean isVideo(Item item) {
        return manifest.media(item).filter(VideoFile::hasName).isPresent();
    }

    private Made moments(String id, Path file) throws IOException {
        EncodedVideo video = EncodedVideo.of(encoder, Ffmpeg.find(), id, file, videos.sampling(), CHUNK);
        List<Part> parts = new ArrayList<>();
        for (Moment moment : videos.cut().of(video.video())) {
            List<String> frames = video.video().framesIn(moment.start(), moment.end());
            parts.add(new Part(Optional.of(moment), model.encodeVideos(List.of(video.rowsOf(frames)))));
        }
        return new Made(parts, "");
    }

    private List<float[]> rows(List<float[]> prepared) {
        if (prepared.isEmpty()) {
            return List.of();
        }
        try {
            float[] vectors = model.encodeFeatures(encoder.encodePrepared(prepared));
            int dimension = model.dimension();
            return IntStream.range(0, prepared.size())
                    .mapToObj(i -> Arrays.copyOfRange(vectors, i * dimension, (i + 1) * dimension))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public boolean digest(Item item, ItemDigest digest) throws IOException {
        Optional<Path> file = manifest.media(item).filter(Files::isRegularFile);
        if (file.isEmpty()) {
            return false;
        }
        digest.add(Fingerprint.ofFile(file.get()).getBytes(StandardCharsets.UTF_8));
        if (VideoFile.hasName(file.get())) {
            FrameSampling sampling = videos.sampling();
            digest.add((sampling.fps() + " " + sampling.most() + " " + sampling.cut() + " " + videos.cut())
                    .getBytes(StandardCharsets.UTF_8));
        }
        return true;
    }

    @Override
    public void close() throws IOException {
        model.close();
        encoder.close();
    }
}
