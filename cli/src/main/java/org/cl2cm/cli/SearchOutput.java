package org.cl2cm.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.cl2cm.data.Moment;
import org.cl2cm.model.TextScores;
import org.cl2cm.search.CollectionInfo;
import org.cl2cm.search.Hit;
import org.cl2cm.search.Moments;
import org.cl2cm.search.VectorItem;
import org.cl2cm.search.sheet.ContactSheet;

/// Prints what a search found.
///
/// @param info the collection searched
record SearchOutput(CollectionInfo info) {
    private static final ObjectMapper JSON = new ObjectMapper();

    enum Format {
        TABLE,
        JSON,
        JSONL
    }

    /// One query with what it found.
    ///
    /// @param scores what the scores are worth, for queries of words
    record Result(String query, List<Hit> hits, Optional<TextScores> scores) {
        /// How likely a hit is the item that was meant, where it is known.
        Optional<Double> probability(Hit hit) {
            return scores.flatMap(known -> known.probability(hit.score()));
        }
    }

    void print(PrintWriter out, List<Result> results, Format format) throws IOException {
        switch (format) {
            case TABLE -> results.forEach(result -> table(out, result, results.size() > 1));
            case JSON -> {
                List<Map<String, Object>> all = new ArrayList<>();
                for (Result result : results) {
                    Map<String, Object> one = new LinkedHashMap<>();
                    one.put("query", result.query);
                    one.put("hits", hits(result));
                    all.add(one);
                }
                Map<String, Object> whole = new LinkedHashMap<>();
                whole.put("collection", info.name());
                whole.put("model", info.model());
                whole.put("results", all);
                out.println(JSON.writeValueAsString(whole));
            }
            case JSONL -> {
                for (Result result : results) {
                    for (Map<String, Object> hit : hits(result)) {
                        Map<String, Object> line = new LinkedHashMap<>();
                        line.put("query", result.query);
                        line.putAll(hit);
                        out.println(JSON.writeValueAsString(line));
                    }
                }
            }
        }
    }

    private void table(PrintWriter out, Result result, boolean titled) {
        if (titled) {
            out.println("# " + result.query);
        }
        int width =
                result.hits.stream().mapToInt(hit -> hit.id().length()).max().orElse(0);
        for (int i = 0; i < result.hits.size(); i++) {
            Hit hit = result.hits.get(i);
            String id = hit.id()
                    + " ".repeat(width - hit.id().length())
                    + Moments.of(hit.fields())
                            .map(moment -> "  " + moment.span())
                            .orElse("");
            String media = media(info, hit).orElse("-");
            out.printf("%3d  %7.4f  %s%s  %s%n", i + 1, hit.score(), probability(result, hit), id, media);
        }
        if (result.hits.isEmpty()) {
            out.println("no results: no item matches, or the collection is empty");
        }
    }

    /// In per cent, with a sign before what is background.
    private static String probability(Result result, Hit hit) {
        return result.probability(hit)
                .map(p -> String.format(Locale.ROOT, "%s%5.1f%%  ", TextScores.isBackground(p) ? "~" : " ", 100 * p))
                .orElse("");
    }

    private List<Map<String, Object>> hits(Result result) {
        List<Map<String, Object>> hits = new ArrayList<>();
        for (Hit hit : result.hits) {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("rank", hits.size() + 1);
            one.put("id", hit.id());
            one.put("score", hit.score());
            result.probability(hit).ifPresent(p -> {
                one.put("probability", Math.round(p * 1e6) / 1e6);
                one.put("background", TextScores.isBackground(p));
            });
            Moments.of(hit.fields()).ifPresent(moment -> {
                one.put("video", moment.video());
                one.put("start", moment.start());
                one.put("end", moment.end());
            });
            media(info, hit).ifPresent(media -> one.put("media", media));
            one.put("fields", hit.fields());
            hits.add(one);
        }
        return hits;
    }

    /// The path of a hit's media file on this machine, where it has one.
    static Optional<String> media(CollectionInfo info, Hit hit) {
        return Optional.ofNullable(hit.fields().get(VectorItem.MEDIA))
                .map(media -> info.mediaRoot()
                        .map(root -> Path.of(root).resolve(media).toString())
                        .orElse(media));
    }

    /// A hit in a contact sheet: of a moment the frame in its middle, and its time before the caption.
    static ContactSheet.Tile tile(CollectionInfo info, Hit hit) {
        Optional<Moment> moment = Moments.of(hit.fields());
        String caption = moment.map(Moment::span).map(span -> span + "  ").orElse("") + caption(hit);
        return new ContactSheet.Tile(
                hit.id(),
                media(info, hit).map(Path::of),
                moment.map(Moment::middle).orElse(0.0),
                hit.score(),
                caption);
    }

    /// The first English caption, else the first of any language, else nothing.
    static String caption(Hit hit) {
        String english = hit.fields().get(VectorItem.CAPTION + "en");
        String captions = english != null
                ? english
                : hit.fields().entrySet().stream()
                        .filter(field -> field.getKey().startsWith(VectorItem.CAPTION))
                        .map(Map.Entry::getValue)
                        .findFirst()
                        .orElse("");
        return captions.lines().findFirst().orElse("");
    }
}
