package org.cl2cm.serve.internal;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.cl2cm.data.DataException;
import org.cl2cm.data.ProgressListener;
import org.cl2cm.model.RetrievalModel;
import org.cl2cm.search.CollectionInfo;
import org.cl2cm.serve.QueryModel;
import org.cl2cm.serve.ServeSettings;

/// The models of the collections, each opened once, when the first collection needs it. Safe for
/// use by many threads.
final class ServedModels implements AutoCloseable {
    private final ServeSettings settings;
    private final Metrics metrics;
    private final Map<String, ServedModel> models = new LinkedHashMap<>();
    private boolean closed;

    ServedModels(ServeSettings settings, Metrics metrics) {
        this.settings = settings;
        this.metrics = metrics;
    }

    /// The model that a collection was made with.
    ///
    /// @throws Problem 409 when the collection names none or its folder holds another one by now,
    ///     503 when it cannot be opened
    synchronized ServedModel of(CollectionInfo info) throws IOException {
        if (closed) {
            throw Problem.of(Problem.Kind.UNAVAILABLE, "the server is shutting down");
        }
        ServedModel known = models.get(info.model());
        if (known != null) {
            return known;
        }
        Path folder = info.modelFolder()
                .map(Path::of)
                .orElseThrow(() -> Problem.of(
                        Problem.Kind.CONFLICT,
                        "collection \"" + info.name()
                                + "\" was made of ready vectors and has no model: send a \"vector\" or \"like\""));
        try {
            String found = RetrievalModel.describe(folder).fingerprint();
            if (!found.equals(info.model())) {
                throw Problem.of(
                        Problem.Kind.CONFLICT,
                        "collection \"" + info.name() + "\" holds vectors of model " + info.model()
                                + ", but its model folder holds model " + found + " by now");
            }
            QueryModel model = QueryModel.open(folder, List.of(), ProgressListener.NONE);
            // The first text takes many times as long as the second.
            model.texts(List.of("a"));
            ServedModel opened = new ServedModel(model, settings, metrics);
            models.put(info.model(), opened);
            return opened;
        } catch (DataException e) {
            ServerLog.warn("the model of collection \"" + info.name() + "\" cannot be opened: " + e.getMessage());
            throw Problem.of(
                    Problem.Kind.UNAVAILABLE,
                    "the model of collection \"" + info.name() + "\" cannot be opened; the server's log says why");
        }
    }

    @Override
    public synchronized void close() throws IOException {
        closed = true;
        for (ServedModel model : models.values()) {
            model.close();
        }
        models.clear();
    }
}
