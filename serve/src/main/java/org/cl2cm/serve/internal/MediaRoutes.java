package org.cl2cm.serve.internal;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import javax.imageio.ImageIO;
import org.cl2cm.data.DataException;
import org.cl2cm.data.ImageFile;
import org.cl2cm.data.Moment;
import org.cl2cm.data.video.Ffmpeg;
import org.cl2cm.data.video.VideoFile;
import org.cl2cm.search.CollectionInfo;
import org.cl2cm.search.Moments;
import org.cl2cm.search.VectorItem;
import org.cl2cm.search.sheet.Thumbnail;

/// `GET /v1/collections/{collection}/items/{id}/media` and `.../thumbnail`.
///
/// Only pictures and videos that the collection itself names are given out: below its media root, links
/// followed, or at the very path that it holds. Of a video a client asks for parts; its thumbnail is a
/// frame.
final class MediaRoutes {
    private static final int SMALLEST = 16;
    private static final int USUAL = 256;
    private static final int LARGEST = 1024;

    /// Of a picture that is decoded, in bytes.
    static final long LARGEST_FILE = 64L << 20;

    /// Pixels take much memory: few pictures are decoded at a time.
    private static final int AT_A_TIME = 2;

    private static final Map<String, String> HEADERS =
            Map.of("Cache-Control", "private, max-age=300", "X-Content-Type-Options", "nosniff");

    private static final Map<String, String> TYPES = Map.ofEntries(
            Map.entry("jpg", "image/jpeg"),
            Map.entry("jpeg", "image/jpeg"),
            Map.entry("png", "image/png"),
            Map.entry("webp", "image/webp"),
            Map.entry("gif", "image/gif"),
            Map.entry("bmp", "image/bmp"),
            Map.entry("mp4", "video/mp4"),
            Map.entry("m4v", "video/mp4"),
            Map.entry("mov", "video/quicktime"),
            Map.entry("webm", "video/webm"),
            Map.entry("mkv", "video/x-matroska"),
            Map.entry("ogv", "video/ogg"),
            Map.entry("avi", "video/x-msvideo"),
            Map.entry("mpg", "video/mpeg"),
            Map.entry("mpeg", "video/mpeg"));

    private final ServedCollections collections;
    private final Semaphore decoding = new Semaphore(AT_A_TIME);

    MediaRoutes(ServedCollections collections) {
        this.collections = collections;
    }

    /// A file with the item that names it.
    private record Named(VectorItem item, Path file) {}

    Answer media(Exchange exchange) throws IOException {
        Path file = named(exchange).file();
        String name = String.valueOf(file.getFileName());
        String suffix = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
        String type = TYPES.getOrDefault(suffix, "application/octet-stream");
        if (VideoFile.hasName(file)) {
            return video(exchange, file, type).with(HEADERS);
        }
        return Answer.of(type, Body.OfFile.whole(file)).with(HEADERS);
    }

    private static Answer video(Exchange exchange, Path file, String type) throws IOException {
        Optional<ByteRange> part = ByteRange.of(exchange.header("Range"), Files.size(file));
        if (part.isPresent()) {
            return part.get().answer(file, type);
        }
        return Answer.of(type, Body.OfFile.whole(file)).with(Map.of("Accept-Ranges", "bytes"));
    }

    Answer thumbnail(Exchange exchange) throws IOException {
        int size = exchange.parameter("size", USUAL, SMALLEST, LARGEST);
        Named named = named(exchange);
        try {
            if (!decoding.tryAcquire(exchange.deadline().left(), TimeUnit.NANOSECONDS)) {
                throw exchange.deadline().over("waiting for other thumbnails");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Problem.of(Problem.Kind.UNAVAILABLE, "the server is shutting down");
        }
        try {
            ByteArrayOutputStream jpeg = new ByteArrayOutputStream();
            ImageIO.write(Thumbnail.of(picture(exchange, named), size), "jpg", jpeg);
            return Answer.of("image/jpeg", jpeg.toByteArray()).with(HEADERS);
        } catch (DataException e) {
            // Where the file lies is for whoever runs the server.
            String reason = String.valueOf(e.getMessage()).replace(named.file().toString(), "the video");
            throw Problem.of(Problem.Kind.NOT_FOUND, "the item has a file, but no thumbnail: " + reason);
        } finally {
            decoding.release();
        }
    }

    /// The picture itself; of a moment of a video the frame in its middle.
    private static BufferedImage picture(Exchange exchange, Named named) throws IOException {
        long pixels = exchange.settings().pixels();
        if (!VideoFile.hasName(named.file())) {
            if (Files.size(named.file()) > LARGEST_FILE) {
                throw new DataException("its file is too large");
            }
            return ImageFile.decode(ImageFile.bytes(named.file()), "the picture", pixels);
        }
        double time = Moments.of(named.item().fields()).map(Moment::middle).orElse(0.0);
        Duration left = Duration.ofNanos(Math.max(1_000_000, exchange.deadline().left()));
        return Ffmpeg.find().still(named.file(), time, pixels, left);
    }

    private Named named(Exchange exchange) throws IOException {
        return collections.use(exchange.variable("collection"), collection -> {
            VectorItem item = ItemRoutes.item(collection, exchange.variable("id"));
            Path file = file(collection.info(), item).orElseThrow(MediaRoutes::missing);
            return new Named(item, file);
        });
    }

    private static Problem missing() {
        return Problem.of(
                Problem.Kind.NOT_FOUND, "the item names no picture or video that is there and may be given out");
    }

    /// The file of an item's picture or video, links followed; empty when there is none that may be
    /// given out.
    static Optional<Path> file(CollectionInfo info, VectorItem item) {
        String media = item.fields().getOrDefault(VectorItem.MEDIA, "");
        if (media.isEmpty()) {
            return Optional.empty();
        }
        try {
            Path stored = Path.of(media);
            Path file;
            if (stored.isAbsolute()) {
                file = stored.toRealPath();
            } else {
                Path root = Path.of(info.mediaRoot().orElseThrow(() -> new IOException("no media root")))
                        .toRealPath();
                file = root.resolve(stored).toRealPath();
                if (!file.startsWith(root)) {
                    return Optional.empty();
                }
            }
            boolean given = isMedia(stored) && isMedia(file) && Files.isRegularFile(file);
            return given ? Optional.of(file) : Optional.empty();
        } catch (IOException | InvalidPathException e) {
            return Optional.empty();
        }
    }

    private static boolean isMedia(Path file) {
        return ImageFile.hasName(file) || VideoFile.hasName(file);
    }
}
