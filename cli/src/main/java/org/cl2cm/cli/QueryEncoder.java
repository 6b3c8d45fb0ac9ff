package org.cl2cm.cli;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.cl2cm.data.DataException;
import org.cl2cm.data.ImageFile;
import org.cl2cm.model.RetrievalModel;
import org.cl2cm.model.vision.EncoderDescription;
import org.cl2cm.model.vision.ImageEncoder;
import org.jspecify.annotations.Nullable;

/// Makes vectors of what a person searches with. The image encoders are opened when a picture needs them.
final class QueryEncoder implements AutoCloseable {
    private final Path folder;
    private final RetrievalModel model;
    private final List<String> encoders;
    private @Nullable ImageEncoder images;

    private QueryEncoder(Path folder, RetrievalModel model, List<String> encoders) {
        this.folder = folder;
        this.model = model;
        this.encoders = encoders;
    }

    /// @param encoders where the model's image encoders lie now; empty when they did not move
    static QueryEncoder of(Path folder, List<String> encoders) throws IOException {
        try (ProgressLine progress = new ProgressLine("model", "steps")) {
            return new QueryEncoder(folder, RetrievalModel.open(folder, progress), encoders);
        }
    }

    String fingerprint() {
        return model.fingerprint();
    }

    float[] text(String text) {
        return model.encodeTexts(List.of(text));
    }

    /// @throws DataException when the picture cannot be decoded, or the image encoders that made the model's features
    ///     are unknown, missing or others
    float[] image(Path file) throws IOException {
        BufferedImage picture = ImageFile.read(file);
        return model.encodeFeatures(images(file).encode(List.of(picture)));
    }

    private ImageEncoder images(Path file) throws IOException {
        if (images == null) {
            EncoderDescription description = model.description()
                    .encoder()
                    .orElseThrow(() -> DataException.in(
                            folder,
                            "was trained on ready-made features and names no image encoder for " + file
                                    + "; use --like ID for a picture of the collection, or train on features that"
                                    + " \"encode\" made"));
            images = description.open(folder, encoders);
        }
        return images;
    }

    @Override
    public void close() throws IOException {
        model.close();
        if (images != null) {
            images.close();
        }
    }
}
