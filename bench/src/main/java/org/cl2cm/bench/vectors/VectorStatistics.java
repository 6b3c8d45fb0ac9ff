package org.cl2cm.bench.vectors;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.cl2cm.data.AtomicFile;
import org.cl2cm.data.DataException;
import org.jspecify.annotations.Nullable;

/// What is kept of real embeddings to make others like them: plain numbers, no vector of anybody's
/// picture.
///
/// All coordinates are along the principal axes of the gallery, the widest first, from the origin.
/// Vectors lie in clusters around the mean; along each axis the variance is split into that of the
/// centres and that around them.
///
/// @param about which embeddings these were
/// @param vectors how many
/// @param mean `[dimension]`
/// @param between variance of the clusters' centres, `[dimension]`
/// @param within mean variance around a centre, `[dimension]`
/// @param sizes share of each cluster, `[clusters]`; together 1
/// @param spreads of each cluster, a factor on the standard deviations, `[clusters]`
/// @param texts how texts lie to the images that they describe; absent when no texts were seen
@JsonInclude(JsonInclude.Include.NON_NULL)
public record VectorStatistics(
        @JsonProperty(required = true) String about,
        @JsonProperty(required = true) int vectors,
        @JsonProperty(required = true) double[] mean,
        @JsonProperty(required = true) double[] between,
        @JsonProperty(required = true) double[] within,
        @JsonProperty(required = true) double[] sizes,
        @JsonProperty(required = true) double[] spreads,
        @Nullable Texts texts) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /// The modality gap. A text's coordinate is `mean + slope (image - mean of images) + noise`.
    ///
    /// @param mean of the texts, `[dimension]`
    /// @param slope along each axis, by least squares over pairs of text and image, `[dimension]`
    /// @param residual variance that the image does not explain, `[dimension]`
    public record Texts(
            @JsonProperty(required = true) double[] mean,
            @JsonProperty(required = true) double[] slope,
            @JsonProperty(required = true) double[] residual) {}

    public VectorStatistics {
        int dimension = mean.length;
        if (dimension == 0
                || between.length != dimension
                || within.length != dimension
                || sizes.length == 0
                || spreads.length != sizes.length) {
            throw new IllegalArgumentException("mean, between and within must have one length, sizes and spreads too");
        }
        if (texts != null
                && (texts.mean.length != dimension
                        || texts.slope.length != dimension
                        || texts.residual.length != dimension)) {
            throw new IllegalArgumentException("texts: mean, slope and residual need " + dimension + " numbers each");
        }
    }

    /// Floats in a vector.
    public int dimension() {
        return mean.length;
    }

    /// @throws DataException when the file is none of these statistics
    public static VectorStatistics read(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw DataException.in(file, "no such file; \"bench/run fit\" makes it from a model's vectors");
        }
        try {
            return JSON.readValue(file.toFile(), VectorStatistics.class);
        } catch (JsonProcessingException e) {
            throw DataException.in(file, "no statistics of vectors: " + e.getOriginalMessage(), e);
        }
    }

    /// Writes it as JSON, every list of numbers on a line, five digits each.
    public void write(Path file) throws IOException {
        StringBuilder text = new StringBuilder("{\n");
        text.append("\"about\": ").append(JSON.writeValueAsString(about)).append(",\n");
        text.append("\"vectors\": ").append(vectors).append(",\n");
        list(text, "mean", mean);
        text.append(",\n");
        list(text, "between", between);
        text.append(",\n");
        list(text, "within", within);
        text.append(",\n");
        list(text, "sizes", sizes);
        text.append(",\n");
        list(text, "spreads", spreads);
        if (texts != null) {
            text.append(",\n\"texts\": {");
            list(text, "mean", texts.mean);
            text.append(",\n");
            list(text, "slope", texts.slope);
            text.append(",\n");
            list(text, "residual", texts.residual);
            text.append("}");
        }
        AtomicFile.write(file, text.append("\n}\n").toString());
    }

    private static void list(StringBuilder text, String name, double[] numbers) {
        text.append("\"").append(name).append("\": [");
        for (int i = 0; i < numbers.length; i++) {
            double rounded = new java.math.BigDecimal(numbers[i])
                    .round(new java.math.MathContext(5))
                    .doubleValue();
            text.append(i == 0 ? "" : ", ").append(rounded);
        }
        text.append("]");
    }
}
