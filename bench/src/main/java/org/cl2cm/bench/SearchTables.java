package org.cl2cm.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.cl2cm.bench.http.HttpResult;
import org.cl2cm.bench.http.OverloadResult;
import org.cl2cm.bench.search.PeerResult;
import org.cl2cm.bench.search.SearchCase;
import org.cl2cm.bench.search.SearchResult;
import org.cl2cm.bench.vectors.Likeness;
import org.cl2cm.bench.vectors.LikenessResult;

/// Results of search as tables in Markdown.
final class SearchTables {
    private static final double MEBIBYTE = 1 << 20;

    /// Milliseconds; requests that are sent later than this say little about the server.
    private static final double MOST_BEHIND = 100;

    private SearchTables() {}

    private static String row(Object... cells) {
        return Arrays.stream(cells).map(String::valueOf).collect(Collectors.joining(" | ", "| ", " |"));
    }

    private static String rule(int cells) {
        return "|" + " --- |".repeat(cells);
    }

    /// Three significant digits, more for large numbers.
    private static String number(double value) {
        return value >= 100
                ? String.format(Locale.ROOT, "%,.0f", value)
                : value >= 10 ? String.format(Locale.ROOT, "%.1f", value) : String.format(Locale.ROOT, "%.2f", value);
    }

    private static String spread(Spread spread) {
        return number(spread.median()) + " (" + number(spread.low()) + " to " + number(spread.high()) + ")";
    }

    private static String mebibytes(long bytes) {
        return number(bytes / MEBIBYTE);
    }

    static List<String> likeness(LikenessResult result) {
        List<String> lines = new ArrayList<>();
        lines.add(String.format(
                Locale.ROOT,
                "Real: %s; %,d vectors of dimension %d, %,d queries, which are %s."
                        + " Generated: as many, in %,d clusters.",
                result.about(),
                result.vectors(),
                result.dimension(),
                result.queries(),
                result.texts() ? "captions" : "images that are not among the vectors",
                result.clusters()));
        lines.add("");
        String quantiles = Likeness.QUANTILES.stream()
                .map(share -> String.format(Locale.ROOT, "%.0f %%", 100 * share))
                .collect(Collectors.joining(", "));
        lines.add(row("", "real", "generated"));
        lines.add(rule(3));
        likenessRow(lines, "cosine to the nearest vector, at " + quantiles, result, l -> cosines(l.neighbours()));
        likenessRow(lines, "cosine of a query to the nearest vector", result, l -> cosines(l.queries()));
        likenessRow(lines, "cosine of two vectors at random", result, l -> cosines(l.pairs()));
        likenessRow(
                lines,
                "recall@10 of one graph, default settings",
                result,
                l -> String.format(Locale.ROOT, "%.4f", l.recall()));
        likenessRow(
                lines,
                "recall@100 of it from 100 candidates",
                result,
                l -> String.format(Locale.ROOT, "%.4f", l.hardRecall()));
        return lines;
    }

    private static void likenessRow(
            List<String> lines, String what, LikenessResult result, Function<Likeness, String> value) {
        lines.add(row(what, value.apply(result.real()), value.apply(result.generated())));
    }

    private static String cosines(double[] values) {
        return Arrays.stream(values)
                .mapToObj(value -> String.format(Locale.ROOT, "%.3f", value))
                .collect(Collectors.joining(", "));
    }

    static List<String> search(SearchResult result) {
        List<String> lines = new ArrayList<>();
        lines.add(String.format(Locale.ROOT, "### %,d vectors of dimension %d", result.rows(), result.dimension()));
        lines.add("");
        lines.add(result.conditions() + ". "
                + String.format(
                        Locale.ROOT,
                        "%,d queries, %d rounds of %s s.",
                        result.queries(),
                        result.rounds(),
                        number(result.seconds())));
        lines.add("");
        lines.add(String.format(
                Locale.ROOT,
                "Built in %s s (%,.0f items/s), segments: %d, %s MiB on the disk (%s MiB are the float32 vectors),"
                        + " searched by %s. Peak resident memory: %s MiB while building, %s MiB while searching.",
                number(result.build().seconds()),
                result.rows() / result.build().seconds(),
                result.build().segments(),
                mebibytes(result.build().bytes()),
                mebibytes((long) result.rows() * result.dimension() * Float.BYTES),
                result.build().method().equals("graph") ? "the graph" : "comparing every vector",
                mebibytes(result.memory().build()),
                mebibytes(result.memory().search())));
        lines.add("");
        lines.add(
                row("among", "engine", "threads", "recall@10", "queries/s", "p50, ms", "p95", "p99", "speed / exact"));
        lines.add(rule(9));
        for (SearchCase what : SearchCase.values()) {
            for (SearchResult.Measured one : result.measured()) {
                if (one.what() == what) {
                    lines.add(row(
                            what.title(),
                            one.engine(),
                            one.threads(),
                            String.format(Locale.ROOT, "%.4f", one.recall()),
                            spread(one.perSecond()),
                            number(one.p50()),
                            number(one.p95()),
                            number(one.p99()),
                            one.speed() == null ? "1" : one.speed()));
                }
            }
        }
        return lines;
    }

