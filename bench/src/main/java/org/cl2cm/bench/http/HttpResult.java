package org.cl2cm.bench.http;

import java.util.List;
import org.cl2cm.bench.Conditions;
import org.cl2cm.bench.Ratio;
import org.cl2cm.bench.Spread;

/// What was measured through HTTP.
///
/// @param items in the collection
/// @param collection what they are
/// @param questions what was asked
/// @param model fingerprint
/// @param seconds of one measurement
public record HttpResult(
        long items,
        String collection,
        String questions,
        String model,
        int rounds,
        double seconds,
        List<Measured> measured,
        Conditions conditions) {
    /// One server with one number of clients.
    ///
    /// @param grouped whether queries that come together are encoded together
    /// @param perSecond answers
    /// @param p50 milliseconds, as p95 and p99
    /// @param took of one request on average, milliseconds
    /// @param batch texts that were encoded together, on average
    /// @param encode milliseconds of the model for one text, on average, by the server's timers;
    ///     `tokenise` and
    ///     `search` are the same of these
    /// @param speed against the server that encodes one by one
    public record Measured(
            int clients,
            boolean grouped,
            Spread perSecond,
            double p50,
            double p95,
            double p99,
            Took took,
            double batch,
            double tokenise,
            double encode,
            double search,
            Ratio speed) {}
}
