package org.cl2cm.model.vision;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What names an image encoder well enough to open it.
///
/// @param path an `.onnx` file or a folder with one, or `pixels:N` for the pixels themselves
/// @param output output of the graph, or empty for the likeliest (see [OnnxImageEncoder.Options]) and for pixels
/// @param pool cells in a row and in a column that a spatial output is pooled to; 0 for an output of vectors
/// @param mirror whether the mirror image counts as well, see [MirroredEncoder]
public record EncoderSource(
        @JsonProperty(required = true) String path,
        @JsonProperty(required = true) String output,
        int pool,
        boolean mirror) {
    private static final String PIXELS = "pixels:";

    public EncoderSource {
        if (path.isBlank()) {
            throw new IllegalArgumentException("an encoder needs a path, or pixels:N");
        }
        if (pool < 0) {
            throw new IllegalArgumentException("pool " + pool + ": at least 0");
        }
    }

    /// The pixels of images of `side` x `side`.
    static EncoderSource pixels(int side) {
        return new EncoderSource(PIXELS + side, "", 0, false);
    }

    /// Whether it needs no file.
    @JsonIgnore
    public boolean isPixels() {
        return path.startsWith(PIXELS);
    }

    /// What a person calls it: the name of its file, or `pixels:N`.
    public String name() {
        return isPixels() ? path : String.valueOf(Path.of(path).getFileName());
    }

    /// The same output of the encoder at another place.
    public EncoderSource at(String place) {
        return new EncoderSource(place, output, pool, mirror);
    }

    /// The same encoder, the mirror image counting as well.
    EncoderSource mirrored() {
        return new EncoderSource(path, output, pool, true);
    }

    /// Opens encoders; several stand side by side, see [ConcatenatedEncoder].
    ///
    /// @param threads threads inside one call; 1 where many calls run beside each other
    /// @throws org.cl2cm.data.DataException when one is missing or no image encoder, naming its file
    /// @throws IllegalArgumentException when `pixels:N` has no number, or another encoder beside it
    public static ImageEncoder open(List<EncoderSource> sources, int threads) throws IOException {
        for (EncoderSource source : sources) {
            if (source.isPixels()) {
                return pixels(source, sources.size());
            }
        }
        List<ImageEncoder> opened = new ArrayList<>();
        try {
            for (EncoderSource source : sources) {
                Optional<String> output = Optional.of(source.output).filter(name -> !name.isEmpty());
                ImageEncoder encoder = OnnxImageEncoder.open(
                        Path.of(source.path), new OnnxImageEncoder.Options(output, source.pool, threads));
                opened.add(source.mirror ? new MirroredEncoder(encoder) : encoder);
            }
        } catch (IOException | RuntimeException e) {
            for (ImageEncoder encoder : opened) {
                encoder.close();
            }
            throw e;
        }
        return opened.size() == 1 ? opened.getFirst() : new ConcatenatedEncoder(opened);
    }

    private static ImageEncoder pixels(EncoderSource source, int encoders) {
        String path = source.path;
        if (source.mirror) {
            throw new IllegalArgumentException(path + ": --mirror is for encoders; pixels are taken as they are");
        }
        String side = path.substring(PIXELS.length());
        if (encoders > 1 || !side.matches("\\d{1,3}")) {
            throw new IllegalArgumentException(path + ": write pixels:64, and no other encoder beside it");
        }
        return new PixelEncoder(Integer.parseInt(side));
    }
}
