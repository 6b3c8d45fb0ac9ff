package org.cl2cm.serve.internal;

import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.cl2cm.search.GenerationComparison;
import org.jspecify.annotations.Nullable;

/// How far a swap is and what became of it. Written by the thread that swaps, shown by any.
final class SwapProgress {
    /// What is being done.
    enum Step {
        OPENING,
        MAKING,
        COMPARING,
        SWITCHING
    }

    /// What became of it.
    enum State {
        RUNNING,
        /// The other generation is live.
        DONE,
        /// As it was asked for, or for what the comparison showed, the live generation stays.
        KEPT,
        FAILED,
        STOPPED;

        /// As clients and metrics call it.
        String small() {
            return name().toLowerCase(Locale.ROOT);
        }

        /// How a swap can end.
        static List<State> ends() {
            return Stream.of(values()).filter(state -> state != RUNNING).toList();
        }
    }

    private static final int SHOWN = 5;

    private final int number;
    private final SwapRequest request;
    private final Instant started = Instant.now();
    private State state = State.RUNNING;
    private Step step = Step.OPENING;
    private long done;
    private long total;
    private @Nullable Instant ended;
    private @Nullable String detail;
    private @Nullable GenerationComparison comparison;
    private Map<String, String> left = Map.of();

    SwapProgress(int number, SwapRequest request) {
        this.number = number;
        this.request = request;
    }

    synchronized boolean isRunning() {
        return state == State.RUNNING;
    }

    synchronized void finish(State reached, String said) {
        state = reached;
        detail = said;
        ended = Instant.now();
    }

    synchronized void at(Step reached) {
        step = reached;
    }

    synchronized void total(long items) {
        total = items;
    }

    synchronized void done(long items) {
        done = Math.min(items, total);
    }

    synchronized void compared(GenerationComparison result) {
        comparison = result;
    }

    /// @param reasons by the ids of the items that the other generation lacks
    synchronized void left(Map<String, String> reasons) {
        left = Map.copyOf(reasons);
    }

    /// For clients.
    synchronized Map<String, Object> shown() {
        Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("number", number);
        shown.put("to", request.target());
        shown.put("state", state.small());
        shown.put("step", step.name().toLowerCase(Locale.ROOT));
        shown.put("started", started.toString());
        if (ended != null) {
            shown.put("ended", ended.toString());
        }
        if (request.model().isPresent()) {
            shown.put("items", Map.of("done", done, "total", total));
            shown.put("left", left());
        }
        if (comparison != null) {
            shown.put("comparison", comparison(comparison));
        }
        if (detail != null) {
            shown.put("detail", detail);
        }
        return shown;
    }

    private Map<String, Object> left() {
        List<Map<String, String>> some = left.entrySet().stream()
                .limit(SHOWN)
                .map(entry -> Map.of("id", entry.getKey(), "reason", entry.getValue()))
                .toList();
        return Map.of("count", left.size(), "some", some);
    }

    private static Map<String, Object> comparison(GenerationComparison compared) {
        Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("queries", compared.queries().size());
        shown.put("top", compared.top());
        shown.put("overlap", rounded(compared.overlap()));
        compared.liveRecall().ifPresent(recall -> shown.put("recall_live", rounded(recall)));
        compared.nextRecall().ifPresent(recall -> shown.put("recall_next", rounded(recall)));
        shown.put(
                "least_alike",
                compared.queries().stream()
                        .sorted(Comparator.comparingDouble(GenerationComparison.Compared::overlap))
                        .limit(SHOWN)
                        .map(query -> Map.of("text", query.text(), "overlap", rounded(query.overlap())))
                        .toList());
        return shown;
    }

    private static double rounded(double value) {
        return Math.round(value * 1e4) / 1e4;
    }
}
