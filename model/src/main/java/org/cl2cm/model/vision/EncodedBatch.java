package org.cl2cm.model.vision;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.cl2cm.data.DataException;
import org.cl2cm.data.ImageFile;
import org.cl2cm.data.Video;

/// Features of a few images and videos, and those of them that have none.
///
/// @param ids of the rows
/// @param rows `[ids.size(), dimension]`
/// @param videos those among them
/// @param failures in the order of the images
record EncodedBatch(List<String> ids, float[] rows, List<Video> videos, List<FailedImages.Failure> failures) {
    /// Decodes, prepares and encodes. What cannot be decoded becomes a failure. Images are encoded in
    /// one call wherever no video lies between them.
    ///
    /// @param reading of videos; there must be one when there are any
    /// @throws IOException when the encoder itself fails
    static EncodedBatch of(ImageEncoder encoder, List<ImageList.Entry> entries, Optional<VideoReading> reading)
            throws IOException {
        List<EncodedBatch> parts = new ArrayList<>();
        int from = 0;
        for (int i = 0; i <= entries.size(); i++) {
            boolean video = i < entries.size() && entries.get(i).isVideo();
            if ((video || i == entries.size()) && i > from) {
                parts.add(images(encoder, entries.subList(from, i)));
            }
            if (video) {
                parts.add(video(encoder, entries.get(i), reading.orElseThrow()));
                from = i + 1;
            }
        }
        return parts.size() == 1 ? parts.getFirst() : joined(parts);
    }

    private static EncodedBatch video(ImageEncoder encoder, ImageList.Entry entry, VideoReading reading)
            throws IOException {
        try {
            EncodedVideo encoded = reading.encode(encoder, entry);
            return new EncodedBatch(encoded.video().frames(), encoded.rows(), List.of(encoded.video()), List.of());
        } catch (DataException e) {
            return new EncodedBatch(List.of(), new float[0], List.of(), List.of(failure(entry, reason(entry, e))));
        }
    }

    /// All of them as one.
    static EncodedBatch joined(List<EncodedBatch> parts) {
        List<String> ids = new ArrayList<>();
        List<Video> videos = new ArrayList<>();
        List<FailedImages.Failure> failures = new ArrayList<>();
        int length = 0;
        for (EncodedBatch part : parts) {
            ids.addAll(part.ids);
            videos.addAll(part.videos);
            failures.addAll(part.failures);
            length = Math.addExact(length, part.rows.length);
        }
        float[] rows = new float[length];
        int at = 0;
        for (EncodedBatch part : parts) {
            System.arraycopy(part.rows, 0, rows, at, part.rows.length);
            at += part.rows.length;
        }
        return new EncodedBatch(ids, rows, videos, failures);
    }

    private static EncodedBatch images(ImageEncoder encoder, List<ImageList.Entry> entries) throws IOException {
        List<ImageList.Entry> decoded = new ArrayList<>();
        List<float[]> prepared = new ArrayList<>();
        List<FailedImages.Failure> failures = new ArrayList<>();
        for (ImageList.Entry entry : entries) {
            try {
                // One decoded image at a time: a photograph may have a hundred times the numbers the encoder sees.
                prepared.add(encoder.prepare(read(entry)));
                decoded.add(entry);
            } catch (IOException | IllegalArgumentException e) {
                failures.add(failure(entry, reason(entry, e)));
            }
        }
        float[] rows = encoder.encodePrepared(prepared);
        return finite(decoded, rows, encoder.dimension(), failures);
    }

    private static BufferedImage read(ImageList.Entry entry) throws IOException {
        return ImageFile.read(entry.file().orElseThrow(() -> new DataException("the manifest names no media file")));
    }

    /// Rows with NaN or infinity become failures.
    private static EncodedBatch finite(
            List<ImageList.Entry> decoded, float[] rows, int dimension, List<FailedImages.Failure> failures) {
        List<String> ids = new ArrayList<>();
        float[] kept = new float[rows.length];
        int at = 0;
        for (int row = 0; row < decoded.size(); row++) {
            boolean finite = true;
            for (int i = row * dimension; i < (row + 1) * dimension; i++) {
                finite &= Float.isFinite(rows[i]);
            }
            if (finite) {
                System.arraycopy(rows, row * dimension, kept, at, dimension);
                at += dimension;
                ids.add(decoded.get(row).id());
            } else {
                failures.add(failure(decoded.get(row), "the encoder answers with NaN or infinity"));
            }
        }
        return new EncodedBatch(ids, at == rows.length ? kept : Arrays.copyOf(kept, at), List.of(), failures);
    }

    private static FailedImages.Failure failure(ImageList.Entry entry, String reason) {
        return new FailedImages.Failure(entry.id(), entry.name(), reason);
    }

    /// What is wrong, without the path, which the failure names beside it.
    private static String reason(ImageList.Entry entry, Exception e) {
        String message = e.getMessage() == null ? e.toString() : e.getMessage();
        String path = entry.file().map(Object::toString).orElse("") + ": ";
        return message.startsWith(path) ? message.substring(path.length()) : message;
    }
}
