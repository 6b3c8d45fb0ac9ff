package org.cl2cm.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.cl2cm.data.DataException;
import org.cl2cm.model.Reranker;
import org.cl2cm.model.RetrievalModel;
import org.cl2cm.search.CollectionInfo;
import org.cl2cm.search.QueryEncoder;
import org.cl2cm.serve.QueryModel;
import org.jspecify.annotations.Nullable;

/// The model of a collection, opened when it is needed.
final class CollectionEncoder implements QueryEncoder, AutoCloseable {
    private final CollectionInfo info;
    private final Optional<Path> model;
    private final List<String> encoders;
    private @Nullable QueryModel opened;

    /// @param model instead of the one that the collection names
    /// @param encoders where the model's image encoders lie now; empty when they did not move
    CollectionEncoder(CollectionInfo info, Optional<Path> model, List<String> encoders) {
        this.info = info;
        this.model = model;
        this.encoders = encoders;
    }

    @Override
    public List<float[]> texts(List<String> texts) throws IOException {
        return opened().texts(texts);
    }

    @Override
    public float[] image(byte[] picture, String name) throws IOException {
        return opened().image(picture, name);
    }

    /// @throws DataException when the model has none
    Reranker reranker() throws IOException {
        return opened().reranker();
    }

    /// Scores items for a text with the model's re-ranker.
    ///
    /// @param vectors of the items, row-major
    float[] rerank(String text, float[] vectors) throws IOException {
        return opened().rerank(text, vectors);
    }

    private QueryModel opened() throws IOException {
        if (opened == null) {
            Path folder = model.or(() -> info.modelFolder().map(Path::of))
                    .orElseThrow(() -> new DataException("collection \"" + info.name()
                            + "\" was made of ready vectors (" + info.model()
                            + "): name the model that made them with --model, or search with --vectors or --like"));
            // Before the model is loaded: a wrong one is said in a moment.
            if (!RetrievalModel.reaches(folder, info.model())) {
                info.checkModel(RetrievalModel.describe(folder).fingerprint());
            }
            try (ProgressLine progress = new ProgressLine("model", "steps")) {
                opened = QueryModel.open(folder, info.model(), encoders, progress);
            }
        }
        return opened;
    }

    @Override
    public void close() throws IOException {
        if (opened != null) {
            opened.close();
        }
    }
}