    static List<String> peers(List<SearchResult> sizes, List<PeerResult> peers) {
        List<String> lines = new ArrayList<>();
        for (SearchResult size : sizes) {
            List<PeerResult> some =
                    peers.stream().filter(peer -> peer.rows() == size.rows()).toList();
            if (!some.isEmpty()) {
                lines.add(String.format(Locale.ROOT, "### %,d vectors, at the recall of cl2cm or more", size.rows()));
                lines.add("");
                atRecall(lines, size, some);
                lines.add("");
                lines.add(row("index", "build, s", "threads of the build", "index, MiB", "peak memory, MiB"));
                lines.add(rule(5));
                lines.add(row(
                        "cl2cm",
                        number(size.build().seconds()),
                        "1, and 1 that merges",
                        mebibytes(size.build().bytes()),
                        mebibytes(size.memory().build())));
                for (PeerResult peer : some) {
                    lines.add(row(
                            peer.title(),
                            number(peer.build().seconds()),
                            peer.build().threads(),
                            mebibytes(peer.build().bytes()),
                            mebibytes(peer.build().memory())));
                }
                lines.add("");
                sweep(lines, some);
                lines.add("");
            }
        }
        if (!lines.isEmpty()) {
            lines.removeLast();
        }
        return lines;
    }

    private static void atRecall(List<String> lines, SearchResult size, List<PeerResult> peers) {
        lines.add(row(
                "threads",
                "index",
                "candidates",
                "recall@10",
                "queries/s",
                "p50, ms",
                "p95",
                "p99",
                "speed of cl2cm / it"));
        lines.add(rule(9));
        for (SearchResult.Measured own : size.measured()) {
            if (own.what() != SearchCase.ALL || own.engine().equals(SearchResult.EXACT)) {
                continue;
            }
            String exact = own.candidates() == 0 ? "all" : Integer.toString(own.candidates());
            lines.add(row(
                    own.threads(),
                    "**cl2cm**",
                    exact,
                    String.format(Locale.ROOT, "%.4f", own.recall()),
                    spread(own.perSecond()),
                    number(own.p50()),
                    number(own.p95()),
                    number(own.p99()),
                    "1"));
            for (PeerResult peer : peers) {
                Optional<PeerResult.Point> point = peer.atLeast(own.recall() - 1e-9, own.threads());
                lines.add(
                        point.isEmpty()
                                ? row(own.threads(), peer.title(), "–", "does not reach it", "–", "–", "–", "–", "–")
                                : peer(own, peer, point.get()));
            }
        }
    }

    private static String peer(SearchResult.Measured own, PeerResult peer, PeerResult.Point point) {
        return row(
                point.threads(),
                peer.title(),
                point.ef() == 0 ? "all" : point.ef(),
                String.format(Locale.ROOT, "%.4f", point.recall()),
                spread(point.perSecond()),
                number(point.p50()),
                number(point.p95()),
                number(point.p99()),
                String.format(
                        Locale.ROOT,
                        "%.2f",
                        own.perSecond().median() / point.perSecond().median()));
    }

    private static void sweep(List<String> lines, List<PeerResult> peers) {
        lines.add("One thread, from few candidates to many: recall@10 and queries/s.");
        lines.add("");
        for (PeerResult peer : peers) {
            lines.add("- " + peer.title() + ": "
                    + peer.points().stream()
                            .filter(point -> point.threads() == 1 && point.ef() > 0)
                            .map(point -> String.format(
                                    Locale.ROOT,
                                    "%d: %.4f, %s",
                                    point.ef(),
                                    point.recall(),
                                    number(point.perSecond().median())))
                            .collect(Collectors.joining("; ")));
        }
        lines.removeIf(line -> line.endsWith(" flat: "));
    }

