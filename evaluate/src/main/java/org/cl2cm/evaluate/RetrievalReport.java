package org.cl2cm.evaluate;

/// What one model reaches with queries of one language: the measures, how sure they are, and how they
/// were obtained.
///
/// @param run name of the run, e.g. a model's
/// @param language of the queries, e.g. `zh`
public record RetrievalReport(String run, String language, Protocol protocol, Metrics metrics, Bootstrap bootstrap) {
    /// With 1,000 resamples from the usual seed.
    public static RetrievalReport of(String run, String language, Ranks ranks) {
        return of(run, language, ranks, Bootstrap.RESAMPLES, Bootstrap.SEED);
    }

    public static RetrievalReport of(String run, String language, Ranks ranks, int resamples, long seed) {
        return new RetrievalReport(
                run, language, Protocol.of(ranks), Metrics.of(ranks), Bootstrap.of(ranks, resamples, seed));
    }
}
