package org.cl2cm.bench.search;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.Optional;
import org.cl2cm.bench.Conditions;
import org.cl2cm.bench.Spread;
import org.jspecify.annotations.Nullable;

/// What `bench/peers/neighbours.py` measured of one index of another library.
///
/// @param library with its version
/// @param index `hnswlib`, or of faiss `hnsw`, `hnsw-sq8`, `flat`
/// @param conditions filled in by whoever started it
@JsonInclude(JsonInclude.Include.NON_NULL)
public record PeerResult(
        String library,
        String index,
        int rows,
        int dimension,
        int rounds,
        double seconds,
        Build build,
        List<Point> points,
        @Nullable Conditions conditions) {
    /// @param bytes of the index in a file
    /// @param memory the most resident memory when it was built, in bytes; the mapped vectors included
    public record Build(double seconds, int threads, long bytes, long memory) {}

    /// @param ef candidates of the graph; 0 where there is none
    /// @param recall at 10
    /// @param p50 milliseconds, as p95 and p99
    public record Point(int ef, int threads, double recall, Spread perSecond, double p50, double p95, double p99) {}

    PeerResult under(Conditions now) {
        return new PeerResult(library, index, rows, dimension, rounds, seconds, build, points, now);
    }

    /// The setting with the fewest candidates that finds at least so much.
    public Optional<Point> atLeast(double recall, int threads) {
        return points.stream()
                .filter(point -> point.threads == threads && point.recall >= recall)
                .min(java.util.Comparator.comparingInt(Point::ef));
    }

    /// For a table.
    public String title() {
        return switch (index) {
            case "hnsw" -> library + " HNSW";
            case "hnsw-sq8" -> library + " HNSW, 8 bits";
            case "flat" -> library + " flat";
            default -> library;
        };
    }
}
