package org.cl2cm.serve.internal;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import org.cl2cm.data.DataException;
import org.cl2cm.data.FeatureStore;
import org.cl2cm.data.ProgressListener;
import org.cl2cm.model.ModelDescription;
import org.cl2cm.model.RetrievalModel;
import org.cl2cm.model.vision.EncoderDescription;
import org.cl2cm.search.CollectionInfo;
import org.cl2cm.search.CollectionLockedException;
import org.cl2cm.search.Collections;
import org.cl2cm.search.GenerationComparison;
import org.cl2cm.search.NextGeneration;
import org.cl2cm.serve.AllowedModel;
import org.cl2cm.serve.ServeSettings;
import org.cl2cm.serve.internal.SwapProgress.State;
import org.cl2cm.serve.internal.SwapProgress.Step;

/// Puts another generation of one collection in place, on a thread of its own, while the live one
/// goes on answering. Until the one instant of the switch everything can fail, or the process be
/// killed, and the live generation stays. Runs once; the rest may be called by any thread.
final class SwapJob implements Runnable {
    /// Attempts to become the only writer, a second apart, while another program writes.
    private static final int ATTEMPTS = 60;

    /// Most rounds of taking over what was written meanwhile before writers are held off.
    private static final int ROUNDS = 3;

    private static final int CHUNK = 32;
    /// Why the live generation stays, in words for whoever asked for the swap.
    private static final class Kept extends RuntimeException {
        private static final long serialVersionUID = 1;

        private final String reason;

        Kept(String reason) {
            super(reason, null, false, false);
            this.reason = reason;
        }
    }

    private final String alias;
    private final SwapRequest request;
    private final Collections folder;
    private final ServedCollections collections;
    private final ServedModels models;
    private final ServeSettings settings;
    private final Metrics metrics;
    private final SwapProgress progress;
    private volatile boolean ending;

    /// @param alias name of the collection
    SwapJob(
            int number,
            String alias,
            SwapRequest request,
            Collections folder,
            ServedCollections collections,
            ServedModels models,
            ServeSettings settings,
            Metrics metrics) {
        this.alias = alias;
        this.request = request;
        this.folder = folder;
        this.collections = collections;
        this.models = models;
        this.settings = settings;
        this.metrics = metrics;
        this.progress = new SwapProgress(number, request);
    }

    String alias() {
        return alias;
    }

    SwapProgress progress() {
        return progress;
    }

    /// Lets it stop at the next item. A switch that has begun is finished.
    void end() {
        ending = true;
    }

    @Override
    public void run() {
        State reached = State.FAILED;
        String said = "it failed; the server's log says why";
        try {
            said = request.model().isPresent() ? make(request.model().get()) : goBack();
            reached = State.DONE;
        } catch (Kept kept) {
            reached = State.KEPT;
            said = kept.reason;
        } catch (CancellationException _) {
            reached = State.STOPPED;
            said = "the server was ended; the live generation stays";
        } catch (CollectionLockedException _) {
            said = "another program has been writing the collection all the time; the live generation stays";
        } catch (Problem problem) {
            said = problem.detail();
        } catch (DataException e) {
            ServerLog.warn("swap of \"" + alias + "\": " + e.getMessage());
        } catch (IOException | RuntimeException | Error e) {
            ServerLog.failed("swap of \"" + alias + "\"", e);
        }
        try {
            // Even a failure may have come after the switch.
            collections.follow(alias);
            collections.releaseModels();
        } catch (IOException | RuntimeException e) {
            ServerLog.failed("after the swap of \"" + alias + "\"", e);
        }
        metrics.swapped(reached);
        progress.finish(reached, said);
    }

    private String make(String name) throws IOException {
        AllowedModel allowed = settings.models().get(name);
        if (allowed == null) {
            throw new IllegalStateException(name);
        }
        CollectionInfo live = collections.use(alias, ServedCollection::info);
        CollectionInfo info = described(live, allowed);
        ServedModel model = models.hold(info);
        try (RemadeVectors vectors = new RemadeVectors(
                        model.model(), live, store(allowed), settings.pixels(), () -> ending, progress::done);
                NextGeneration next = folder.next(info)) {
            progress.at(Step.MAKING);
            progress.total(next.live().size());
            next.copy(vectors, ProgressListener.NONE);
            if (!request.queries().isEmpty()) {
                progress.at(Step.COMPARING);
                compare(next, model);
            }
            checkLeft(next, vectors);
            if (request.dryRun()) {
                throw new Kept("a dry run: the live generation stays");
            }
            progress.at(Step.SWITCHING);
            // So that little is left to do when writers are held off.
            for (int round = 0; round < ROUNDS && next.copy(vectors, ProgressListener.NONE) > 0; round++) {
                checkLeft(next, vectors);
            }
            alone(() -> {
                next.copy(vectors, ProgressListener.NONE);
                checkLeft(next, vectors);
                next.goLive(vectors);
            });
            return "generation " + folder.generation(alias) + " is live";
        } finally {
            models.letGo(info);
        }
    }

