package org.cl2cm.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.cl2cm.data.DataException;
import org.cl2cm.model.RetrievalModel;

/// Makes vectors of what a person searches with.
interface QueryEncoder extends AutoCloseable {
    String fingerprint();

    float[] text(String text) throws IOException;

    /// @throws DataException when the model does not know the encoder its image features came from
    float[] image(Path file) throws IOException;

    @Override
    void close();

    static QueryEncoder of(Path folder) throws IOException {
        RetrievalModel model;
        try (ProgressLine progress = new ProgressLine("model", "steps")) {
            model = RetrievalModel.open(folder, progress);
        }
        return new QueryEncoder() {
            @Override
            public String fingerprint() {
                return model.fingerprint();
            }

            @Override
            public float[] text(String text) {
                return model.encodeTexts(List.of(text));
            }

            @Override
            public float[] image(Path file) throws IOException {
                throw DataException.in(
                        folder,
                        "this model was trained on ready-made features and names no image encoder for " + file
                                + "; use --like ID for a picture that is in the collection");
            }

            @Override
            public void close() {
                model.close();
            }
        };
    }
}
