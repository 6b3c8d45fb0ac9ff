package org.cl2cm.evaluate.internal;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.cl2cm.evaluate.Bootstrap;
import org.cl2cm.evaluate.Direction;
import org.cl2cm.evaluate.DirectionMetrics;
import org.cl2cm.evaluate.Interval;
import org.cl2cm.evaluate.Measure;
import org.cl2cm.evaluate.PairedBootstrap;
import org.cl2cm.evaluate.RetrievalReport;

/// Reports for people.
public final class TableReport {
    private TableReport() {}

    /// @return the table of both directions, the table of sums, and the protocol
    public static String of(List<RetrievalReport> reports) {
        TextTable directions = new TextTable(
                3,
                "run",
                "lang",
                "dir",
                "queries",
                "R@1",
                "R@5",
                "R@10",
                "MedR",
                "MeanR",
                "MRR",
                "mAP",
                "captions/item");
        TextTable sums = new TextTable(2, "run", "lang", "SumR", "mAR");
        Map<List<String>, List<String>> protocols = new LinkedHashMap<>();
        for (RetrievalReport report : reports) {
            for (Direction direction : Direction.values()) {
                DirectionMetrics metrics = report.metrics().direction(direction);
                Bootstrap bootstrap = report.bootstrap();
                directions.row(
                        report.run(),
                        report.language(),
                        direction.tag(),
                        Integer.toString(metrics.queries()),
                        interval(bootstrap.interval(Measure.recall(direction, 1))),
                        interval(bootstrap.interval(Measure.recall(direction, 5))),
                        interval(bootstrap.interval(Measure.recall(direction, 10))),
                        number("%.1f", metrics.medianRank()),
                        number("%.1f", metrics.meanRank()),
                        number("%.3f", metrics.meanReciprocalRank()),
                        number("%.3f", metrics.meanAveragePrecision()),
                        report.protocol().captionsPerItem());
            }
            sums.row(
                    report.run(),
                    report.language(),
                    interval(report.bootstrap().interval(Measure.SUM_R)),
                    number("%.1f", report.metrics().meanRecall()));
            protocols
                    .computeIfAbsent(report.protocol().lines(), lines -> new java.util.ArrayList<>())
                    .add(report.language());
        }
        StringBuilder text = new StringBuilder();
        text.append(directions).append('\n').append(sums).append('\n');
        protocols.forEach((lines, languages) -> {
            text.append("protocol");
            if (protocols.size() > 1) {
                text.append(" of ").append(languages.stream().distinct().collect(Collectors.joining(", ")));
            }
            text.append(":\n");
            lines.forEach(line -> text.append("  ").append(line).append('\n'));
        });
        if (!reports.isEmpty()) {
            Bootstrap bootstrap = reports.getFirst().bootstrap();
            text.append("recalls in per cent; [95 % bootstrap interval over images with all of their captions, ")
                    .append(bootstrap.resamples())
                    .append(" resamples, seed ")
                    .append(bootstrap.seed())
                    .append("]\n");
        }
        if (protocols.size() > 1) {
            text.append("captions per item, gallery or queries differ between rows: such recalls are not comparable\n");
        }
        return text.toString();
    }

    /// @return B minus A for each measure with its interval
    public static String of(String a, String b, PairedBootstrap comparison) {
        TextTable table = new TextTable(1, "measure", "A", "B", "B - A", "share of resamples above 0");
        for (Measure measure : Measure.values()) {
            PairedBootstrap.Difference difference = comparison.difference(measure);
            Interval interval = difference.interval();
            table.row(
                    measure.title(),
                    number("%.2f", difference.a()),
                    number("%.2f", difference.b()),
                    String.format(
                            Locale.ROOT, "%+.2f [%+.2f, %+.2f]", interval.estimate(), interval.low(), interval.high()),
                    number("%.3f", difference.shareAboveZero()));
        }
        StringBuilder text = new StringBuilder();
        text.append("A: ")
                .append(a)
                .append('\n')
                .append("B: ")
                .append(b)
                .append("\n\n")
                .append(table)
                .append('\n');
        if (comparison.sumRBySeed().size() > 1) {
            text.append("SumR, B - A, pair by pair: ")
                    .append(comparison.sumRBySeed().stream()
                            .map(d -> number("%+.2f", d))
                            .collect(Collectors.joining(", ")))
                    .append(number(" (standard deviation %.2f)\n", comparison.spreadOverSeeds()));
        }
        return text.append("[95 % interval, paired bootstrap over ")
                .append(comparison.images())
                .append(" images with all of their captions")
                .append(
                        comparison.resampling() == PairedBootstrap.Resampling.IMAGES_AND_SEEDS
                                ? " and over pairs of runs"
                                : "")
                .append(", ")
                .append(comparison.resamples())
                .append(" resamples, seed ")
                .append(comparison.seed())
                .append("]\n")
                .toString();
    }

    private static String interval(Interval interval) {
        return String.format(Locale.ROOT, "%.1f [%.1f, %.1f]", interval.estimate(), interval.low(), interval.high());
    }

    @SuppressWarnings("AnnotateFormatMethod")
    private static String number(String format, double value) {
        return String.format(Locale.ROOT, format, value);
    }
}
