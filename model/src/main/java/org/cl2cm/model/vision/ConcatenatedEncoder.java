package org.cl2cm.model.vision;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.cl2cm.model.Fingerprint;

/// Several encoders side by side: a feature vector is their vectors one after another, each divided by
/// its Euclidean length first, so that none outweighs another by its scale alone.
///
/// Closing it closes the parts.
public final class ConcatenatedEncoder implements ImageEncoder {
    private final List<ImageEncoder> parts;
    private final int dimension;

    /// @param parts at least one
    public ConcatenatedEncoder(List<? extends ImageEncoder> parts) {
        if (parts.isEmpty()) {
            throw new IllegalArgumentException("no encoder to concatenate");
        }
        this.parts = List.copyOf(parts);
        this.dimension = parts.stream().mapToInt(ImageEncoder::dimension).sum();
    }

    @Override
    public int dimension() {
        return dimension;
    }

    @Override
    public String fingerprint() {
        return Fingerprint.ofText("unit vectors of\n"
                + parts.stream().map(ImageEncoder::fingerprint).collect(Collectors.joining("\n")));
    }

    @Override
    public List<EncoderSource> sources() {
        return parts.stream().flatMap(part -> part.sources().stream()).toList();
    }

    @Override
    public int inputLength() {
        return parts.stream().mapToInt(ImageEncoder::inputLength).sum();
    }

    /// What the parts see, one after another.
    @Override
    public float[] prepare(BufferedImage image) {
        float[] all = new float[inputLength()];
        int at = 0;
        for (ImageEncoder part : parts) {
            float[] input = part.prepare(image);
            System.arraycopy(input, 0, all, at, input.length);
            at += input.length;
        }
        return all;
    }

    @Override
    public float[] encodePrepared(List<float[]> prepared) throws IOException {
        float[] rows = new float[prepared.size() * dimension];
        int from = 0;
        int column = 0;
        for (ImageEncoder part : parts) {
            List<float[]> inputs = new ArrayList<>();
            for (float[] all : prepared) {
                inputs.add(Arrays.copyOfRange(all, from, from + part.inputLength()));
            }
            float[] features = part.encodePrepared(inputs);
            for (int row = 0; row < prepared.size(); row++) {
                normalise(features, row * part.dimension(), part.dimension());
                System.arraycopy(features, row * part.dimension(), rows, row * dimension + column, part.dimension());
            }
            from += part.inputLength();
            column += part.dimension();
        }
        return rows;
    }

    /// A vector of zeros stays one.
    private static void normalise(float[] features, int offset, int length) {
        double sum = 0;
        for (int i = offset; i < offset + length; i++) {
            sum += (double) features[i] * features[i];
        }
        double norm = sum > 0 ? Math.sqrt(sum) : 1;
        for (int i = offset; i < offset + length; i++) {
            features[i] = (float) (features[i] / norm);
        }
    }

    @Override
    public void close() throws IOException {
        IOException first = null;
        for (ImageEncoder part : parts) {
            try {
                part.close();
            } catch (IOException e) {
                if (first == null) {
                    first = e;
                } else {
                    first.addSuppressed(e);
                }
            }
        }
        if (first != null) {
            throw first;
        }
    }
}
