package org.cl2cm.bench;

import java.util.Arrays;

/// How long each of many requests took.
///
/// @param nanoseconds sorted
public record Latencies(long[] nanoseconds) {
    public Latencies {
        nanoseconds = nanoseconds.clone();
        Arrays.sort(nanoseconds);
    }

    public static Latencies of(long[]... parts) {
        return new Latencies(Arrays.stream(parts).flatMapToLong(Arrays::stream).toArray());
    }

    public int count() {
        return nanoseconds.length;
    }

    /// The smallest time, in milliseconds, that at least this share of the requests did not exceed.
    ///
    /// @param share more than 0, up to 1
    /// @throws IllegalArgumentException when there was no request
    public double percentile(double share) {
        if (nanoseconds.length == 0 || !(share > 0 && share <= 1)) {
            throw new IllegalArgumentException("percentile " + share + " of " + nanoseconds.length + " requests");
        }
        return nanoseconds[(int) Math.ceil(share * nanoseconds.length) - 1] / 1e6;
    }

    /// In milliseconds.
    public double mean() {
        return Arrays.stream(nanoseconds).average().orElse(0) / 1e6;
    }
}
