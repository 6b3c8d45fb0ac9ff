package org.cl2cm.search;

/// How the embedded engine trades time for exactness.
///
/// @param exactBelow collections of fewer items than this are searched exactly, by comparing every
///     vector
/// @param oversampling above it, how many candidates from the graph are compared in full precision for
///     each result asked for
public record EngineSettings(int exactBelow, int oversampling) {
    /// The graph is always asked for at least this many candidates.
    public static final int FEWEST_CANDIDATES = 100;

    public static final EngineSettings DEFAULT = new EngineSettings(100_000, 4);

    public EngineSettings {
        if (exactBelow < 0 || oversampling < 1) {
            throw new IllegalArgumentException("exactBelow " + exactBelow + " must not be negative, oversampling "
                    + oversampling + " must be at least 1");
        }
    }

    /// Candidates to compare in full precision for `top` results.
    public int candidates(int top) {
        return Math.max(FEWEST_CANDIDATES, Math.multiplyExact(oversampling, top));
    }
}
