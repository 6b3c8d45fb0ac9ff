package org.cl2cm.model;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.cl2cm.data.AtomicFile;
import org.cl2cm.data.DataException;
import org.cl2cm.model.nn.TextTower;
import org.cl2cm.model.nn.VisionTower;
import org.cl2cm.model.vision.EncoderDescription;
import org.jspecify.annotations.Nullable;

/// What a trained model is and where it comes from: the content of `cl2cm.json`.
///
/// @param format version of the folder's format
/// @param fingerprint changes whenever the model gives other vectors
/// @param base the pre-trained text encoder that it was trained on: `mbert` or a folder
/// @param baseFingerprint SHA-256 of its weights
/// @param source language of the captions it learnt from
/// @param targets languages of the translations it learnt from
/// @param provenance version and revision of the program, data, settings, time, Java, processor
/// @param imageEncoder what made the image features; absent when they were ready-made
/// @param calibration what a cosine is worth, by language; absent when nobody measured it
/// @param baseCopy the part of `base` that the folder carries itself; absent when it carries none
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ModelDescription(
        int format,
        @JsonProperty(required = true) String fingerprint,
        int dimension,
        @JsonProperty(required = true) String base,

        @JsonProperty(value = "base_fingerprint", required = true)
        String baseFingerprint,

        @JsonProperty("max_length") int maxLength,
        @JsonProperty(required = true) TextTower.Config text,
        @JsonProperty(required = true) VisionTower.Config vision,
        @JsonProperty(required = true) String source,
        @JsonProperty(required = true) List<String> targets,
        @JsonProperty(required = true) Map<String, Object> provenance,
        @JsonProperty("image_encoder") @Nullable EncoderDescription imageEncoder,
        @Nullable Map<String, ScoreCalibration> calibration,
        @JsonProperty("base_copy") @Nullable BaseCopy baseCopy) {
    /// The version that is written.
    public static final int FORMAT = 1;

    /// Its name in a model folder.
    public static final String FILE = "cl2cm.json";

    private static final ObjectMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    /// The layers of the pre-trained encoder that are in use, inside the model folder.
    ///
    /// @param folder its name in the model folder
    /// @param sha256 of its weights
    public record BaseCopy(
            @JsonProperty(required = true) String folder,
            @JsonProperty(required = true) String sha256) {}

    public ModelDescription {
        if (format != FORMAT) {
            throw new IllegalArgumentException(
                    "format " + format + " is not known, only " + FORMAT + "; use the version that wrote it");
        }
    }

    /// @throws DataException when the folder has none, or one that cannot be read
    public static ModelDescription read(Path folder) throws IOException {
        Path file = folder.resolve(FILE);
        if (!Files.isRegularFile(file)) {
            throw DataException.in(folder, "no trained model: " + FILE + " is missing");
        }
        try {
            return JSON.readValue(file.toFile(), ModelDescription.class);
        } catch (JsonProcessingException e) {
            throw DataException.in(file, e.getOriginalMessage(), e);
        }
    }

    void write(Path folder) throws IOException {
        byte[] text = JSON.writeValueAsBytes(this);
        AtomicFile.write(folder.resolve(FILE), out -> out.write(text));
    }

    /// The fingerprint of this description with weights of the SHA-256 `weights`.
    String fingerprintWith(String weights) {
        return Fingerprint.ofText(
                        String.join("\n", weights, baseFingerprint, "text", settings(text), "vision", settings(vision)))
                .substring(0, 16);
    }

    /// Settings by name, in the order of the names, without those that are off (0, false): a setting
    /// that a later version adds is off in the models that were there before, and their fingerprints
    /// stay.
    private static String settings(Object tower) {
        Map<String, JsonNode> set = new TreeMap<>();
        JSON.valueToTree(tower).properties().stream()
                .filter(entry -> !entry.getValue().isNull()
                        && !entry.getValue().asText().equals("false")
                        && !(entry.getValue().isNumber() && entry.getValue().asDouble() == 0))
                .forEach(entry -> set.put(entry.getKey(), entry.getValue()));
        return set.toString();
    }

    ModelDescription withFingerprint(String other) {
        return new ModelDescription(
                format,
                other,
                dimension,
                base,
                baseFingerprint,
                maxLength,
                text,
                vision,
                source,
                targets,
                provenance,
                imageEncoder,
                calibration,
                baseCopy);
    }

    ModelDescription withBaseCopy(BaseCopy copy) {
        return new ModelDescription(
                format,
                fingerprint,
                dimension,
                base,
                baseFingerprint,
                maxLength,
                text,
                vision,
                source,
                targets,
                provenance,
                imageEncoder,
                calibration,
                copy);
    }

    /// The same model with what its cosines are worth.
    public ModelDescription withCalibration(Map<String, ScoreCalibration> measured) {
        return new ModelDescription(
                format,
                fingerprint,
                dimension,
                base,
                baseFingerprint,
                maxLength,
                text,
                vision,
                source,
                targets,
                provenance,
                imageEncoder,
                new TreeMap<>(measured),
                baseCopy);
    }

    /// Writes the description of a model folder anew; its vectors are the same.
    public void save(Path folder) throws IOException {
        if (!read(folder).fingerprint().equals(fingerprint)) {
            throw DataException.in(folder, "holds another model than " + fingerprint);
        }
        write(folder);
    }

    /// What a cosine of a text in `language` is worth, where it was measured.
    public Optional<ScoreCalibration> calibration(String language) {
        return Optional.ofNullable(calibration).map(all -> all.get(language));
    }

    /// The languages that it was trained for, the source first.
    public List<String> languages() {
        return Stream.concat(Stream.of(source), targets.stream()).distinct().toList();
    }

    /// What made the image features, where known.
    public Optional<EncoderDescription> encoder() {
        return Optional.ofNullable(imageEncoder);
    }

    /// Refuses features of another image encoder than the model was trained with, as far as both are
    /// known: they may have the same length and still mean something else.
    ///
    /// @param features a feature store
    /// @return what made the features, where known
    /// @throws DataException naming both fingerprints
    public Optional<EncoderDescription> checkFeatures(Path features) throws IOException {
        Optional<EncoderDescription> found = EncoderDescription.ofFeatures(features);
        if (imageEncoder != null
                && found.isPresent()
                && !found.get().fingerprint().equals(imageEncoder.fingerprint())) {
            throw DataException.in(
                    features,
                    "was made by image encoder " + found.get().fingerprint() + ", but the model was trained with "
                            + imageEncoder.fingerprint() + ": encode the images with the encoders of the model");
        }
        return found;
    }
}
