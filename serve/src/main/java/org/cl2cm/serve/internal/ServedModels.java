package org.cl2cm.serve.internal;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.cl2cm.data.DataException;
import org.cl2cm.data.ProgressListener;
import org.cl2cm.model.QueryLanguage;
import org.cl2cm.model.RetrievalModel;
import org.cl2cm.search.CollectionInfo;
import org.cl2cm.serve.QueryModel;
import org.cl2cm.serve.ServeSettings;
import org.jspecify.annotations.Nullable;

/// The models of the collections, each opened once, when the first collection needs it. Safe for
/// use by many threads: whoever uses a model that is open does not wait while another is opened.
final class ServedModels implements AutoCloseable {
    /// Longer than that nobody waits for what is nice to have.
    private static final Duration WARM_UP = Duration.ofSeconds(30);

    private final ServeSettings settings;
    private final Metrics metrics;
    private final Map<String, ServedModel> models = new ConcurrentHashMap<>();
    private final Set<String> held = ConcurrentHashMap.newKeySet();
    private @Nullable Thread languages;
    private volatile boolean closed;

    ServedModels(ServeSettings settings, Metrics metrics) {
        this.settings = settings;
        this.metrics = metrics;
    }

    /// The model that a collection was made with.
    ///
    /// @throws Problem 409 when the collection names none or its folder holds another one by now,
    ///     503 when it cannot be opened
    ServedModel of(CollectionInfo info) throws IOException {
        ServedModel known = models.get(info.model());
        return known != null ? known : opened(info);
    }

    private synchronized ServedModel opened(CollectionInfo info) throws IOException {
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
            if (!RetrievalModel.reaches(folder, info.model())) {
                throw Problem.of(
                        Problem.Kind.CONFLICT,
                        "collection \"" + info.name() + "\" holds vectors of model " + info.model()
                                + ", but its model folder holds model "
                                + RetrievalModel.describe(folder).fingerprint() + " by now");
            }
            long start = System.nanoTime();
            Thread warming = languages();
            QueryModel model = QueryModel.open(folder, info.model(), List.of(), ProgressListener.NONE);
            // The first text takes many times as long as the second.
            model.texts(List.of("a"));
            ServerLog.info("model " + info.model() + " of collection \"" + info.name() + "\" is ready after "
                    + milliseconds(start) + " ms");
            await(warming);
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

    /// Loads what tells the language of a query, while the first model is opened.
    private Thread languages() {
        if (languages == null) {
            languages =
                    Thread.ofPlatform().daemon().name("warm-up of languages").start(ServedModels::warmUpLanguages);
        }
        return languages;
    }

    private static void warmUpLanguages() {
        long start = System.nanoTime();
        QueryLanguage.warmUp();
        ServerLog.info("the statistics of the languages are loaded after " + milliseconds(start) + " ms");
    }

    private static long milliseconds(long since) {
        return Duration.ofNanos(System.nanoTime() - since).toMillis();
    }

    private static void await(Thread warming) {
        try {
            if (!warming.join(WARM_UP)) {
                ServerLog.warn("the statistics of the languages are not loaded after " + WARM_UP.toSeconds()
                        + " s: the first queries may wait for them");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// Opens the model of a collection, if it has one, so that no query waits for that. What goes
    /// wrong is told in the log, and to the queries.
    void warm(CollectionInfo info) {
        if (info.modelFolder().isPresent()) {
            try {
                of(info);
            } catch (Problem problem) {
                ServerLog.warn(problem.detail());
            } catch (IOException | RuntimeException e) {
                ServerLog.failed("model " + info.model() + " of collection \"" + info.name() + "\"", e);
            }
        }
    }

    /// Opens a model that no live collection may have yet, and keeps it until [#letGo].
    ServedModel hold(CollectionInfo info) throws IOException {
        held.add(info.model());
        try {
            return of(info);
        } catch (IOException | RuntimeException e) {
            letGo(info);
            throw e;
        }
    }

    void letGo(CollectionInfo info) {
        held.remove(info.model());
    }

    /// Fingerprints of those that are open.
    Set<String> open() {
        return Set.copyOf(models.keySet());
    }

    /// Closes these, but for those that are held. Nobody may be using them.
    synchronized void close(Set<String> fingerprints) throws IOException {
        for (String fingerprint : fingerprints) {
            ServedModel model = held.contains(fingerprint) ? null : models.remove(fingerprint);
            if (model != null) {
                model.close();
            }
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