    static List<String> http(HttpResult result) {
        List<String> lines = new ArrayList<>();
        lines.add(result.conditions() + ". "
                + String.format(
                        Locale.ROOT,
                        "Model %s, %,d items (%s), %s, %d rounds of %s s.",
                        result.model(),
                        result.items(),
                        result.collection(),
                        result.questions(),
                        result.rounds(),
                        number(result.seconds())));
        lines.add("");
        lines.add(row(
                "clients",
                "queries",
                "queries/s",
                "p50, ms",
                "p95",
                "p99",
                "texts encoded together",
                "speed / one by one"));
        lines.add(rule(8));
        for (HttpResult.Measured one : result.measured()) {
            lines.add(row(
                    one.clients(),
                    one.grouped() ? "grouped" : "one by one",
                    spread(one.perSecond()),
                    number(one.p50()),
                    number(one.p95()),
                    number(one.p99()),
                    number(one.batch()),
                    one.grouped() ? one.speed() : "1"));
        }
        lines.add("");
        lines.add("Where the time of a request goes, milliseconds on average:");
        lines.add("");
        lines.add(row("clients", "queries", "wait for the model", "tokenise", "encode", "search", "rest"));
        lines.add(rule(7));
        for (HttpResult.Measured one : result.measured()) {
            lines.add(row(
                    one.clients(),
                    one.grouped() ? "grouped" : "one by one",
                    number(one.took().queue()),
                    number(one.took().tokenise()),
                    number(one.took().encode()),
                    number(one.took().search()),
                    number(one.took().rest())));
        }
        lines.add("");
        lines.add(
                "What a query costs the server, milliseconds by its timers in `/metrics`; of a batch, a text's share:");
        lines.add("");
        lines.add(row("clients", "queries", "tokenise", "encode", "search"));
        lines.add(rule(5));
        for (HttpResult.Measured one : result.measured()) {
            lines.add(row(
                    one.clients(),
                    one.grouped() ? "grouped" : "one by one",
                    number(one.tokenise()),
                    number(one.encode()),
                    number(one.search())));
        }
        return lines;
    }

    static List<String> overload(OverloadResult result) {
        List<String> lines = new ArrayList<>();
        lines.add(result.conditions() + ". "
                + String.format(Locale.ROOT, "%,d items, %s.", result.items(), result.questions()));
        lines.add("");
        lines.add(row("", ""));
        lines.add(rule(2));
        lines.add(row(
                "sustainable, " + result.clients() + " clients that wait",
                number(result.sustainable()) + " queries/s"));
        lines.add(row("p99 of one client", number(result.unloaded()) + " ms"));
        lines.add(row(
                "load",
                String.format(
                        Locale.ROOT,
                        "%s queries/s for %s s, %,d requests",
                        number(result.factor() * result.sustainable()),
                        number(result.seconds()),
                        result.sent())));
        lines.add(row(
                "answers",
                result.statuses().entrySet().stream()
                        .map(entry -> String.format(
                                Locale.ROOT,
                                "%,d %s",
                                entry.getValue(),
                                entry.getKey() == 0 ? "without an answer" : "with " + entry.getKey()))
                        .collect(Collectors.joining(", "))));
        lines.add(row("accepted, p50 and p99", number(result.p50()) + " and " + number(result.p99()) + " ms"));
        lines.add(row(
                "the queue",
                String.format(Locale.ROOT, "%d places, %d ms at most", result.queue(), result.queueWait())));
        lines.add(row("turned away, p99", number(result.refusedP99()) + " ms"));
        lines.add(row("sent late, p99", number(result.behindP99()) + " ms"));
        lines.add(row(
                "resident memory before, most in the first half, in the second half, after",
                mebibytes(result.memory().before()) + ", "
                        + mebibytes(result.memory().firstHalf()) + ", "
                        + mebibytes(result.memory().secondHalf()) + ", "
                        + mebibytes(result.memory().after()) + " MiB"));
        for (OverloadResult.Window window : result.recovery()) {
            lines.add(row(
                    String.format(
                            Locale.ROOT,
                            "%.0f to %.0f s after the load, the clients that wait",
                            window.from(),
                            window.to()),
                    number(window.perSecond()) + " queries/s"));
        }
        lines.add("");
        if (result.behindP99() > MOST_BEHIND) {
            lines.add("The clients themselves were late: the machine was too busy for this measurement.");
            lines.add("");
        }
        for (OverloadResult.Promise promise : result.promises()) {
            lines.add("- " + (promise.kept() ? "kept: " : "**broken**: ") + promise.text());
        }
        return lines;
    }
}
