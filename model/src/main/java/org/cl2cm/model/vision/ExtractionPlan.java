package org.cl2cm.model.vision;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.cl2cm.data.AtomicFile;
import org.cl2cm.data.DataException;
import org.cl2cm.data.Video;
import org.cl2cm.data.video.FrameSampling;
import org.jspecify.annotations.Nullable;

/// What a feature folder is going to hold, `encode.json`: partitions of one plan may be continued, of
/// another never.
///
/// @param format version of the folder's layout
/// @param encoder fingerprint of the encoder
/// @param dimension floats in one feature vector
/// @param images how many there are to encode
/// @param order fingerprint of their ids and names in their order
/// @param partitionSize images in one partition; the last one may have fewer
/// @param encoders where the encoders lay; not part of what makes two plans one, since files move
/// @param video which frames of videos are taken; absent where there is none
record ExtractionPlan(
        int format,
        String encoder,
        int dimension,
        int images,
        String order,
        @JsonProperty("partition_size") int partitionSize,
        List<EncoderSource> encoders,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Frames video) {
    /// Which frames of a video are taken, see [FrameSampling].
    record Frames(double fps, int most, double cut) {}

    private static final int FORMAT = 1;
    private static final ObjectMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    ExtractionPlan {
        // Folders of an older version do not say.
        encoders = Optional.ofNullable(encoders).map(List::copyOf).orElse(List.of());
    }

    static ExtractionPlan of(ImageEncoder encoder, ImageList images, int partitionSize, FrameSampling sampling) {
        return new ExtractionPlan(
                FORMAT,
                encoder.fingerprint(),
                encoder.dimension(),
                images.entries().size(),
                images.fingerprint(),
                partitionSize,
                encoder.sources(),
                images.hasVideos() ? new Frames(sampling.fps(), sampling.most(), sampling.cut()) : null);
    }

    EncoderDescription description() {
        return new EncoderDescription(encoder, encoders);
    }

    private ExtractionPlan without() {
        return new ExtractionPlan(format, encoder, dimension, images, order, partitionSize, List.of(), video);
    }

    static Path file(Path folder) {
        return folder.resolve("encode.json");
    }

    static Path npy(Path folder, int partition) {
        return folder.resolve(String.format(Locale.ROOT, "part-%05d.npy", partition));
    }

    static Path videos(Path folder, int partition) {
        return Video.file(npy(folder, partition));
    }

    static Path ids(Path folder, int partition) {
        return folder.resolve(String.format(Locale.ROOT, "part-%05d.ids.txt", partition));
    }

    int partitions() {
        return Math.ceilDiv(images, partitionSize);
    }

    /// Writes the plan into an empty folder, or sees that the folder has this plan already; says anew where the
    /// encoders lie.
    ///
    /// @throws DataException when the folder holds features of another plan, saying what differs
    void settle(Path folder) throws IOException {
        Path file = file(folder);
        if (Files.exists(file)) {
            ExtractionPlan other = read(file);
            if (!other.without().equals(without())) {
                throw DataException.in(
                        folder,
                        "holds features of " + difference(other)
                                + "; name another folder, or use --overwrite to begin anew");
            }
            if (!other.equals(this)) {
                write(file);
            }
            return;
        }
        if (Files.isDirectory(folder)) {
            for (Path present : parts(folder)) {
                throw DataException.in(
                        present,
                        "is there without encode.json, which says how it was made; name another folder, or use"
                                + " --overwrite to begin anew");
            }
        }
        write(file);
    }

    private void write(Path file) throws IOException {
        AtomicFile.write(file, JSON.writeValueAsString(this) + "\n");
    }

    static ExtractionPlan read(Path file) throws IOException {
        try {
            return JSON.readValue(file.toFile(), ExtractionPlan.class);
        } catch (JacksonException e) {
            throw DataException.in(
                    file,
                    "not the plan of a feature folder: " + e.getOriginalMessage() + "; use --overwrite to begin anew",
                    e);
        }
    }

    private String difference(ExtractionPlan other) {
        if (other.format != format) {
            return "another version of this program";
        }
        if (!other.encoder.equals(encoder)) {
            return "another encoder, output or preparation";
        }
        if (other.images != images) {
            return other.images + " images, not " + images;
        }
        if (!other.order.equals(order)) {
            return "other images, or the same in another order";
        }
        if (!Objects.equals(other.video, video)) {
            return "other frames of the videos: " + other.video + ", not " + video;
        }
        return "partitions of " + other.partitionSize + ", not " + partitionSize;
    }

    /// Removes what an earlier job wrote, and nothing else.
    static void clear(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return;
        }
        // The arrays go first: an id list without its array is an unfinished partition, never a wrong one.
        for (Path part : parts(folder)) {
            Files.delete(part);
        }
        Files.deleteIfExists(folder.resolve("video2frames.txt"));
        Files.deleteIfExists(FailedImages.file(folder));
        Files.deleteIfExists(file(folder));
    }

    private static List<Path> parts(Path folder) throws IOException {
        List<Path> parts = new ArrayList<>();
        for (String pattern : List.of("part-*.npy", "part-*.ids.txt", "part-*.videos.jsonl", "part-*.part")) {
            try (var listing = Files.newDirectoryStream(folder, pattern)) {
                listing.forEach(parts::add);
            }
        }
        return parts;
    }
}
