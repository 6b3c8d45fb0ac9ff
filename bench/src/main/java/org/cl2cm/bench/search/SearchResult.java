package org.cl2cm.bench.search;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import org.cl2cm.bench.Conditions;
import org.cl2cm.bench.Ratio;
import org.cl2cm.bench.Spread;
import org.jspecify.annotations.Nullable;

/// What was measured of one size.
///
/// @param vectors what the vectors are
/// @param queries how many different ones
/// @param seconds of one measurement
public record SearchResult(
        int rows,
        int dimension,
        String vectors,
        int queries,
        int rounds,
        double seconds,
        Build build,
        Memory memory,
        List<Measured> measured,
        Conditions conditions) {

    /// How the collection was made.
    ///
    /// @param seconds until it was closed, merges included
    /// @param bytes of the index
    /// @param method how a search of all items is answered, `exact` or `graph`
    public record Build(double seconds, long bytes, int segments, String method) {}

    /// The most resident memory of the process, in bytes, mapped files included.
    ///
    /// @param build of the one that made the collection
    /// @param search of the one that searched all items and with filters
    public record Memory(long build, long search) {}

    /// One engine in one case with one number of threads.
    ///
    /// @param engine `default`, `exact`, or `N candidates`
    /// @param candidates of the graph that are compared in full precision; 0 for exact search
    /// @param recall at 10, against the true neighbours
    /// @param perSecond queries
    /// @param p50 milliseconds, as p95 and p99
    /// @param speed against exact search of the same case and number of threads; absent for itself
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Measured(
            SearchCase what,
            String engine,
            int candidates,
            int threads,
            double recall,
            Spread perSecond,
            double p50,
            double p95,
            double p99,
            @Nullable Ratio speed) {}

    /// The engine with the settings it has unless told otherwise.
    public static final String DEFAULT = "default";

    /// The engine that compares every vector.
    public static final String EXACT = "exact";
}
