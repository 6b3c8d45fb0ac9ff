package org.cl2cm.serve.internal;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.cl2cm.model.TextScores;
import org.cl2cm.search.CollectionInfo;
import org.cl2cm.search.Hit;
import org.cl2cm.search.Moments;
import org.cl2cm.search.QueryPartException;
import org.cl2cm.search.QueryParts;
import org.cl2cm.search.RerankedSearch;
import org.cl2cm.search.VectorEngine;
import org.cl2cm.search.VectorItem;
import org.cl2cm.search.VectorQuery;
import org.cl2cm.serve.QueryModel;

/// `POST /v1/collections/{collection}/search`.
final class SearchRoute {
    private static final String FORM = "multipart/form-data";

    private final ServedCollections collections;
    private final ServedModels models;
    private final Metrics metrics;

    SearchRoute(ServedCollections collections, ServedModels models, Metrics metrics) {
        this.collections = collections;
        this.models = models;
        this.metrics = metrics;
    }

    Answer search(Exchange exchange) throws IOException {
        return collections.use(exchange.variable("collection"), collection -> search(exchange, collection));
    }

    private Answer search(Exchange exchange, ServedCollection collection) throws IOException {
        long start = System.nanoTime();
        SearchRequest asked = SearchRequest.of(
                body(exchange), collection.info(), exchange.settings().top());
        RequestEncoder encoder = new RequestEncoder(models, collection.info(), exchange.deadline());
        if (asked.rerank().isPresent()) {
            checkReranker(collection.info());
        }
        // Waiting for the model keeps the collection open, which costs nothing.
        return collection.read(engine -> {
            VectorQuery query = query(engine, encoder, asked);
            long searching = System.nanoTime();
            if (exchange.deadline().left() < 0) {
                throw exchange.deadline().over("encoding");
            }
            List<Hit> hits = hits(engine, encoder, query, asked);
            long end = System.nanoTime();
            Optional<TextScores> scores = scores(asked, collection.info(), engine.size());
            metrics.searched(collection.info().name(), end - searching - encoder.reranked());
            Map<String, Object> took = encoder.took();
            took.put("search", RequestEncoder.milliseconds(end - searching - encoder.reranked()));
            took.put("total", RequestEncoder.milliseconds(end - start));
            Map<String, Object> answer = new LinkedHashMap<>();
            answer.put("collection", collection.info().name());
            answer.put("model", collection.info().model());
            answer.put("took_ms", took);
            scores.ifPresent(known -> answer.put("language", language(known)));
            answer.put("hits", hits(collection.info(), kept(hits, scores, asked), scores));
            return Answer.json(answer);
        });
    }

    private void checkReranker(CollectionInfo info) throws IOException {
        QueryModel model = models.of(info).model();
        if (!model.hasReranker()) {
            throw Problem.at("/rerank", model.noReranker());
        }
    }

    private static List<Hit> hits(VectorEngine engine, RequestEncoder encoder, VectorQuery query, SearchRequest asked)
            throws IOException {
        if (asked.rerank().isEmpty()) {
            return Moments.search(engine, query, asked.moments());
        }
        String words = asked.words().orElseThrow();
        return RerankedSearch.search(
                engine, query, asked.moments(), asked.rerank().get(), vectors -> encoder.rerank(words, vectors));
    }

    private static JsonNode body(Exchange exchange) {
        if (!Multipart.mediaType(exchange.contentType()).equals(FORM)) {
            return Json.read(exchange.jsonBody());
        }
        String boundary = Multipart.boundary(exchange.contentType())
                .orElseThrow(() -> Problem.of(Problem.Kind.MALFORMED, FORM + " without a boundary"));
        return SearchForm.query(Multipart.read(exchange.body(), boundary));
    }

    private static VectorQuery query(VectorEngine engine, RequestEncoder encoder, SearchRequest asked)
            throws IOException {
        VectorQuery query;
        try {
            query = QueryParts.query(engine, encoder, asked.parts(), asked.top());
        } catch (QueryPartException e) {
            throw Problem.at(asked.pointers().get(e.part()), String.valueOf(e.getMessage()));
        } catch (IllegalArgumentException e) {
            throw Problem.at("", String.valueOf(e.getMessage()));
        }
        VectorQuery among = query.among(asked.filter());
        return asked.hybrid() ? among.withWords(QueryParts.words(asked.parts())) : among;
    }

    /// What the scores of a query of words are worth.
    private Optional<TextScores> scores(SearchRequest asked, CollectionInfo info, long items) throws IOException {
        if (asked.words().isEmpty()) {
            return Optional.empty();
        }
        try {
            TextScores scores =
                    TextScores.of(models.of(info).description(), asked.words().get(), asked.language(), items);
            if (asked.minScore().isPresent() && scores.calibration().isEmpty()) {
                throw Problem.at(
                        "/min_score",
                        "what the scores of this model are worth was not measured; \"cl2cm model calibrate\" does it");
            }
            return Optional.of(scores);
        } catch (IllegalArgumentException e) {
            throw Problem.at("/language", String.valueOf(e.getMessage()));
        }
    }

    private static List<Hit> kept(List<Hit> hits, Optional<TextScores> scores, SearchRequest asked) {
        if (asked.minScore().isEmpty()) {
            return hits;
        }
        return hits.stream()
                .filter(hit ->
                        scores.flatMap(known -> known.probability(hit.score())).orElse(0.0)
                                >= asked.minScore().get())
                .toList();
    }

    private static Map<String, Object> language(TextScores scores) {
        Map<String, Object> language = new LinkedHashMap<>();
        language.put("code", scores.untrained().orElse(scores.language()));
        language.put("trained", scores.untrained().isEmpty());
        return language;
    }

    private static List<Map<String, Object>> hits(CollectionInfo info, List<Hit> hits, Optional<TextScores> scores) {
        List<Map<String, Object>> all = new ArrayList<>(hits.size());
        for (Hit hit : hits) {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("id", hit.id());
            one.put("score", hit.score());
            scores.flatMap(known -> known.probability(hit.score())).ifPresent(probability -> {
                one.put("probability", Math.round(probability * 1e6) / 1e6);
                one.put("background", TextScores.isBackground(probability));
            });
            one.put("fields", ItemRoutes.shown(hit.fields()));
            if (hit.fields().containsKey(VectorItem.MEDIA)) {
                one.put("media", ItemRoutes.address(info.name(), hit.id()) + "/media");
            }
            all.add(one);
        }
        return all;
    }
}
