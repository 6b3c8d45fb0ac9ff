package org.cl2cm.serve.internal;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.cl2cm.search.CollectionInfo;

/// `GET /v1/aliases/{alias}` and `POST /v1/aliases/{alias}:swap`. The name of a collection is the
/// alias of its live generation.
final class AliasRoutes {
    private final ServedCollections collections;
    private final SwapJobs jobs;

    AliasRoutes(ServedCollections collections, SwapJobs jobs) {
        this.collections = collections;
        this.jobs = jobs;
    }

    Answer get(Exchange exchange) throws IOException {
        return Answer.json(described(exchange.variable("alias"), exchange));
    }

    /// Begins a swap; it goes on after the answer.
    Answer swap(Exchange exchange) throws IOException {
        String alias = exchange.variable("alias");
        ServedCollections.Generations generations = collections.generations(alias);
        SwapRequest request = SwapRequest.of(
                Json.read(exchange.jsonBody()),
                exchange.settings().models(),
                exchange.settings().top());
        if (request.model().isEmpty() && generations.previous().isEmpty()) {
            throw Problem.of(Problem.Kind.CONFLICT, "there is no generation before the live one");
        }
        if (!request.queries().isEmpty() && generations.live().modelFolder().isEmpty()) {
            throw Problem.at("/queries", "the live generation was made of ready vectors and cannot be asked in words");
        }
        jobs.start(alias, request);
        return Answer.json(202, described(alias, exchange))
                .with(Map.of("Location", "/v1/aliases/" + Paths.encoded(alias)));
    }

    private Map<String, Object> described(String alias, Exchange exchange) throws IOException {
        ServedCollections.Generations generations = collections.generations(alias);
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("alias", alias);
        Map<String, Object> live = described(generations.live());
        live.put("generation", generations.number());
        all.put("live", live);
        generations.previous().ifPresent(previous -> all.put("previous", described(previous)));
        all.put("models", List.copyOf(exchange.settings().models().keySet()));
        jobs.last(alias).ifPresent(job -> all.put("job", job.progress().shown()));
        return all;
    }

    private static Map<String, Object> described(CollectionInfo info) {
        Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("model", info.model());
        shown.put("dimension", info.dimension());
        shown.put("created", info.created().toString());
        return shown;
    }
}