    /// What the collection will be.
    private static CollectionInfo described(CollectionInfo live, AllowedModel allowed) throws IOException {
        ModelDescription description = RetrievalModel.describe(allowed.folder());
        Optional<EncoderDescription> encoder = description.encoder();
        if (allowed.features().isPresent()) {
            Optional<EncoderDescription> made =
                    description.checkFeatures(allowed.features().get());
            encoder = encoder.or(() -> made);
        }
        return new CollectionInfo(
                live.name(),
                description.dimension(),
                description.fingerprint(),
                encoder.map(EncoderDescription::fingerprint),
                live.engine(),
                Instant.now(),
                Optional.of(allowed.folder().toString()),
                live.mediaRoot(),
                live.fields());
    }

    private static Optional<FeatureStore> store(AllowedModel allowed) throws IOException {
        return allowed.features().isPresent()
                ? Optional.of(FeatureStore.open(allowed.features().get()))
                : Optional.empty();
    }

    private void compare(NextGeneration next, ServedModel model) throws IOException {
        List<String> texts =
                request.queries().stream().map(SwapRequest.Asked::text).toList();
        List<float[]> before = vectors(models.of(next.live().info()), texts);
        List<float[]> after = vectors(model, texts);
        List<GenerationComparison.Question> questions = new ArrayList<>();
        for (int i = 0; i < texts.size(); i++) {
            questions.add(new GenerationComparison.Question(
                    texts.get(i),
                    before.get(i),
                    after.get(i),
                    request.queries().get(i).relevant()));
        }
        GenerationComparison compared = GenerationComparison.of(next.live(), next.engine(), questions, request.top());
        progress.compared(compared);
        if (request.minOverlap().isPresent()
                && compared.overlap() < request.minOverlap().get()) {
            throw new Kept(String.format(
                    Locale.ROOT,
                    "%.3f of the results are the same, less than min_overlap %s: the live generation stays",
                    compared.overlap(),
                    request.minOverlap().get()));
        }
        double loss = compared.liveRecall().orElse(0) - compared.nextRecall().orElse(0);
        if (request.maxLoss().isPresent() && loss > request.maxLoss().get()) {
            throw new Kept(String.format(
                    Locale.ROOT,
                    "the recall falls by %.3f, more than max_loss %s: the live generation stays",
                    loss,
                    request.maxLoss().get()));
        }
    }

    private List<float[]> vectors(ServedModel model, List<String> texts) throws IOException {
        List<float[]> vectors = new ArrayList<>(texts.size());
        for (int from = 0; from < texts.size(); from += CHUNK) {
            if (ending) {
                throw new CancellationException();
            }
            vectors.addAll(model.model().texts(texts.subList(from, Math.min(texts.size(), from + CHUNK))));
        }
        return vectors;
    }

    private void checkLeft(NextGeneration next, RemadeVectors vectors) throws IOException {
        Map<String, String> reasons = new LinkedHashMap<>();
        next.left().forEach((id, reason) -> reasons.put(id, vectors.reason(id).orElse(reason)));
        progress.left(reasons);
        if (reasons.isEmpty()) {
            return;
        }
        String said = reasons.size() + " items have no vector of the other model";
        if (!request.allowMissing()) {
            throw new Kept(said + ": the live generation stays; \"allow_missing\" leaves them out");
        }
        if (next.engine().size() == 0) {
            throw new Kept(said + ", and no item has one: the live generation stays");
        }
    }

    private String goBack() throws IOException {
        CollectionInfo before = folder.previous(alias)
                .orElseThrow(() -> Problem.of(Problem.Kind.CONFLICT, "there is no generation before the live one"));
        if (before.modelFolder().isPresent()) {
            models.hold(before);
        }
        try {
            progress.at(Step.SWITCHING);
            alone(() -> folder.rollback(alias));
            return "generation " + folder.generation(alias) + " is live again";
        } finally {
            models.letGo(before);
        }
    }

    /// Runs what must be the only writer, as soon as other programs let it.
    private void alone(ServedCollection.Alone action) throws IOException {
        for (int attempt = 1; ; attempt++) {
            try {
                collections.use(alias, collection -> {
                    collection.alone(action);
                    return true;
                });
                return;
            } catch (CollectionLockedException e) {
                if (attempt == ATTEMPTS) {
                    throw e;
                }
                pause();
            }
        }
    }

    private void pause() {
        try {
            TimeUnit.SECONDS.sleep(1);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException();
        }
        if (ending) {
            throw new CancellationException();
        }
    }
}
