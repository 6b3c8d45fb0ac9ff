package org.cl2cm.model.vision;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.util.List;

/// Turns images into feature vectors. Safe for use by many threads until it is closed.
public interface ImageEncoder extends AutoCloseable {
    /// Floats in one feature vector.
    int dimension();

    /// SHA-256 over everything that decides the features: the weights, the preparation of the pixels,
    /// the output. Features of two fingerprints must not be compared.
    String fingerprint();

    /// What opens it again, part by part; empty for an encoder that no file or name stands for.
    List<EncoderSource> sources();

    /// Floats in what [#prepare] makes of one image, whatever the size of the image.
    int inputLength();

    /// The numbers the encoder sees of one image: resized, cropped, normalised.
    ///
    /// @return `[inputLength]`
    float[] prepare(BufferedImage image);

    /// Encodes what [#prepare] made.
    ///
    /// @return `[prepared.size(), dimension]`, row by row
    /// @throws IOException when the encoder fails, naming its file
    float[] encodePrepared(List<float[]> prepared) throws IOException;

    /// Encodes images in one batch.
    ///
    /// @return `[images.size(), dimension]`, row by row
    /// @throws IOException when the encoder fails, naming its file
    default float[] encode(List<BufferedImage> images) throws IOException {
        return encodePrepared(images.stream().map(this::prepare).toList());
    }

    @Override
    void close() throws IOException;
}
