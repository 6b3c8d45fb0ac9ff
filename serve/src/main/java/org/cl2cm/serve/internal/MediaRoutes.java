package org.cl2cm.serve.internal;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import javax.imageio.ImageIO;
import org.cl2cm.data.DataException;
import org.cl2cm.data.ImageFile;
import org.cl2cm.search.CollectionInfo;
import org.cl2cm.search.VectorItem;
import org.cl2cm.search.sheet.Thumbnail;

/// `GET /v1/collections/{collection}/items/{id}/media` and `.../thumbnail`.
///
/// Only pictures that the collection itself names are given out: below its media root, links
/// followed, or at the very path that it holds.
final class MediaRoutes {
    private static final int SMALLEST = 16;
    private static final int USUAL = 256;
    private static final int LARGEST = 1024;
    static final long LARGEST_FILE = 64L << 20;

    /// Pixels take much memory: few pictures are decoded at a time.
    private static final int AT_A_TIME = 2;

    private static final Map<String, String> HEADERS =
            Map.of("Cache-Control", "private, max-age=300", "X-Content-Type-Options", "nosniff");

    private static final Map<String, String> TYPES = Map.of(
            "jpg",
            "image/jpeg",
            "jpeg",
            "image/jpeg",
            "png",
            "image/png",
            "webp",
            "image/webp",
            "gif",
            "image/gif",
            "bmp",
            "image/bmp");

    private final ServedCollections collections;
    private final Semaphore decoding = new Semaphore(AT_A_TIME);

    MediaRoutes(ServedCollections collections) {
        this.collections = collections;
    }

    Answer media(Exchange exchange) throws IOException {
        Path file = file(exchange);
        String name = String.valueOf(file.getFileName());
        String suffix = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
        return Answer.of(TYPES.getOrDefault(suffix, "application/octet-stream"), ImageFile.bytes(file))
                .with(HEADERS);
    }

    Answer thumbnail(Exchange exchange) throws IOException {
        int size = exchange.parameter("size", USUAL, SMALLEST, LARGEST);
        Path file = file(exchange);
        try {
            if (!decoding.tryAcquire(exchange.deadline().left(), TimeUnit.NANOSECONDS)) {
                throw exchange.deadline().over("waiting for other thumbnails");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Problem.of(Problem.Kind.UNAVAILABLE, "the server is shutting down");
        }
        try {
            BufferedImage picture = ImageFile.decode(
                    ImageFile.bytes(file), "the picture", exchange.settings().pixels());
            ByteArrayOutputStream jpeg = new ByteArrayOutputStream();
            ImageIO.write(Thumbnail.of(picture, size), "jpg", jpeg);
            return Answer.of("image/jpeg", jpeg.toByteArray()).with(HEADERS);
        } catch (DataException e) {
            throw Problem.of(Problem.Kind.NOT_FOUND, "the item has a file, but no thumbnail: " + e.getMessage());
        } finally {
            decoding.release();
        }
    }

    private Path file(Exchange exchange) throws IOException {
        return collections.use(exchange.variable("collection"), collection -> {
            VectorItem item = ItemRoutes.item(collection, exchange.variable("id"));
            Path file = file(collection.info(), item).orElseThrow(MediaRoutes::missing);
            if (Files.size(file) > LARGEST_FILE) {
                throw missing();
            }
            return file;
        });
    }

    private static Problem missing() {
        return Problem.of(Problem.Kind.NOT_FOUND, "the item names no picture that is there and may be given out");
    }

    /// The file of an item's picture, links followed; empty when there is none that may be given out.
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
            boolean picture = ImageFile.hasName(stored) && ImageFile.hasName(file) && Files.isRegularFile(file);
            return picture ? Optional.of(file) : Optional.empty();
        } catch (IOException | InvalidPathException e) {
            return Optional.empty();
        }
    }
}
