package org.cl2cm.evaluate.internal;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.cl2cm.evaluate.Direction;
import org.cl2cm.evaluate.DirectionMetrics;
import org.cl2cm.evaluate.Interval;
import org.cl2cm.evaluate.Measure;
import org.cl2cm.evaluate.PairedBootstrap;
import org.cl2cm.evaluate.Protocol;
import org.cl2cm.evaluate.RetrievalReport;

/// Reports for programs.
public final class JsonReport {
    private static final ObjectMapper JSON = new ObjectMapper();

    private JsonReport() {}

    public static String of(List<RetrievalReport> reports) {
        List<Map<String, Object>> all = new ArrayList<>();
        for (RetrievalReport report : reports) {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("run", report.run());
            fields.put("language", report.language());
            for (Direction direction : Direction.values()) {
                fields.put(direction.tag(), direction(report, direction));
            }
            fields.put("SumR", report.metrics().sumR());
            fields.put("SumR_interval", bounds(report.bootstrap().interval(Measure.SUM_R)));
            fields.put("mAR", report.metrics().meanRecall());
            fields.put("protocol", protocol(report.protocol()));
            fields.put(
                    "bootstrap",
                    bootstrap(report.bootstrap().resamples(), report.bootstrap().seed()));
            all.add(fields);
        }
        return text(Map.of("reports", all));
    }

    private static Map<String, Object> direction(RetrievalReport report, Direction direction) {
        DirectionMetrics metrics = report.metrics().direction(direction);
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("queries", metrics.queries());
        fields.put("R@1", metrics.r1());
        fields.put("R@5", metrics.r5());
        fields.put("R@10", metrics.r10());
        for (int cut : new int[] {1, 5, 10}) {
            fields.put("R@" + cut + "_interval", bounds(report.bootstrap().interval(Measure.recall(direction, cut))));
        }
        fields.put("MedR", metrics.medianRank());
        fields.put("MeanR", metrics.meanRank());
        fields.put("MRR", metrics.meanReciprocalRank());
        fields.put("mAP", metrics.meanAveragePrecision());
        return fields;
    }

    private static Map<String, Object> protocol(Protocol protocol) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("gallery", protocol.gallerySize());
        fields.put("items_with_captions", protocol.itemsWithCaptions());
        fields.put("queries", protocol.queries());
        fields.put("captions_min", protocol.captionsMin());
        fields.put("captions_mean", protocol.captionsMean());
        fields.put("captions_max", protocol.captionsMax());
        fields.put("text", protocol.lines());
        return fields;
    }

    private static Map<String, Object> bootstrap(int resamples, long seed) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("resamples", resamples);
        fields.put("seed", seed);
        fields.put("confidence", 0.95);
        return fields;
    }

    public static String of(String a, String b, PairedBootstrap comparison) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("a", a);
        fields.put("b", b);
        Map<String, Object> measures = new LinkedHashMap<>();
        for (Measure measure : Measure.values()) {
            PairedBootstrap.Difference difference = comparison.difference(measure);
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("a", difference.a());
            one.put("b", difference.b());
            one.put("difference", difference.interval().estimate());
            one.put("interval", bounds(difference.interval()));
            one.put("share_above_zero", difference.shareAboveZero());
            measures.put(measure.title(), one);
        }
        fields.put("measures", measures);
        fields.put("SumR_by_pair", comparison.sumRBySeed());
        fields.put("SumR_spread", comparison.spreadOverSeeds());
        fields.put("images", comparison.images());
        fields.put("resampled", comparison.resampling());
        fields.put("bootstrap", bootstrap(comparison.resamples(), comparison.seed()));
        return text(fields);
    }

    private static List<Double> bounds(Interval interval) {
        return List.of(interval.low(), interval.high());
    }

    private static String text(Object value) {
        try {
            return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(value) + "\n";
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }
}
