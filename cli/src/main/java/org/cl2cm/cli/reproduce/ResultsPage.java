package org.cl2cm.cli.reproduce;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.cl2cm.data.AtomicFile;
import org.cl2cm.evaluate.Bootstrap;
import org.cl2cm.evaluate.Metrics;
import org.cl2cm.evaluate.PairedBootstrap;
import org.cl2cm.evaluate.Ranks;

/// A table of results as a page in Markdown, with two plots in SVG.
public final class ResultsPage {
    private static final int RESAMPLES = 10_000;

    private final Plan plan;
    private final Map<String, List<Outcome>> outcomes;

    /// @param outcomes the runs of each row that have ended, in the order of their seeds
    public ResultsPage(Plan plan, Map<String, List<Outcome>> outcomes) {
        this.plan = plan;
        this.outcomes = new LinkedHashMap<>(outcomes);
        this.outcomes.values().removeIf(List::isEmpty);
    }

    /// B against A on some queries.
    private record Comparison(Plan.Pair pair, Plan.Query query, PairedBootstrap result) {
        PairedBootstrap.Difference sum() {
            return result.sumR();
        }
    }

    /// Writes the page, and its plots beside it: `NAME.rows.svg` with SumR of every row, and
    /// `NAME.pairs.svg` with the differences of the rows that are compared.
    ///
    /// @param file the page, `NAME.md`
    /// @param command that made it
    /// @param encoding seconds and peak memory of the image encoding, for the table of costs
    public void write(Path file, String command, String encoding) throws IOException {
        String name = file.getFileName().toString().replaceFirst("\\.md$", "");
        List<Comparison> comparisons = compared();
        AtomicFile.write(file.resolveSibling(name + ".rows.svg"), rowsPlot());
        if (!comparisons.isEmpty()) {
            AtomicFile.write(file.resolveSibling(name + ".pairs.svg"), pairsPlot(comparisons));
        }
        AtomicFile.write(file, page(name, command, encoding, comparisons));
    }

    private String page(String name, String command, String encoding, List<Comparison> comparisons) {
        StringBuilder page = new StringBuilder("# " + plan.title() + "\n\n");
        if (!plan.about().isEmpty()) {
            page.append(plan.about()).append("\n\n");
        }
        page.append("Made by `").append(command).append("`, ").append(made()).append(".\n");
        page.append("\n![SumR of every row, with its standard deviation over seeds](")
                .append(name)
                .append(".rows.svg)\n");
        for (Plan.Query query : plan.queries()) {
            page.append("\n## Queries in `")
                    .append(query.language())
                    .append("`, split `")
                    .append(query.split())
                    .append("`\n\n")
                    .append(protocol(query));
            page.append(recalls(query));
        }
        if (!comparisons.isEmpty()) {
            page.append("\n## Row against row\n\n")
                    .append(String.format(
                            Locale.ROOT,
                            "Differences in SumR of runs paired by seed; the interval is a paired bootstrap over images"
                                    + " and seeds, %,d resamples.\n\n",
                            RESAMPLES))
                    .append("![The differences in SumR with their 95 % intervals](")
                    .append(name)
                    .append(".pairs.svg)\n\n")
                    .append("| B against A | queries | A | B | B − A | 95 % interval | by seed |\n")
                    .append("| --- | --- | ---: | ---: | ---: | --- | --- |\n");
            comparisons.forEach(comparison -> page.append(line(comparison)));
        }
        page.append("\n## What each row is\n\n");
        List<String> missing = new ArrayList<>();
        for (Plan.Row row : plan.rows()) {
            if (!outcomes.containsKey(row.name())) {
                missing.add(row.name());
                continue;
            }
            page.append("- **").append(row.name()).append("**: ").append(row.about());
            if (!row.settings().isEmpty()) {
                page.append(" `").append(settings(row.settings())).append('`');
            }
            row.teacherOf()
                    .ifPresent(of ->
                            page.append(" Takes the teachers of ").append(of).append('.'));
            row.reranks()
                    .ifPresent(of ->
                            page.append(" Takes the networks of ").append(of).append('.'));
            page.append('\n');
        }
        if (!missing.isEmpty()) {
            page.append("\nIn the plan, and not run yet: ")
                    .append(String.join("; ", missing))
                    .append(".\n");
        }
        page.append("\nEvery row: `").append(settings(plan.settings())).append("`\n");
        page.append("\n## What it costs\n\n")
                .append(costs())
                .append('\n')
                .append(encoding)
                .append('\n');
        return page.toString();
    }

