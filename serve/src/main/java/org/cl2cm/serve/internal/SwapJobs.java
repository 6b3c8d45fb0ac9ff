package org.cl2cm.serve.internal;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.cl2cm.search.Collections;
import org.cl2cm.serve.ServeSettings;
import org.jspecify.annotations.Nullable;

/// The swaps of a server: one at a time, and the last one of each collection. Safe for use by many
/// threads.
final class SwapJobs {
    private final Collections folder;
    private final ServedCollections collections;
    private final ServedModels models;
    private final ServeSettings settings;
    private final Metrics metrics;
    private final Map<String, SwapJob> last = new LinkedHashMap<>();
    private @Nullable SwapJob current;
    private @Nullable Thread thread;
    private int started;
    private boolean ending;

    SwapJobs(
            Collections folder,
            ServedCollections collections,
            ServedModels models,
            ServeSettings settings,
            Metrics metrics) {
        this.folder = folder;
        this.collections = collections;
        this.models = models;
        this.settings = settings;
        this.metrics = metrics;
    }

    /// Begins a swap.
    ///
    /// @throws Problem 409 while another one runs, 503 when the server ends
    synchronized SwapJob start(String alias, SwapRequest request) {
        if (ending) {
            throw Problem.of(Problem.Kind.UNAVAILABLE, "the server is shutting down");
        }
        if (current != null && current.progress().isRunning()) {
            throw Problem.of(
                    Problem.Kind.CONFLICT,
                    "a swap of \"" + current.alias() + "\" is under way, and one is made at a time; GET /v1/aliases/"
                            + Paths.encoded(current.alias()) + " says how far it is");
        }
        SwapJob job = new SwapJob(++started, alias, request, folder, collections, models, settings, metrics);
        current = job;
        last.put(alias, job);
        thread = Thread.ofPlatform().daemon().name("swap of " + alias).start(job);
        return job;
    }

    /// The swap of a collection that was begun last.
    synchronized Optional<SwapJob> last(String alias) {
        return Optional.ofNullable(last.get(alias));
    }

    /// Begins no more, and lets the one that runs stop.
    synchronized void end() {
        ending = true;
        if (current != null) {
            current.end();
        }
    }

    /// Waits until none runs.
    void await() {
        Thread running;
        synchronized (this) {
            running = thread;
        }
        if (running != null) {
            try {
                running.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
