package org.cl2cm.model.vision;

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
import org.cl2cm.data.AtomicFile;
import org.cl2cm.data.DataException;

/// What a feature folder is going to hold, `encode.json`: partitions of one plan may be continued, of
/// another never.
///
/// @param format version of the folder's layout
/// @param encoder fingerprint of the encoder
/// @param dimension floats in one feature vector
/// @param images how many there are to encode
/// @param order fingerprint of their ids and names in their order
/// @param partitionSize images in one partition; the last one may have fewer
record ExtractionPlan(
        int format,
        String encoder,
        int dimension,
        int images,
        String order,
        @JsonProperty("partition_size") int partitionSize) {
    private static final int FORMAT = 1;
    private static final ObjectMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    static ExtractionPlan of(ImageEncoder encoder, ImageList images, int partitionSize) {
        return new ExtractionPlan(
                FORMAT,
                encoder.fingerprint(),
                encoder.dimension(),
                images.entries().size(),
                images.fingerprint(),
                partitionSize);
    }

    static Path file(Path folder) {
        return folder.resolve("encode.json");
    }

    static Path npy(Path folder, int partition) {
        return folder.resolve(String.format(Locale.ROOT, "part-%05d.npy", partition));
    }

    static Path ids(Path folder, int partition) {
        return folder.resolve(String.format(Locale.ROOT, "part-%05d.ids.txt", partition));
    }

    int partitions() {
        return Math.ceilDiv(images, partitionSize);
    }

    /// Writes the plan into an empty folder, or sees that the folder has this plan already.
    ///
    /// @throws DataException when the folder holds features of another plan, saying what differs
    void settle(Path folder) throws IOException {
        Path file = file(folder);
        if (Files.exists(file)) {
            ExtractionPlan other = read(file);
            if (!other.equals(this)) {
                throw DataException.in(
                        folder,
                        "holds features of " + difference(other)
                                + "; name another folder, or use --overwrite to begin anew");
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
        AtomicFile.write(file, JSON.writeValueAsString(this) + "\n");
    }

    private static ExtractionPlan read(Path file) throws IOException {
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
        Files.deleteIfExists(FailedImages.file(folder));
        Files.deleteIfExists(file(folder));
    }

    private static List<Path> parts(Path folder) throws IOException {
        List<Path> parts = new ArrayList<>();
        for (String pattern : List.of("part-*.npy", "part-*.ids.txt", "part-*.part")) {
            try (var listing = Files.newDirectoryStream(folder, pattern)) {
                listing.forEach(parts::add);
            }
        }
        return parts;
    }
}