    /// By which revision on which machine, with the number of runs where there are several.
    private String made() {
        Map<Outcome.Made, Long> runs = outcomes.values().stream()
                .flatMap(List::stream)
                .collect(Collectors.groupingBy(Outcome::made, LinkedHashMap::new, Collectors.counting()));
        return runs.entrySet().stream()
                .map(entry -> "revision " + entry.getKey().revision() + " on "
                        + entry.getKey().machine()
                        + (runs.size() == 1 ? "" : " (" + entry.getValue() + " runs)"))
                .collect(Collectors.joining("; "));
    }

    private static String settings(Map<String, Object> settings) {
        List<String> all = new ArrayList<>();
        settings.forEach((key, value) -> all.add(key + "=" + value));
        return String.join(" ", all);
    }

    private String protocol(Plan.Query query) {
        Ranks any = outcomes.values().iterator().next().getFirst().ranks().get(query);
        if (any == null) {
            throw new IllegalArgumentException("no ranks of " + query);
        }
        return String.format(
                Locale.ROOT,
                "%,d queries over %,d images. In per cent; a number is the mean over seeds, ± their standard"
                        + " deviation.%n%n",
                any.queryCount(),
                any.gallerySize());
    }

    private String recalls(Plan.Query query) {
        StringBuilder table = new StringBuilder(
                        "| row | seeds | t→i R@1 | R@5 | R@10 | i→t R@1 | R@5 | R@10 | SumR |\n")
                .append("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n");
        outcomes.forEach((row, runs) -> {
            List<Metrics> metrics =
                    runs.stream().map(run -> Metrics.of(ranks(run, query))).toList();
            table.append("| ").append(row).append(" | ").append(runs.size());
            List<ToDoubleFunction<Metrics>> columns = List.of(
                    m -> m.textToImage().r1(),
                    m -> m.textToImage().r5(),
                    m -> m.textToImage().r10(),
                    m -> m.imageToText().r1(),
                    m -> m.imageToText().r5(),
                    m -> m.imageToText().r10());
            for (ToDoubleFunction<Metrics> column : columns) {
                table.append(String.format(
                        Locale.ROOT, " | %.1f", Spread.of(metrics, column).mean()));
            }
            Spread sum = Spread.of(metrics, Metrics::sumR);
            table.append(
                    runs.size() > 1
                            ? String.format(Locale.ROOT, " | **%.1f** ± %.1f |\n", sum.mean(), sum.deviation())
                            : String.format(Locale.ROOT, " | **%.1f** |\n", sum.mean()));
        });
        return table.toString();
    }

    private static Ranks ranks(Outcome run, Plan.Query query) {
        Ranks ranks = run.ranks().get(query);
        if (ranks == null) {
            throw new IllegalArgumentException("no ranks of " + query);
        }
        return ranks;
    }

    /// Every pair of rows that has seeds in common, on every set of queries.
    private List<Comparison> compared() {
        List<Comparison> comparisons = new ArrayList<>();
        for (Plan.Pair pair : plan.compare()) {
            List<Outcome> a = outcomes.getOrDefault(pair.a(), List.of());
            List<Outcome> b = outcomes.getOrDefault(pair.b(), List.of());
            List<Long> seeds = a.stream()
                    .map(Outcome::seed)
                    .filter(seed -> b.stream().anyMatch(run -> run.seed() == seed))
                    .toList();
            for (Plan.Query query : seeds.isEmpty() ? List.<Plan.Query>of() : plan.queries()) {
                PairedBootstrap result = PairedBootstrap.compare(
                        paired(a, seeds, query),
                        paired(b, seeds, query),
                        RESAMPLES,
                        Bootstrap.SEED,
                        seeds.size() > 1
                                ? PairedBootstrap.Resampling.IMAGES_AND_SEEDS
                                : PairedBootstrap.Resampling.IMAGES);
                comparisons.add(new Comparison(pair, query, result));
            }
        }
        return comparisons;
    }

