package org.cl2cm.evaluate.internal;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.cl2cm.evaluate.Direction;
import org.cl2cm.evaluate.DirectionMetrics;
import org.cl2cm.evaluate.Interval;
import org.cl2cm.evaluate.Measure;
import org.cl2cm.evaluate.PairedBootstrap;
import org.cl2cm.evaluate.Protocol;
import org.cl2cm.evaluate.RetrievalReport;

/// Reports for spreadsheets.
public final class CsvReport {
    private static final String HEADER = "run,language,direction,queries,R@1,R@1_low,R@1_high,R@5,R@5_low,R@5_high,"
            + "R@10,R@10_low,R@10_high,MedR,MeanR,MRR,mAP,SumR,SumR_low,SumR_high,mAR,"
            + "gallery,captions_min,captions_mean,captions_max";

    private CsvReport() {}

    public static String of(List<RetrievalReport> reports) {
        StringBuilder text = new StringBuilder(HEADER).append('\n');
        for (RetrievalReport report : reports) {
            for (Direction direction : Direction.values()) {
                DirectionMetrics metrics = report.metrics().direction(direction);
                Protocol protocol = report.protocol();
                List<Object> cells =
                        new ArrayList<>(List.of(report.run(), report.language(), direction.tag(), metrics.queries()));
                for (int cut : new int[] {1, 5, 10}) {
                    add(cells, report.bootstrap().interval(Measure.recall(direction, cut)));
                }
                cells.addAll(List.of(
                        metrics.medianRank(),
                        metrics.meanRank(),
                        metrics.meanReciprocalRank(),
                        metrics.meanAveragePrecision()));
                add(cells, report.bootstrap().interval(Measure.SUM_R));
                cells.addAll(List.of(
                        report.metrics().meanRecall(),
                        protocol.gallerySize(),
                        protocol.captionsMin(),
                        protocol.captionsMean(),
                        protocol.captionsMax()));
                text.append(line(cells));
            }
        }
        return text.toString();
    }

    public static String of(String a, String b, PairedBootstrap comparison) {
        StringBuilder text = new StringBuilder("a,b,measure,A,B,difference,low,high,share_above_zero\n");
        for (Measure measure : Measure.values()) {
            PairedBootstrap.Difference difference = comparison.difference(measure);
            List<Object> cells = new ArrayList<>(List.of(a, b, measure.title(), difference.a(), difference.b()));
            add(cells, difference.interval());
            cells.add(difference.shareAboveZero());
            text.append(line(cells));
        }
        return text.toString();
    }

    private static void add(List<Object> cells, Interval interval) {
        cells.addAll(Arrays.asList(interval.estimate(), interval.low(), interval.high()));
    }

    private static String line(List<Object> cells) {
        return cells.stream().map(cell -> quoted(cell.toString())).collect(Collectors.joining(",", "", "\n"));
    }

    /// RFC 4180: quotes where a cell holds a comma, a quote or an end of line.
    private static String quoted(String cell) {
        boolean plain = cell.chars().noneMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
        return plain ? cell : '"' + cell.replace("\"", "\"\"") + '"';
    }
}
