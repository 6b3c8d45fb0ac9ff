package org.cl2cm.model.vision;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.cl2cm.data.DataException;

/// The image encoders that made a folder of features, so that another picture can be encoded in the same way.
///
/// @param fingerprint of the encoders together, see [ImageEncoder#fingerprint]
/// @param encoders in the order of their vectors; empty where only the fingerprint is known
public record EncoderDescription(
        @JsonProperty(required = true) String fingerprint,
        @JsonProperty(required = true) List<EncoderSource> encoders) {
    public EncoderDescription {
        encoders = List.copyOf(encoders);
    }

    /// What a feature folder's `encode.json` says. Empty for features that were not made by `encode`.
    ///
    /// @throws DataException when it has one that cannot be read
    public static Optional<EncoderDescription> ofFeatures(Path store) throws IOException {
        Path file = ExtractionPlan.file(store);
        return Files.isRegularFile(file) ? Optional.of(ExtractionPlan.read(file).description()) : Optional.empty();
    }

    /// Opens the encoders, for one picture at a time.
    ///
    /// @param owner who needs them, for messages
    /// @param places where the encoders lie now, in their order; empty when they did not move
    /// @throws DataException when an encoder is not where it was, or is another one
    public ImageEncoder open(Path owner, List<String> places) throws IOException {
        List<EncoderSource> sources = placed(owner, places);
        for (EncoderSource source : sources) {
            if (!source.isPixels() && !Files.exists(Path.of(source.path()))) {
                throw DataException.in(
                        Path.of(source.path()),
                        "no such file; the images of " + owner + " were encoded with it. Say where it is now: "
                                + options());
            }
        }
        ImageEncoder encoder = EncoderSource.open(sources, 1);
        if (encoder.fingerprint().equals(fingerprint)) {
            return encoder;
        }
        String found = encoder.fingerprint();
        encoder.close();
        throw DataException.in(
                owner,
                "its images were encoded by " + fingerprint + ", but " + paths(sources) + " is " + found
                        + ": another file, output or preparation of the pixels, or another order. Name the encoders"
                        + " that it was trained with, in their order: " + options());
    }

    private List<EncoderSource> placed(Path owner, List<String> places) throws DataException {
        if (encoders.isEmpty()) {
            if (places.isEmpty()) {
                throw DataException.in(
                        owner,
                        "does not say where its image encoders lie (its features are from an older version): name"
                                + " them with --encoder PATH, in the order of \"encode\"");
            }
            return places.stream()
                    .map(path -> new EncoderSource(path, "", 0, false))
                    .toList();
        }
        if (places.isEmpty()) {
            return encoders;
        }
        if (places.size() != encoders.size()) {
            throw DataException.in(
                    owner,
                    "has " + encoders.size() + " image encoders, --encoder names " + places.size() + ": " + options());
        }
        List<EncoderSource> sources = new ArrayList<>();
        for (int i = 0; i < places.size(); i++) {
            sources.add(encoders.get(i).at(places.get(i)));
        }
        return sources;
    }

    /// The options that name the encoders in their order.
    private String options() {
        return encoders.isEmpty()
                ? "--encoder PATH for each"
                : encoders.stream().map(source -> "--encoder " + source.name()).collect(Collectors.joining(" "));
    }

    private static String paths(List<EncoderSource> sources) {
        return sources.stream().map(EncoderSource::path).collect(Collectors.joining(", "));
    }
}