    private static String line(Comparison comparison) {
        PairedBootstrap.Difference sum = comparison.sum();
        return String.format(
                Locale.ROOT,
                "| %s against %s | %s | %.1f | %.1f | **%+.1f** | [%+.1f, %+.1f] | %s |\n",
                comparison.pair().b(),
                comparison.pair().a(),
                comparison.query(),
                sum.a(),
                sum.b(),
                sum.b() - sum.a(),
                sum.interval().low(),
                sum.interval().high(),
                String.join(
                        ", ",
                        comparison.result().sumRBySeed().stream()
                                .map(difference -> String.format(Locale.ROOT, "%+.1f", difference))
                                .toList()));
    }

    private String rowsPlot() {
        List<ResultsPlot.Panel> panels = new ArrayList<>();
        for (Plan.Query query : plan.queries()) {
            List<ResultsPlot.Dot> dots = new ArrayList<>();
            outcomes.values().forEach(runs -> {
                Spread sum =
                        Spread.of(runs, run -> Metrics.of(ranks(run, query)).sumR());
                dots.add(new ResultsPlot.Dot(sum.mean(), sum.mean() - sum.deviation(), sum.mean() + sum.deviation()));
            });
            panels.add(new ResultsPlot.Panel("SumR, queries " + query, dots));
        }
        return ResultsPlot.svg(List.copyOf(outcomes.keySet()), panels, false);
    }

    private String pairsPlot(List<Comparison> comparisons) {
        List<String> rows = new ArrayList<>();
        Map<Plan.Query, List<ResultsPlot.Dot>> dots = new LinkedHashMap<>();
        for (Comparison comparison : comparisons) {
            if (comparison.query().equals(plan.queries().getFirst())) {
                rows.add(comparison.pair().b() + " − " + comparison.pair().a());
            }
            PairedBootstrap.Difference sum = comparison.sum();
            dots.computeIfAbsent(comparison.query(), none -> new ArrayList<>())
                    .add(new ResultsPlot.Dot(
                            sum.b() - sum.a(),
                            sum.interval().low(),
                            sum.interval().high()));
        }
        List<ResultsPlot.Panel> panels = new ArrayList<>();
        dots.forEach((query, some) -> panels.add(new ResultsPlot.Panel("SumR, queries " + query, some)));
        return ResultsPlot.svg(rows, panels, true);
    }

    private static List<Ranks> paired(List<Outcome> runs, List<Long> seeds, Plan.Query query) {
        return runs.stream()
                .filter(run -> seeds.contains(run.seed()))
                .map(run -> ranks(run, query))
                .toList();
    }

    private String costs() {
        StringBuilder table = new StringBuilder("Seconds of one run, means over seeds; the cache of frozen layers is"
                        + " computed by the first run and read by the others. A row that takes another's teachers shows what"
                        + " these cost.\n\n")
                .append(
                        "| row | cache, first run | teacher | student | re-ranker | validation | test | epochs | best epoch |"
                                + " peak resident MB |\n")
                .append("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n");
        outcomes.forEach((row, runs) -> table.append(String.format(
                Locale.ROOT,
                "| %s | %.0f | %.0f | %.0f | %.0f | %.0f | %.0f | %d | %.1f | %,d |\n",
                row,
                runs.stream().mapToDouble(run -> seconds(run, "cache")).max().orElse(0),
                Spread.of(runs, run -> seconds(run, "teacher")).mean(),
                Spread.of(runs, run -> seconds(run, "student")).mean(),
                Spread.of(runs, run -> seconds(run, "rerank")).mean(),
                Spread.of(runs, run -> seconds(run, "valid")).mean(),
                Spread.of(runs, run -> seconds(run, "test")).mean(),
                runs.getFirst().epochs(),
                Spread.of(runs, Outcome::bestEpoch).mean(),
                runs.stream().mapToLong(Outcome::peakMegabytes).max().orElse(0))));
        return table.toString();
    }

    private static double seconds(Outcome run, String stage) {
        return run.seconds().getOrDefault(stage, 0.0);
    }

    /// Mean and standard deviation (of a sample) over runs.
    private record Spread(double mean, double deviation) {
        static <T> Spread of(List<T> runs, ToDoubleFunction<T> value) {
            double mean = runs.stream().mapToDouble(value).average().orElse(Double.NaN);
            double squares = runs.stream()
                    .mapToDouble(run -> Math.pow(value.applyAsDouble(run) - mean, 2))
                    .sum();
            return new Spread(mean, runs.size() > 1 ? Math.sqrt(squares / (runs.size() - 1)) : 0);
        }
    }
}
